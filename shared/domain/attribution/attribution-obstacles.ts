import type { AttributionContext } from './attribution-context.js';
import type { Series } from './attribution-history.js';
import type { Verdict } from './attribution-verdict.js';
import type { CoverageRow } from '../coverage/coverage-row.js';
import type { Json, Known } from '../json.js';
import { unknown } from '../json.js';
import {
  auditRowCommand,
  membershipCommand,
  relationTodo,
  restoreCommand,
  ruleCommand,
  updateCommand,
} from '../incident/manual-command.js';
import { manualStep } from '../incident/manual-step.js';
import type { DeltaClass, Residual, CurrentObject } from '../plan/plan.js';
import { displayValue, isEmpty } from './values.js';

/** Why a difference is not planned although it is known, and what is left for a person. */
export interface Obstacle {
  /** Replaces the verdict's class; absent when whose change it is stays the point. */
  readonly class?: DeltaClass;
  readonly why: string;
  readonly residual: Omit<Residual, 'objectId'> | null;
}

/**
 * What forbids to write this object at all, whatever would be written. From an actor rights may be taken
 * (`takesAway`); nothing is ever given back to one.
 */
export function objectObstacle(
  what: string,
  current: CurrentObject,
  context: AttributionContext,
  byHand: () => string,
  takesAway = false,
): Obstacle | null {
  if (holds(context.actorIds, current.objectId) && !takesAway)
    return {
      why: 'it is an actor and stays as containment left it',
      residual: {
        kind: 'manual',
        what,
        todo: `Decide on it when the actor is released: only two persons give an actor anything back. Then: ${byHand()}`,
      },
    };
  if (current.objectId.toLowerCase() === context.ourId.toLowerCase())
    return {
      why: 'it is our own identity, which never changes itself',
      residual: { kind: 'manual', what, todo: `As an administrator: ${byHand()}` },
    };
  if (holds(context.protectedIds, current.objectId))
    return {
      why: 'the policy protects this object',
      residual: {
        kind: 'manual',
        what,
        todo: `The policy protects it: decide with who answers for it. Then: ${byHand()}`,
      },
    };
  if (context.excluded && holds(context.excluded, current.objectId))
    return { why: 'a revision excluded this object', residual: null };
  return null;
}

/** What stands in the way of writing a property back; null when nothing does. */
export function propertyObstacle(
  series: Series,
  verdict: Verdict,
  current: CurrentObject,
  context: AttributionContext,
): Obstacle | null {
  if (verdict.first === null) return null;
  const what = `${series.property} was written by the actor at ${verdict.first.at}.`;
  const isOurs = verdict.class !== 'mixed' || verdict.revert;
  if (!isOurs || verdict.class === 'unexplained') return null;

  const byHand = () => todoFor(series, verdict, current);
  return (
    objectObstacle(what, current, context, byHand, takesRightsAway(series, verdict)) ??
    relationObstacle(what, series, context, byHand) ??
    syncedObstacle(what, series, verdict, current) ??
    unsupportedObstacle(what, series, verdict, current, byHand) ??
    unknownObstacle(what, verdict) ??
    privilegedObstacle(what, series.row, current, context, byHand) ??
    skippedObstacle(verdict, context)
  );
}

/** The other ends of an assignment or a grant: its resource, and whom it was consented for. */
function relationObstacle(
  what: string,
  { row, property }: Series,
  context: AttributionContext,
  byHand: () => string,
): Obstacle | null {
  if (row === null || !isRelation(row)) return null;
  const [, resourceId = '', key = ''] = property.split('/');
  if ([resourceId, key].some((id) => holds(context.protectedIds, id)))
    return manual('the policy protects the other end of it', what, byHand());
  return null;
}

/** A role or an assignment that goes, or a grant of which words go and none come. */
function takesRightsAway({ row, property }: Series, { then, now }: Verdict): boolean {
  if (property.startsWith('DirectoryRole')) return then.known && isEmpty(then.value);
  if (row?.kind === 'relation') return then.known && then.value === false;
  if (row?.kind !== 'scopes' || !then.known || !now.known) return false;
  const [wanted, held] = [scopesIn(then.value), new Set(scopesIn(now.value))];
  return wanted.every((scope) => held.has(scope));
}

const scopesIn = (value: Json): string[] =>
  typeof value === 'string' ? value.split(/\s+/u).filter((scope) => scope !== '') : [];

const isRelation = ({ kind }: CoverageRow): boolean => kind === 'relation' || kind === 'scopes';

/** What stands in the way of repairing a membership; null when nothing does. */
export function membershipObstacle(
  groupId: string,
  action: 'addMember' | 'removeMember',
  verdict: Verdict,
  current: CurrentObject,
  context: AttributionContext,
): Obstacle | null {
  if (!verdict.revert) return null;
  const done = action === 'addMember' ? 'took it out of' : 'put it into';
  const what = `The actor ${done} group ${groupId} at ${verdict.first?.at ?? ''}.`;
  const byHand = () =>
    membershipCommand(action, groupId, current.objectId) ?? 'Repair the membership in the portal.';
  const group = context.groups.get(groupId) ?? context.groups.get(groupId.toLowerCase());

  if (holds(context.protectedIds, groupId))
    return manual('the policy protects the group', what, byHand());
  const forbidden = objectObstacle(what, current, context, byHand, action === 'removeMember');
  if (forbidden) return forbidden;
  if (!group) return unsupported('the group could not be read', what, byHand());
  if (group.deleted)
    return unsupported(
      'the group is deleted',
      what,
      `Restore group ${groupId} from the recycle bin first, then check this membership: ${restoreCommand(groupId) ?? 'in the portal'}`,
    );
  if (group.synced)
    return {
      class: 'synced',
      why: 'the group is mastered on-premises',
      residual: {
        kind: 'synced',
        what,
        todo: `${action === 'addMember' ? 'Put it back into' : 'Take it out of'} group ${groupId} in the on-premises directory.`,
      },
    };
  if (group.dynamic)
    return unsupported(
      'the group is dynamic and follows its rule',
      what,
      `Repair the properties that the rule of group ${groupId} names; the membership follows. The rule: ${ruleCommand(groupId) ?? 'in the portal'}`,
    );
  if (group.roleAssignable && !context.writableByUs)
    return unsupported(
      'the group can hold directory roles and our identity may not write it',
      what,
      byHand(),
    );
  return skippedObstacle(verdict, context);
}

