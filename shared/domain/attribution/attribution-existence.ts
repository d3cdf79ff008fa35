import type { AttributionContext, Found } from './attribution-context.js';
import type { Series, WriteFact } from './attribution-history.js';
import {
  type Obstacle,
  objectObstacle,
  privilegedObstacle,
  skippedObstacle,
  syncedObstacle,
} from './attribution-obstacles.js';
import { type Verdict, judge } from './attribution-verdict.js';
import type { ObjectType } from './audit.js';
import { known } from '../json.js';
import { wayBack } from './attribution-restore.js';
import {
  restoreCommand,
  restorePolicyCommand,
  softDeleteCommand,
  updateCommand,
} from '../incident/manual-command.js';
import type { DeltaClass, PlanAction, CurrentObject } from '../plan/plan.js';

export interface ExistenceVerdict {
  readonly found: Found | null;
  /** The plan brings it back, so what was changed before it was deleted is planned as well. */
  readonly toRestore: boolean;
  readonly propertiesMatter: boolean;
  readonly membershipsMatter: boolean;
}

/**
 * Deleting these is always a soft delete (backup fact sheet 11.1, 11.2). Of groups that is sure for
 * Microsoft 365 groups only; a security group may go for good (safety.md I4).
 */
const softDeletable: ReadonlySet<ObjectType> = new Set([
  'user',
  'application',
  'servicePrincipal',
  'conditionalAccessPolicy',
  'namedLocation',
]);

function landsInBin({ objectType, properties }: CurrentObject): boolean {
  const types = properties['groupTypes'];
  return objectType === 'group'
    ? Array.isArray(types) && types.includes('Unified')
    : softDeletable.has(objectType);
}

/**
 * Whose doing it is that the object exists or not, and what follows for the rest of it: nothing is
 * planned on objects that are gone, and nothing returns to a time before the actor created an object.
 */
export function judgeExistence(
  series: Series,
  current: CurrentObject,
  context: AttributionContext,
  othersTouched: boolean,
): ExistenceVerdict {
  const verdict = judge(series, known(current.presence === 'present'), othersTouched);
  if (isGone(current)) return rest(goneFor(verdict, series, current, context), 'nothing');
  if (verdict === null) {
    const strange = contradiction(series, current);
    return rest(strange && listed(strange), current.presence === 'present' ? 'all' : 'listed');
  }
  if (verdict.class === 'unexplained' || !verdict.revert)
    return rest(listed(verdict), current.presence === 'present' ? 'all' : 'listed');

  const wasThere = verdict.then.known && verdict.then.value === true;
  if (wasThere) return restoring(verdict, series, current, context);
  const isNew = (verdict.first as WriteFact).kind === 'create';
  const found = isNew
    ? created(verdict, current, context, othersTouched)
    : restoredSince(verdict, current, context, othersTouched);
  return rest(found, isNew ? 'memberships' : 'all');
}

/** The directory and the rows disagree about whether the object exists, and no row says why. */
function contradiction(series: Series, current: CurrentObject): Verdict | null {
  const exists = current.presence === 'present';
  const last = series.writes.at(-1);
  const stated = last === undefined ? true : last.after.known && last.after.value === true;
  if (exists === stated) return null;
  return {
    class: 'unexplained',
    revert: false,
    then: known(!exists),
    now: known(exists),
    reason: exists
      ? 'The last row says it was deleted, yet it exists and no row says who restored it; left alone.'
      : 'It is in the recycle bin and no row says who deleted it; left alone.',
    evidence: last ? [last.eventId] : [],
    first: null,
  };
}

const isGone = (current: CurrentObject): boolean =>
  current.presence === 'absent' || (current.daysLeft !== null && current.daysLeft <= 0);

function rest(
  found: Found | null,
  matters: 'all' | 'listed' | 'memberships' | 'nothing',
  toRestore = false,
): ExistenceVerdict {
  return {
    found,
    toRestore,
    propertiesMatter: matters === 'all' || matters === 'listed',
    membershipsMatter: matters === 'all' || matters === 'memberships',
  };
}

function restoring(
  verdict: Verdict,
  series: Series,
  current: CurrentObject,
  context: AttributionContext,
): ExistenceVerdict {
  const at = verdict.first?.at ?? '';
  const what = `The actor deleted the object at ${at}.`;
  const byHand = () => commandFor(current) ?? 'Restore it in the portal.';
  const way = wayBack(what, current, context);
  const obstacle =
    objectObstacle(what, current, context, byHand) ??
    syncedObstacle(what, series, verdict, current) ??
    unsupportedKind(what, series) ??
    privilegedObstacle(what, series.row, current, context, byHand) ??
    skippedObstacle(verdict, context) ??
    way.obstacle;
  const left = current.daysLeft === null ? '' : ` ${current.daysLeft} days are left to restore it.`;
  const reason = `Deleted by the actor at ${at}; brought back from the recycle bin.${left}${way.note}`;
  const found = existence(verdict, verdict.class, 'restore', reason, obstacle, current.objectId);
  const delta = way.restoreAs &&
    found.delta?.action === 'restore' && { ...found.delta, restoreAs: way.restoreAs };
  return rest(
    delta ? { ...found, delta } : found,
    obstacle === null ? 'all' : 'listed',
    obstacle === null,
  );
}

function commandFor({ objectType, objectId }: CurrentObject): string | null {
  return objectType === 'conditionalAccessPolicy' || objectType === 'namedLocation'
    ? restorePolicyCommand(objectType, objectId)
    : restoreCommand(objectId);
}

