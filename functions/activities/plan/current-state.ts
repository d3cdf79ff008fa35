import type { CurrentObject, PlannedObject } from '../../../shared/domain/plan/plan.js';
import { askedFor } from '../execute/repairs.js';
import type { ActivityServices } from '../services.js';

/** What the directory says now about planned objects, asked for exactly what the plan would write. */
export async function readCurrentState(
  services: ActivityServices,
  objects: readonly PlannedObject[],
): Promise<Map<string, CurrentObject>> {
  const current = new Map<string, CurrentObject>();
  for (const objectType of new Set(objects.map((object) => object.objectType))) {
    const ofType = objects.filter((object) => object.objectType === objectType);
    const { properties, groupIds } = askedFor(ofType);
    const ids = ofType.map((object) => object.objectId);
    for (const object of await services.directory.readObjects(
      objectType,
      ids,
      properties,
      groupIds,
    )) {
      current.set(object.objectId, object);
    }
  }
  return current;
}
