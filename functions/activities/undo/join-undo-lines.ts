import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { PlanChunk, PlannedObject } from '../../../shared/domain/plan/plan.js';
import { addToCounts, emptyCounts } from '../../../shared/domain/plan/plan-building.js';
import { isPlanned } from '../../../shared/domain/plan/plan-stages.js';
import { joinedUndo } from '../../../shared/domain/plan/undo-joining.js';
import { inRuns, objectsPerChunk, putLines, readLines } from '../lines.js';
import { Spool } from '../spool.js';
import type { ActivityServices } from '../services.js';

const linesHeld = 5000;

/**
 * One undo line per object where several plans of a recovery wrote. `chunks`: the lines of all waves, what
 * was written last first. Never holds more than a part of the objects.
 */
export async function joinUndoLines(
  services: ActivityServices,
  { incidentId, version, chunks }: ActivityInput<'joinUndoLines'>,
): Promise<ActivityOutput<'joinUndoLines'>> {
  const spool = new Spool<PlannedObject>(services, incidentId, {
    name: `undo-${version}-lines`,
    keyOf: ({ objectId }) => objectId,
    held: linesHeld,
  });
  for (const { sha256 } of chunks) {
    for (const line of await readLines<PlannedObject>(services, incidentId, sha256)) {
      await spool.add(line);
    }
  }
  const joined: PlanChunk[] = [];
  let counts = emptyCounts();
  for await (const lines of spool.parts()) {
    const byObject = new Map<string, [PlannedObject, ...PlannedObject[]]>();
    for (const line of lines) {
      const known = byObject.get(line.objectId);
      if (known === undefined) byObject.set(line.objectId, [line]);
      else known.push(line);
    }
    for (const run of inRuns([...byObject.values()].map(joinedUndo), objectsPerChunk)) {
      const { sha256 } = await putLines(services, incidentId, `undo-${version}-joined`, run);
      joined.push({ sha256, objects: run.length, planned: run.filter(isPlanned).length });
      counts = run.reduce(addToCounts, counts);
    }
  }
  return { chunks: joined, counts };
}
