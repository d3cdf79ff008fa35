import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { AuditEvent, ObjectType } from '../../../shared/domain/attribution/audit.js';
import { Correlations } from '../../../shared/domain/attribution/suspicions.js';
import { EventSpool } from '../scope/event-spool.js';
import { invariant } from '../../../shared/errors.js';
import { plusMs } from '../../../shared/domain/instants.js';
import { inRuns, objectsPerChunk, putLines } from '../lines.js';
import { pointIndexFor } from '../point/check-file.js';
import { noteHistories } from './histories-file.js';
import { noteFindings } from './plan-findings.js';
import { readRevisions } from './revised-terms.js';
import { readScope } from '../scope/scope-file.js';
import type { ActivityServices } from '../services.js';

/** Without a recovery point rows count from as long before the window as one would be old at most. */
const withoutPointMs = 86_400_000;

/**
 * Everybody's rows since the recovery point on the objects of the scope: what attribution rests on. The
 * rows of the scope itself are merged in, so that a lagging answer can never lose an actor's write.
 */
export async function readHistories(
  services: ActivityServices,
  input: ActivityInput<'readHistories'>,
): Promise<ActivityOutput<'readHistories'>> {
  const { incidentId, version, actors, scopeWindow, window, scopeDigest } = input;
  // Read before any object is previewed: what is revised in between makes the plan a revised one.
  const { version: revisionsVersion } = await readRevisions(services, incidentId);
  const pointIndex = await pointIndexFor(services, incidentId, window.from);
  const scope = await readScope(services, incidentId, scopeDigest);
  invariant(scope !== null, `scope ${scopeDigest} is not the newest of ${incidentId}`);
  const spool = new EventSpool(services, incidentId, `histories-${version}`);
  const correlations = new Correlations(actors);
  const inScope = new Set<string>();
  let events = 0;
  const take = async (event: AuditEvent): Promise<void> => {
    correlations.take(event);
    events += 1;
    await spool.add(event);
  };
  for await (const history of scope) {
    inScope.add(history.objectId);
    for (const event of history.events) await take(event);
  }
  const hasPoint = window.from !== scopeWindow.from;
  const read = hasPoint ? window : { ...window, from: plusMs(window.from, -withoutPointMs) };
  for await (const event of services.auditLog.readHistories(actors, scopeWindow, read)) {
    if (inScope.has(event.objectId)) await take(event);
  }
  const recoveryPointAt = hasPoint ? window.from : null;
  const about = {
    incidentId,
    version,
    actors,
    scopeWindow,
    recoveryPointAt,
    correlations,
    inScope,
    everybodyFrom: read.from,
    keep: (event: AuditEvent) => spool.add(event),
  };
  await noteFindings(services, about);
  const chunks: { sha256: string; objects: number }[] = [];
  const kinds: Partial<Record<ObjectType, number>> = {};
  for await (const histories of spool.histories()) {
    for (const { objectType } of histories) kinds[objectType] = (kinds[objectType] ?? 0) + 1;
    for (const run of inRuns(histories, objectsPerChunk)) {
      const name = `history-${version}-${chunks.length}`;
      const { sha256 } = await putLines(services, incidentId, name, run);
      chunks.push({ sha256, objects: run.length });
    }
  }
  await noteHistories(services, incidentId, version, { chunks, actors, recoveryPointAt, kinds });
  return { chunks, events, revisionsVersion, ...(pointIndex !== undefined && { pointIndex }) };
}
