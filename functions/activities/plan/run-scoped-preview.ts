import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { addToCounts, emptyCounts } from '../../../shared/domain/plan/plan-building.js';
import { putLines } from '../lines.js';
import { readPointChanges } from '../point/values-file.js';
import type { ActivityServices } from '../services.js';
import { readGround } from './attribute-chunk.js';
import { routeObject } from './route-object.js';

/**
 * One slice of the preview: reads what the objects are now, and says for every difference whose it is
 * and whether it would be put back. Changes nothing.
 */
export async function runScopedPreview(
  services: ActivityServices,
  input: ActivityInput<'runScopedPreview'>,
): Promise<ActivityOutput<'runScopedPreview'>> {
  const { incidentId, version, actors, recoveryPointAt, historyChunk, pointIndex } = input;
  const of = { incidentId, actors, recoveryPointAt, sha256: historyChunk.sha256 };
  const ground = await readGround(services, of);
  const { histories, routing } = ground;
  const point = await readPointChanges(services, incidentId, pointIndex, histories);

  let counts = emptyCounts();
  let planned = 0;
  let unknowns = 0;
  const lines = histories.map((history) => {
    const object = routeObject(ground.attribute(history, point), history, routing);
    counts = addToCounts(counts, object);
    if (object.deltas.some((delta) => delta.action !== null)) planned += 1;
    unknowns += object.deltas.filter((delta) => !delta.then.known).length;
    return object;
  });
  const artefact = await putLines(services, incidentId, `plan-${version}-chunk`, lines);
  return {
    chunk: { sha256: artefact.sha256, objects: lines.length, planned },
    counts,
    unknowns,
  };
}
