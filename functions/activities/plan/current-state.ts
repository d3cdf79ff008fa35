import type { ObjectType } from '../../../shared/domain/attribution/audit.js';
import type { CurrentObject, PlannedObject } from '../../../shared/domain/plan/plan.js';
import { RewindError } from '../../../shared/errors.js';
import { askedFor } from '../execute/repairs.js';
import { inRuns } from '../lines.js';
import type { ActivityServices } from '../services.js';

/** So many objects may stay without an answer while others get one; with more it is the service. */
const mostSilent = 2;
const idsPerTry = 20;

/**
 * What the directory says now about planned objects, asked for exactly what the plan would write. An
 * object that gets no answer however often it is asked for, while others do, is left out, so that it does
 * not keep the others from being carried out. Throws GRAPH_UNAVAILABLE when it is the service that is down,
 * as far as can be told: more objects than two, or the only one, get no answer.
 */
export async function readCurrentState(
  services: Pick<ActivityServices, 'directory'>,
  objects: readonly PlannedObject[],
): Promise<Map<string, CurrentObject>> {
  const current = new Map<string, CurrentObject>();
  for (const objectType of new Set(objects.map((object) => object.objectType))) {
    const ofType = objects.filter((object) => object.objectType === objectType);
    for (const object of await readOfType(services, objectType, ofType)) {
      current.set(object.objectId, object);
    }
  }
  return current;
}

async function readOfType(
  { directory }: Pick<ActivityServices, 'directory'>,
  objectType: ObjectType,
  objects: readonly PlannedObject[],
): Promise<readonly CurrentObject[]> {
  const { properties, groupIds } = askedFor(objects);
  const all = objects.map(({ objectId }) => objectId);
  const answered = (ids: readonly string[]) =>
    orNull(directory.readObjects(objectType, ids, properties, groupIds));

  const at = await answered(all);
  if (at !== null) return at;
  const found: CurrentObject[] = [];
  let silent: string[] = [];
  for (const run of inRuns(all, idsPerTry)) {
    const together = run.length < all.length ? await answered(run) : null;
    if (together !== null) found.push(...together);
    else await askOneByOne(run);
  }
  // The service may have come back only while the others were asked for.
  const before = silent;
  silent = [];
  if (found.length > 0) await askOneByOne(before);
  if (found.length === 0) throw noAnswer(all.length);
  return found;

  async function askOneByOne(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const alone = await answered([id]);
      if (alone !== null) found.push(...alone);
      else silent.push(id);
      if (silent.length > mostSilent) throw noAnswer(silent.length);
    }
  }
}

const noAnswer = (objects: number): RewindError =>
  new RewindError('GRAPH_UNAVAILABLE', `${objects} objects and more could not be read.`);

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof RewindError && error.code === 'GRAPH_UNAVAILABLE') return null;
    throw error;
  }
}
