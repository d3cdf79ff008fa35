import type { CurrentObject, Delta, PlannedObject } from '../../../shared/domain/plan/plan.js';
import type { ObjectType } from '../../../shared/domain/attribution/audit.js';
import { coverageOf } from '../../../shared/domain/coverage/coverage.js';
import { documentPatch } from '../../../shared/domain/plan/document-patch.js';
import { sameGraphValue } from '../../../shared/domain/attribution/graph-values.js';
import { relationKey } from '../../../shared/domain/attribution/relations.js';
import type { Write } from '../../../shared/ports/directory.js';
import type { Json, Known } from '../../../shared/domain/json.js';

/** What compare-and-set finds for one delta: still the actor's bad value, already as planned, or neither. */
export type Finding = 'asExpected' | 'asPlanned' | 'changedSince';

/** Compares one planned delta with what the directory says now (safety.md, compare-and-set). */
function findingOf(delta: Delta, current: CurrentObject): Finding {
  // In the bin memberships cannot be read; they are put right once the object is back.
  if (isMembership(delta) && current.presence === 'softDeleted') return 'asExpected';
  switch (delta.action) {
    case 'restore':
      return current.presence === 'present'
        ? 'asPlanned'
        : current.presence === 'softDeleted'
          ? 'asExpected'
          : 'changedSince';
    case 'softDelete':
      return current.presence === 'present' ? 'asExpected' : 'asPlanned';
    case 'addMember':
      return current.presence !== 'present'
        ? 'changedSince'
        : isMember(delta, current)
          ? 'asPlanned'
          : 'asExpected';
    case 'removeMember':
      return isMember(delta, current) ? 'asExpected' : 'asPlanned';
    case 'addAssignment':
    case 'removeAssignment':
    case 'update': {
      // Like memberships: what hangs on an object in the bin is put right once it is back.
      if (relationKey(delta.property) !== null && current.presence === 'softDeleted')
        return 'asExpected';
      const value = current.properties[delta.property] ?? null;
      const kind = coverageOf(current.objectType, delta.property)?.kind ?? 'object';
      const is = (wanted: Known) => wanted.known && sameGraphValue(kind, value, wanted.value);
      return is(delta.then) ? 'asPlanned' : is(delta.now) ? 'asExpected' : 'changedSince';
    }
    case null:
      return 'asPlanned';
  }
}

/**
 * What is found for every delta that acts. Of an object that is gone, or in the bin although the plan
 * does not bring it back, nothing can be read: it has changed since, whatever its values seem to be.
 */
export function findingsOf(
  { deltas }: PlannedObject,
  current: CurrentObject,
): { readonly delta: Delta; readonly finding: Finding }[] {
  const acting = deltas.filter(({ action }) => action !== null);
  // It went into the bin with everything else that was to be written of it: there it cannot be read.
  const isPutAway =
    current.presence === 'softDeleted' && acting.some(({ action }) => action === 'softDelete');
  if (isPutAway) return acting.map((delta) => ({ delta, finding: 'asPlanned' }));
  const isReadable =
    current.presence === 'present' ||
    (current.presence === 'softDeleted' && acting.some(({ action }) => action === 'restore'));
  return acting.map((delta) => ({
    delta,
    finding: isReadable || isExistence(delta) ? findingOf(delta, current) : 'changedSince',
  }));
}

