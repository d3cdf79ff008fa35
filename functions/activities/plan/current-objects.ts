import type { ObjectHistory, ObjectType } from '../../../shared/domain/attribution/audit.js';
import { coverageOf, isReadable, planName } from '../../../shared/domain/coverage/coverage.js';
import type { CurrentObject } from '../../../shared/domain/plan/plan.js';
import type { ActivityServices } from '../services.js';

/**
 * What the objects of these histories are now, read kind by kind with exactly the properties that the rows
 * name; of deleted users also who holds their names by now. Objects of kinds that no executor reads are
 * there, and nothing more is known of them.
 */
export async function readCurrentObjects(
  services: Pick<ActivityServices, 'directory'>,
  histories: readonly ObjectHistory[],
  groupIds: readonly string[],
): Promise<(history: ObjectHistory) => CurrentObject> {
  const byType = new Map<ObjectType, ObjectHistory[]>();
  for (const history of histories) {
    const ofType = byType.get(history.objectType);
    if (ofType === undefined) byType.set(history.objectType, [history]);
    else ofType.push(history);
  }
  const current = new Map<string, CurrentObject>();
  for (const [type, ofType] of byType) {
    if (!isReadable(type)) continue;
    const ids = ofType.map((history) => history.objectId);
    const properties = propertiesOf(type, ofType);
    const read = await services.directory.readObjects(type, ids, properties, groupIds);
    for (const object of await withConflicts(services, type, read)) {
      current.set(object.objectId, object);
    }
  }
  return (history) => current.get(history.objectId) ?? unread(history);
}

/** Whether what the actor created may be deleted: without being gone for good, or at all. */
const decisive: Readonly<Partial<Record<ObjectType, readonly string[]>>> = {
  group: ['groupTypes'],
  namedLocation: ['isTrusted'],
};

function propertiesOf(type: ObjectType, histories: readonly ObjectHistory[]): string[] {
  const names = new Set(decisive[type] ?? []);
  for (const { events } of histories) {
    for (const { changes } of events) {
      for (const { property } of changes) {
        const row = coverageOf(type, property);
        if (row !== null && row.graphProperty !== null) names.add(planName(row, property));
      }
    }
  }
  return [...names];
}

async function withConflicts(
  { directory }: Pick<ActivityServices, 'directory'>,
  type: ObjectType,
  objects: readonly CurrentObject[],
): Promise<readonly CurrentObject[]> {
  const deleted = objects.filter(({ presence }) => presence === 'softDeleted');
  if (type !== 'user' || deleted.length === 0) return objects;
  const conflicts = await directory.restoreConflicts(deleted.map(({ objectId }) => objectId));
  return objects.map((object) => {
    const found = conflicts.get(object.objectId);
    return found === undefined ? object : { ...object, conflicts: found };
  });
}

const unread = (history: ObjectHistory): CurrentObject => ({
  objectId: history.objectId,
  objectType: history.objectType,
  displayName: history.name ?? history.objectId,
  presence: 'present',
  daysLeft: null,
  synced: false,
  privileged: false,
  properties: {},
  memberOf: [],
});