function unsupportedKind(what: string, series: Series): Obstacle | null {
  if (series.row?.kind === 'existence' && series.row.support === 'surgical') return null;
  return {
    class: 'unsupported',
    why: 'objects of this kind cannot be restored by this product',
    residual: {
      kind: 'unsupported',
      what,
      todo: 'Restore it in the portal (Deleted items of its kind), or create it again.',
    },
  };
}

function created(
  verdict: Verdict,
  current: CurrentObject,
  context: AttributionContext,
  othersTouched: boolean,
): Found {
  const at = verdict.first?.at ?? '';
  const what = `The actor created the object at ${at}.`;
  const obstacle =
    deletionObstacle(what, verdict, current, context, othersTouched) ??
    (landsInBin(current) ? null : leftInPlace('deleting this kind may be final', what, current));
  const reason = `Created by the actor at ${at}.`;
  return existence(verdict, 'created', 'softDelete', reason, obstacle, current.objectId);
}

/**
 * Like a created object, under the same switch of the policy and an approval line of its own. It came out
 * of the recycle bin, so its kind lands there.
 */
function restoredSince(
  verdict: Verdict,
  current: CurrentObject,
  context: AttributionContext,
  othersTouched: boolean,
): Found {
  const at = verdict.first?.at ?? '';
  const what = `The actor restored the object from the recycle bin at ${at}.`;
  const obstacle = deletionObstacle(what, verdict, current, context, othersTouched);
  const reason = `Restored from the recycle bin by the actor at ${at}.`;
  return existence(verdict, 'restoredSince', 'softDelete', reason, obstacle, current.objectId);
}

function deletionObstacle(
  what: string,
  verdict: Verdict,
  current: CurrentObject,
  context: AttributionContext,
  othersTouched: boolean,
): Obstacle | null {
  const byHand = () => mayItStay(current);
  const left = (why: string): Obstacle => leftInPlace(why, what, current);
  return (
    objectObstacle(what, current, context, byHand) ??
    (context.policy.includeCreated ? null : left('the policy leaves such objects in place')) ??
    (othersTouched ? left('others changed it since') : null) ??
    (isTrusted(current) ? left('Entra deletes no trusted location') : null) ??
    syncedObstacle(what, { property: '*', row: null }, verdict, current) ??
    privilegedObstacle(what, { dependsOnDirectoryRole: true }, current, context, byHand)
  );
}

function mayItStay(current: CurrentObject): string {
  const command = softDeleteCommand(current.objectType, current.objectId);
  const bin = landsInBin(current)
    ? 'it stays in the recycle bin for 30 days'
    : 'it may be gone for good then';
  const untrust = isTrusted(current) ? updateCommand(current, 'isTrusted', false) : null;
  const first = untrust === null ? '' : `take its trust away first, ${untrust}, then `;
  return `Decide whether it may stay. If not, ${first}delete it (${bin}): ${command ?? 'in the portal'}`;
}

/** Graph answers its deletion with 400 until `isTrusted` is false. */
const isTrusted = ({ objectType, properties }: CurrentObject): boolean =>
  objectType === 'namedLocation' && properties['isTrusted'] === true;

const leftInPlace = (why: string, what: string, current: CurrentObject): Obstacle => ({
  why,
  residual: { kind: 'manual', what, todo: mayItStay(current) },
});

/** What is to be said of an object that neither the directory nor the recycle bin can give back. */
function goneFor(
  verdict: Verdict | null,
  series: Series,
  current: CurrentObject,
  context: AttributionContext,
): Found | null {
  const neverWas = verdict?.then.known ? verdict.then.value === false : series.writes.length > 0;
  if (neverWas) return null;
  if (verdict?.class === 'otherOnly' || (verdict?.class === 'mixed' && !verdict.revert))
    return listed(verdict);

  const explained = verdict !== null && verdict.class !== 'unexplained';
  const by = explained ? 'by the actor' : 'no audit row says by whom';
  const reason = `Gone for good, ${by}: it can only be created again.`;
  const obstacle: Obstacle = {
    class: 'lost',
    why: 'neither the directory nor the recycle bin knows it any more',
    residual: {
      kind: 'lost',
      what: `${current.displayName || current.objectId} was deleted for good, ${by}.`,
      todo:
        'Create it again; its object id will differ. What is known of its properties, memberships and assignments ' +
        `stands in its rows: AuditLogs | where tostring(TargetResources) has "${current.objectId}" | order by TimeGenerated desc`,
    },
  };
  const basis = verdict ?? { then: known(true), now: known(false), evidence: [] };
  const protectedNow = objectObstacle('', current, context, () => '')?.why;
  const named = protectedNow ? { ...obstacle, why: `${obstacle.why}; ${protectedNow}` } : obstacle;
  return existence(basis, 'lost', 'restore', reason, named, current.objectId);
}

const listed = (verdict: Verdict): Found => ({
  delta: delta(verdict, verdict.class, null, verdict.reason),
  residual: null,
});

function existence(
  basis: Pick<Verdict, 'then' | 'now' | 'evidence'>,
  deltaClass: DeltaClass,
  action: PlanAction,
  reason: string,
  obstacle: Obstacle | null,
  objectId: string,
): Found {
  if (obstacle === null) return { delta: delta(basis, deltaClass, action, reason), residual: null };
  return {
    delta: delta(
      basis,
      obstacle.class ?? deltaClass,
      null,
      `${reason} Not planned: ${obstacle.why}.`,
    ),
    residual: obstacle.residual && { objectId, ...obstacle.residual },
  };
}

const delta = (
  { then, now, evidence }: Pick<Verdict, 'then' | 'now' | 'evidence'>,
  deltaClass: DeltaClass,
  action: PlanAction | null,
  reason: string,
) => ({ property: '*', class: deltaClass, action, then, now, reason, evidence });
