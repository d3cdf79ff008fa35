import type { CurrentObject, Delta, PlannedObject } from '../../shared/domain/plan.js';
import { coverageOf } from '../../shared/domain/coverage.js';
import { sameGraphValue } from '../../shared/domain/graph-values.js';
import type { Write } from '../../shared/ports/directory.js';
import type { Json, Known } from '../../shared/domain/json.js';

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
  if (open.some((delta) => delta.action === 'restore')) {
    writes.push({ kind: 'restore', objectId, objectType });
  }
  if (open.some((delta) => delta.action === 'softDelete')) {
    writes.push({ kind: 'softDelete', objectId, objectType });
  }
  const properties: Record<string, Json> = {};
  for (const delta of open) {
    if (delta.action === 'update' && delta.then.known)
      properties[delta.property] = delta.then.value;
    const groupId = groupOf(delta);
    if (delta.action === 'addMember') writes.push({ kind: 'addMember', objectId, groupId });
    if (delta.action === 'removeMember') writes.push({ kind: 'removeMember', objectId, groupId });
  }
  if (Object.keys(properties).length > 0) {
    writes.splice(writes[0]?.kind === 'restore' ? 1 : 0, 0, {
      kind: 'update',
      objectId,
      objectType,
      properties,
    });
  }
  return writes;
}

/** Properties and groups a fresh read must bring for these objects. */
export function askedFor(objects: readonly PlannedObject[]): {
  properties: string[];
  groupIds: string[];
} {
  const acting = objects.flatMap(({ deltas }) => deltas.filter(({ action }) => action !== null));
  return {
    properties: [
      ...new Set(
        acting.filter(({ action }) => action === 'update').map(({ property }) => property),
      ),
    ],
    groupIds: [...new Set(acting.filter(isMembership).map(groupOf))],
  };
}

export const isMembership = (delta: Delta): boolean =>
  delta.action === 'addMember' || delta.action === 'removeMember';

const isExistence = ({ action }: Delta): boolean => action === 'restore' || action === 'softDelete';

export const groupOf = (delta: Delta): string => delta.property.replace(/^memberOf\//, '');

const isMember = (delta: Delta, current: CurrentObject): boolean =>
  current.memberOf.includes(groupOf(delta));