/** The writes that put one object back; only deltas that are still as expected are in them. */
export function writesFor(object: PlannedObject, current: CurrentObject): Write[] {
  const { objectId, objectType } = object;
  const open = findingsOf(object, current)
    .filter(({ finding }) => finding === 'asExpected')
    .map(({ delta }) => delta);
  const writes: Write[] = [];
  const restored = open.find((delta) => delta.action === 'restore');
  if (restored !== undefined) {
    const { restoreAs } = restored;
    writes.push({ kind: 'restore', objectId, objectType, ...(restoreAs && { restoreAs }) });
  }
  const putAway = open.find((delta) => delta.action === 'softDelete');
  if (putAway !== undefined) {
    // What was not created was restored, by the actor or by us.
    const cameFromBin = putAway.class === 'created' ? {} : { cameFromBin: true as const };
    writes.push({ kind: 'softDelete', objectId, objectType, ...cameFromBin });
  }
  const properties: Record<string, Json> = {};
  for (const delta of open) {
    const relation = relationWrite(object, delta);
    if (relation !== null) writes.push(relation);
    else if (delta.action === 'update' && delta.then.known)
      properties[delta.property] = valueToSend(objectType, delta, current);
    const groupId = groupOf(delta);
    if (delta.action === 'addMember') writes.push({ kind: 'addMember', objectId, groupId });
    if (delta.action === 'removeMember') writes.push({ kind: 'removeMember', objectId, groupId });
  }
  const updates = requestsOf(properties).map((part): Write => ({
    ...{ kind: 'update', objectId, objectType },
    properties: part,
    ...(current.variant !== undefined && { variant: current.variant }),
  }));
  writes.splice(writes[0]?.kind === 'restore' ? 1 : 0, 0, ...updates);
  return writes;
}

/** Part of a policy is merged by Graph, so what was not there before is taken out by name. */
function valueToSend(objectType: ObjectType, delta: Delta, current: CurrentObject): Json {
  const then = delta.then.known ? delta.then.value : null;
  const isDocument = coverageOf(objectType, delta.property)?.kind === 'document';
  return isDocument ? documentPatch(then, current.properties[delta.property] ?? null) : then;
}

/** Properties with a request of their own in Graph: methods of a policy, combinations of a strength. */
const goesAlone = (property: string): boolean =>
  property.startsWith('authenticationMethodConfigurations/') || property === 'allowedCombinations';

function requestsOf(properties: Readonly<Record<string, Json>>): Readonly<Record<string, Json>>[] {
  const entries = Object.entries(properties);
  const together = entries.filter(([property]) => !goesAlone(property));
  const alone = entries.filter(([property]) => goesAlone(property));
  return [
    ...(together.length > 0 ? [Object.fromEntries(together)] : []),
    ...alone.map(([property, value]) => ({ [property]: value })),
  ];
}

function relationWrite({ objectId, objectType }: PlannedObject, delta: Delta): Write | null {
  const key = relationKey(delta.property);
  if (key === null || delta.action === null || !delta.then.known) return null;
  if (key.relation === 'assignment') {
    const { resourceId, appRoleId } = key;
    const kind = delta.then.value === true ? 'addAssignment' : 'removeAssignment';
    return { kind, objectId, objectType, resourceId, appRoleId };
  }
  const { resourceId, principalId } = key;
  const scope = typeof delta.then.value === 'string' ? delta.then.value : null;
  return { kind: 'setGrant', objectId, resourceId, principalId, scope };
}

/** Properties and groups a fresh read must bring for these objects. */
export function askedFor(objects: readonly PlannedObject[]): {
  properties: string[];
  groupIds: string[];
} {
  const acting = objects.flatMap(({ deltas }) => deltas.filter(({ action }) => action !== null));
  return {
    properties: [...new Set(acting.filter(isValue).map(({ property }) => property))],
    groupIds: [...new Set(acting.filter(isMembership).map(groupOf))],
  };
}

export const isMembership = (delta: Delta): boolean =>
  delta.action === 'addMember' || delta.action === 'removeMember';

const isValue = ({ action }: Delta): boolean =>
  action === 'update' || action === 'addAssignment' || action === 'removeAssignment';

const isExistence = ({ action }: Delta): boolean => action === 'restore' || action === 'softDelete';

export const groupOf = (delta: Delta): string => delta.property.replace(/^memberOf\//, '');

const isMember = (delta: Delta, current: CurrentObject): boolean =>
  current.memberOf.includes(groupOf(delta));
