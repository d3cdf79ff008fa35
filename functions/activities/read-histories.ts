import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import type { AuditEvent } from '../../shared/domain/audit.js';
import { groupByObject } from './histories.js';
import { invariant } from '../../shared/errors.js';
import { plusMs } from '../../shared/domain/instants.js';
import { inRuns, objectsPerChunk, putLines } from './lines.js';
import { noteFindings } from './plan-findings.js';
import { readRevisions } from './revised-terms.js';
import { readScope } from './scope-file.js';
import type { ActivityServices } from './services.js';

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
  const scope = await readScope(services, incidentId, scopeDigest);
  invariant(scope !== null, `scope ${scopeDigest} is not the newest of ${incidentId}`);
  const events: AuditEvent[] = [];
  for (const history of scope) events.push(...history.events);
  const inScope = new Set(scope.map(({ objectId }) => objectId));
  const hasPoint = window.from !== scopeWindow.from;
  const read = hasPoint ? window : { ...window, from: plusMs(window.from, -withoutPointMs) };
  for await (const event of services.auditLog.readHistories(actors, scopeWindow, read)) {
    if (inScope.has(event.objectId)) events.push(event);
  }
  const recoveryPointAt = hasPoint ? window.from : null;
  const about = { incidentId, version, actors, scopeWindow, recoveryPointAt, events, inScope };
  await noteFindings(services, about);
  const chunks = [];
  for (const [index, run] of inRuns(groupByObject(events), objectsPerChunk).entries()) {
    const artefact = await putLines(services, incidentId, `history-${version}-${index}`, run);
    chunks.push({ sha256: artefact.sha256, objects: run.length });
  }
  return { chunks, events: events.length, revisionsVersion };
}
