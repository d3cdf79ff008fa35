import type { ObjectHistory } from './audit.js';
import type { AttributionContext, Found } from './attribution-context.js';
import { judgeExistence } from './attribution-existence.js';
import { type Series, readHistory, whoOf } from './attribution-history.js';
import { namingActorsOwn } from './actors-own-values.js';
import { addedCredentials } from './attribution-credentials.js';
import { unexplained } from './attribution-unexplained.js';
import { type Obstacle, membershipObstacle, propertyObstacle } from './attribution-obstacles.js';
import { type Verdict, judge, startsElsewhere } from './attribution-verdict.js';
import { known, unknown } from '../json.js';
import type { Known } from '../json.js';
import { auditRowCommand } from '../incident/manual-command.js';
import type { CurrentObject, PlanAction, PlannedObject } from '../plan/plan.js';

/**
 * Says for every difference on one object whose it is and whether it is put back (safety.md,
 * Attribution). Pure and linear in the number of rows. What already is as it was gives no delta. Deltas
 * come in a fixed order (existence, properties, memberships, each by name), so equal input gives equal
 * plan digests.
 */
export function attribute(
  history: ObjectHistory,
  stateNow: CurrentObject,
  context: AttributionContext,
): PlannedObject {
  const current = withName(stateNow, history);
  const read = readHistory(
    history,
    context.recoveryPointAt,
    (event) => whoOf(event, context),
    (property) => context.atRecoveryPoint?.(history.objectId, property) ?? null,
  );
  const existence = judgeExistence(read.existence, current, context, read.othersTouched);
  const found = [
    existence.found,
    ...(existence.propertiesMatter ? read.properties : []).map((series) =>
      series.row?.kind === 'credentials'
        ? addedCredentials(series, current)
        : property(series, current, context, read.othersTouched, existence.toRestore),
    ),
    ...(existence.membershipsMatter ? read.memberships : []).map((series) =>
      membership(series, current, context, read.othersTouched),
    ),
    ...(current.presence === 'absent' ? [] : read.unnamed.map(unnamed(history.objectId))),
  ].filter((entry) => entry !== null);

  const deltas = namingActorsOwn(
    history,
    found.flatMap(({ delta }) => (delta === null ? [] : [delta])),
  );
  const named = context.differsFromPoint?.(history.objectId) ?? null;

  return {
    objectId: history.objectId,
    objectType: current.objectType,
    displayName: current.displayName,
    privileged: current.privileged,
    deltas: named === null ? deltas : [...deltas, ...unexplained(named, read, deltas, current)],
    residual: found.flatMap(({ residual }) =>
      residual === null ? [] : [{ ...residual, name: current.displayName }],
    ),
  };
}

/** What the directory does not know any more is called what its rows call it. */
function withName(current: CurrentObject, { name, objectId }: ObjectHistory): CurrentObject {
  const isNameless = current.displayName === '' || current.displayName === objectId;
  return isNameless ? { ...current, displayName: name ?? objectId } : current;
}

function property(
  series: Series,
  current: CurrentObject,
  context: AttributionContext,
  othersTouched: boolean,
  toRestore: boolean,
): Found | null {
  const verdict = judge(series, propertyNow(series, current), othersTouched);
  if (verdict === null) return null;

  const action = current.presence === 'present' || toRestore ? actionOf(series, verdict) : null;
  const obstacle = propertyObstacle(series, verdict, current, context);
  const found = decided(series, verdict, action, obstacle, current.objectId);
  const held = context.atRecoveryPoint?.(current.objectId, series.property) ?? null;
  if (found.delta === null || held === null || !startsElsewhere(series, held)) return found;
  return { ...found, delta: { ...found.delta, point: 'disagrees' } };
}

function actionOf({ row }: Series, { then }: Verdict): PlanAction {
  if (row?.kind !== 'relation') return 'update';
  return then.known && then.value === true ? 'addAssignment' : 'removeAssignment';
}

/** In the recycle bin a property that cannot be read still has the value its last row left. */
function propertyNow(series: Series, current: CurrentObject): Known {
  if (series.row?.secret) return unknown('it may hold key material and is not shown');
  if (Object.hasOwn(current.properties, series.property))
    return known(current.properties[series.property] ?? null);
  const last = series.writes.at(-1);
  if (current.presence === 'softDeleted' && last) return last.after;
  return unknown('the directory was not asked for its value');
}

function membership(
  series: Series,
  current: CurrentObject,
  context: AttributionContext,
  othersTouched: boolean,
): Found | null {
  const groupId = series.groupId ?? '';
  const inBin = current.presence === 'softDeleted';
  const last = series.writes.at(-1);
  const now = inBin && last ? last.after : known(isMember(current, groupId));
  const verdict = judge(series, now, othersTouched);
  if (verdict === null) return null;

  const action = verdict.then.known && verdict.then.value === true ? 'addMember' : 'removeMember';
  const obstacle = membershipObstacle(groupId, action, verdict, current, context);
  return decided(series, verdict, action, obstacle, current.objectId);
}

const isMember = (current: CurrentObject, groupId: string): boolean =>
  current.memberOf.some((id) => id.toLowerCase() === groupId.toLowerCase());

function decided(
  series: Series,
  verdict: Verdict,
  action: PlanAction | null,
  obstacle: Obstacle | null,
  objectId: string,
): Found {
  const acts = verdict.revert && action !== null && obstacle === null;
  const inBin = verdict.revert && action === null && obstacle === null;
  const shown = (value: Known): Known =>
    series.row?.secret ? unknown('it may hold key material and is not shown') : value;
  return {
    delta: {
      property: series.property,
      class: obstacle?.class ?? verdict.class,
      action: acts ? action : null,
      then: shown(verdict.then),
      now: shown(verdict.now),
      reason: inBin
        ? `${verdict.reason} The object is in the recycle bin and is not restored, so it is left.`
        : obstacle === null
          ? verdict.reason
          : `${verdict.reason} Not planned: ${obstacle.why}.`,
      evidence: verdict.evidence,
    },
    residual: obstacle?.residual
      ? { objectId, property: series.property, ...obstacle.residual }
      : null,
  };
}

const unnamed =
  (objectId: string) =>
  ({ operation, eventIds }: { operation: string; eventIds: readonly string[] }): Found => ({
    delta: null,
    residual: {
      kind: 'manual',
      objectId,
      what: `The actor did "${operation}"${eventIds.length > 1 ? ` ${eventIds.length} times` : ''}.`,
      todo: `Look at the audit row and reverse it by hand if it was not wanted: ${auditRowCommand(eventIds[0] ?? '') ?? eventIds[0] ?? ''}`,
    },
  });
