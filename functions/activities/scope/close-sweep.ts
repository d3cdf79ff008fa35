import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { AuditEvent, ObjectHistory } from '../../../shared/domain/attribution/audit.js';
import { digestOf } from '../../../shared/digest.js';
import { compareInstants } from '../../../shared/domain/instants.js';
import { EventSpool } from './event-spool.js';
import { rowKey } from './histories.js';
import { inRuns, objectsPerChunk, putLines, readLines } from '../lines.js';
import { noteScope } from './scope-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';

/** Joins the slices of one sweep into the scope: one history per object, with a digest over its rows. */
export async function closeSweep(
  services: ActivityServices,
  { incidentId, sweep, slices }: ActivityInput<'closeSweep'>,
): Promise<ActivityOutput<'closeSweep'>> {
  const spool = new EventSpool(services, incidentId, `sweep-${sweep}`);
  for (const slice of slices) {
    for (const event of await readLines<AuditEvent>(services, incidentId, slice.sha256)) {
      await spool.add(event);
    }
  }
  const chunks: { sha256: string; objects: number }[] = [];
  const digests: string[] = [];
  const seen = { objects: 0, changes: 0, rows: 0 };
  let firstChangeAt: string | null = null;
  let lastChangeAt: string | null = null;
  for await (const histories of spool.histories()) {
    const rows = histories.flatMap((history) => history.events.map(rowKey));
    digests.push(digestOf(rows));
    seen.objects += histories.length;
    seen.rows += rows.length;
    for (const history of histories) {
      seen.changes += changedThings(history);
      for (const { at } of history.events) {
        if (firstChangeAt === null || compareInstants(at, firstChangeAt) < 0) firstChangeAt = at;
        if (lastChangeAt === null || compareInstants(at, lastChangeAt) > 0) lastChangeAt = at;
      }
    }
    for (const run of inRuns(histories, objectsPerChunk)) {
      const name = `scope-${sweep}-${chunks.length}`;
      const { sha256 } = await putLines(services, incidentId, name, run);
      chunks.push({ sha256, objects: run.length });
    }
  }
  const [only] = digests;
  const digest = only !== undefined && digests.length === 1 ? only : digestOf(digests);
  const { objects, changes, rows } = seen;
  const index = await services.store.putArtefact(
    incidentId,
    `scope-${sweep}`,
    JSON.stringify({
      sweep,
      digest,
      objects,
      changes,
      rows,
      chunks,
    }),
  );
  await noteScope(services, incidentId, { digest, chunks });
  await services.store.append(incidentId, `sweep:${index.sha256}:${sweep}`, {
    at: isoNow(services),
    kind: 'scope.sweep',
    by: product,
    summary: `Sweep ${sweep}: ${objects} objects, ${changes} changes in ${rows} rows, ${digest}.`,
    artefact: index,
  });
  return {
    objects,
    changes,
    digest,
    firstChangeAt,
    lastChangeAt,
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
