import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import type { AuditEvent, ObjectHistory } from '../../shared/domain/audit.js';
import { digestOf } from '../../shared/digest.js';
import { compareInstants } from '../../shared/domain/instants.js';
import { groupByObject, rowKey } from './histories.js';
import { inRuns, objectsPerChunk, putLines, readLines } from './lines.js';
import { noteScope } from './scope-file.js';
import { isoNow, product, type ActivityServices } from './services.js';

/** Joins the slices of one sweep into the scope: one history per object, with a digest over its rows. */
export async function closeSweep(
  services: ActivityServices,
  { incidentId, sweep, slices }: ActivityInput<'closeSweep'>,
): Promise<ActivityOutput<'closeSweep'>> {
  const events: AuditEvent[] = [];
  for (const slice of slices) {
    for (const event of await readLines<AuditEvent>(services, incidentId, slice.sha256)) {
      events.push(event);
    }
  }
  const histories = groupByObject(events);
  const rows = histories.flatMap((history) => history.events.map(rowKey));
  const digest = digestOf(rows);
  const changes = histories.reduce((sum, history) => sum + changedThings(history), 0);
  const chunks = [];
  for (const [index, run] of inRuns(histories, objectsPerChunk).entries()) {
    const artefact = await putLines(services, incidentId, `scope-${sweep}-${index}`, run);
    chunks.push({ sha256: artefact.sha256, objects: run.length });
  }
  const times = histories
    .flatMap((history) => history.events.map((event) => event.at))
    .sort(compareInstants);
  const index = await services.store.putArtefact(
    incidentId,
    `scope-${sweep}`,
    JSON.stringify({
      sweep,
      digest,
      objects: histories.length,
      changes,
      rows: rows.length,
      chunks,
    }),
  );
  await noteScope(services, incidentId, { digest, chunks });
  await services.store.append(incidentId, `sweep:${index.sha256}:${sweep}`, {
    at: isoNow(services),
    kind: 'scope.sweep',
    by: product,
    summary: `Sweep ${sweep}: ${histories.length} objects, ${changes} changes in ${rows.length} rows, ${digest}.`,
    artefact: index,
  });
  return {
    objects: histories.length,
    changes,
    digest,
    firstChangeAt: times[0] ?? null,
    lastChangeAt: times.at(-1) ?? null,
  };
}

/** One change may leave several rows (`Update user` beside `Disable account`): things changed are counted. */
function changedThings({ events }: ObjectHistory): number {
  const things = events.flatMap((event) =>
    event.kind === 'update'
      ? event.changes.map(({ property }) => property.toLowerCase())
      : [`${event.kind} ${event.groupId ?? ''}`],
  );
  return new Set(things).size;
}
