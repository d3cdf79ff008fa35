import type { ObjectType } from '../../../shared/domain/attribution/audit.js';
import type { CurrentObject, PlannedObject } from '../../../shared/domain/plan/plan.js';
import { RewindError } from '../../../shared/errors.js';
import { askedFor } from '../execute/repairs.js';
import { inRuns } from '../lines.js';
import type { ActivityServices } from '../services.js';

/**
 * So many objects of a wave may stay without an answer while others get one; with more it is the service.
 * Few, since each read that gets none takes the adapter a minute of attempts, and an activity has ten.
 */
const mostSilent = 2;
const idsPerTry = 20;

/**
 * What the directory says now about planned objects, asked for exactly what the plan would write. An
 * object that gets no answer however often it is asked for, while others of whatever kind do, is left out,
 * so that it does not keep the others from being carried out. Throws GRAPH_UNAVAILABLE when it is the
 * service that is down, as far as can be told: none gets an answer, or more than two do not.
 */
export async function readCurrentState(
  { directory }: Pick<ActivityServices, 'directory'>,
  objects: readonly PlannedObject[],
): Promise<Map<string, CurrentObject>> {
  const current = new Map<string, CurrentObject>();
  let silent: Asked[] = [];

  for (const all of askedByType(objects)) {
    if (await answered(all)) continue;
    for (const ids of inRuns(all.ids, idsPerTry)) {
      const run = { ...all, ids };
      if (ids.length === all.ids.length || !(await answered(run))) await askOneByOne(run);
    }
  }
  // The service may have come back only while the others were asked for.
  const before = silent;
  silent = [];
  if (current.size > 0) for (const one of before) await askOneByOne(one);
  if (current.size === 0 && objects.length > 0) throw noAnswer(objects.length);
  return current;

  async function answered({ objectType, ids, properties, groupIds }: Asked): Promise<boolean> {
    const read = await orNull(directory.readObjects(objectType, ids, properties, groupIds));
    for (const object of read ?? []) current.set(object.objectId, object);
    return read !== null;
  }

  async function askOneByOne(run: Asked): Promise<void> {
    for (const id of run.ids) {
      const one = { ...run, ids: [id] };
      if (!(await answered(one))) silent.push(one);
      if (silent.length > mostSilent) throw noAnswer(silent.length);
    }
  }
}

/** Objects of one kind, and what is asked about each. */
interface Asked extends ReturnType<typeof askedFor> {
  readonly objectType: ObjectType;
  readonly ids: readonly string[];
}

const askedByType = (objects: readonly PlannedObject[]): Asked[] =>
  [...new Set(objects.map((object) => object.objectType))].map((objectType) => {
    const ofType = objects.filter((object) => object.objectType === objectType);
    return { objectType, ids: ofType.map(({ objectId }) => objectId), ...askedFor(ofType) };
  });

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