/** Privileged objects need a directory role on our own identity (graph fact sheet A.2). */
export function privilegedObstacle(
  what: string,
  row: Pick<CoverageRow, 'dependsOnDirectoryRole'> | null,
  current: CurrentObject,
  context: AttributionContext,
  byHand: () => string,
): Obstacle | null {
  if (!current.privileged || context.writableByUs || !row?.dependsOnDirectoryRole) return null;
  return unsupported(
    'the object is privileged and our identity holds no role that may write it',
    what,
    `As Privileged Authentication Administrator: ${byHand()}`,
  );
}

/** The directory team's part: what is mastered on-premises would be overwritten by the next sync. */
export function syncedObstacle(
  what: string,
  { property, row }: Pick<Series, 'property' | 'row'>,
  verdict: Verdict,
  current: CurrentObject,
): Obstacle | null {
  // Assignments and grants live in the cloud, whoever masters their principal.
  if (!current.synced || (row !== null && isRelation(row))) return null;
  const value = verdict.then.known ? displayValue(verdict.then) : 'its earlier value';
  return {
    class: 'synced',
    why: 'the object is mastered on-premises',
    residual: {
      kind: 'synced',
      what,
      todo:
        property === '*'
          ? 'Bring the object back in the on-premises directory; the next sync restores it.'
          : `Set ${property} back to ${value} in the on-premises directory.`,
    },
  };
}

/** Under `plan.includeMixed: skip` an object that others changed too is left for people. */
export function skippedObstacle(verdict: Verdict, context: AttributionContext): Obstacle | null {
  if (verdict.class !== 'mixed' || context.policy.includeMixed === 'surgical') return null;
  return { why: 'the policy leaves objects alone that others changed too', residual: null };
}

function unsupportedObstacle(
  what: string,
  series: Series,
  verdict: Verdict,
  current: CurrentObject,
  byHand: () => string,
): Obstacle | null {
  const { row } = series;
  if (row?.support === 'surgical') return null;
  const why =
    row === null
      ? 'no executor is known to write this property'
      : row.support === 'manual'
        ? 'no executor can write this property'
        : 'only a native recovery job can write this property';
  return {
    class: 'unsupported',
    why,
    residual: {
      kind: 'unsupported',
      what,
      todo:
        row !== null && row.support !== 'manual'
          ? `Recover it with a native recovery job: admin center, Backup and recovery, the object id ${current.objectId} alone.${row.note ? ` Note: ${row.note}.` : ''}`
          : row?.note
            ? (stepFor(series, verdict, current) ??
              `By hand: ${row.note}.${row.secret ? '' : itWas(verdict.then)}`)
            : byHand(),
    },
  };
}

function unknownObstacle(what: string, verdict: Verdict): Obstacle | null {
  if (verdict.class !== 'unsupported') return null;
  return unsupported(
    'what the sources state is not enough',
    what,
    `Find out the right value and set it by hand.${itWas(verdict.then)}${auditRow(verdict)}`,
  );
}

const itWas = (then: Known): string =>
  then.known ? ` It was ${displayValue(then, 500)} before.` : '';

function todoFor(series: Series, verdict: Verdict, current: CurrentObject): string {
  if (series.row?.kind === 'relation' || series.row?.kind === 'scopes')
    return relationTodo(series.property, verdict.then, current);
  const writable = series.row?.graphProperty && !series.row.secret && verdict.then.known;
  const command = writable ? updateCommand(current, series.property, verdict.then.value) : null;
  return (
    command ??
    stepFor(series, verdict, current) ??
    `Compare the object with its audit rows and set the value by hand.${auditRow(verdict)}`
  );
}

function stepFor(
  { row, property, writes }: Series,
  { then }: Verdict,
  { objectType, objectId }: CurrentObject,
): string | null {
  if (row?.secret === true) return null;
  const left = writes.findLast(({ who }) => who === 'actor')?.after;
  const after = left ?? unknown('the actor did not write it');
  return manualStep({ objectType, objectId, property, then, after });
}

function auditRow({ first }: Verdict): string {
  const command = first === null ? null : auditRowCommand(first.eventId);
  return command === null ? '' : ` The row: ${command}`;
}

const unsupported = (why: string, what: string, todo: string): Obstacle => ({
  class: 'unsupported',
  why,
  residual: { kind: 'manual', what, todo },
});

const manual = (why: string, what: string, todo: string): Obstacle => ({
  why,
  residual: { kind: 'manual', what, todo },
});

const holds = (ids: ReadonlySet<string>, id: string): boolean =>
  ids.has(id) || ids.has(id.toLowerCase());
