import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import type { AuditEvent, ObjectHistory } from '../../shared/domain/audit.js';
import { groupByObject } from './histories.js';
import { inRuns, objectsPerChunk, putLines, readLines } from './lines.js';
import type { ActivityServices } from './services.js';

/**
 * Everybody's rows since the recovery point on the objects of the scope: what attribution rests on. The
 * rows of the scope itself are merged in, so that a lagging answer can never lose an actor's write.
 */
export async function readHistories(
  services: ActivityServices,
  input: ActivityInput<'readHistories'>,
): Promise<ActivityOutput<'readHistories'>> {
  const { incidentId, version, actors, scopeWindow, window, scopeChunks } = input;
  const events: AuditEvent[] = [];
  const inScope = new Set<string>();
  for (const chunk of scopeChunks) {
    for (const history of await readLines<ObjectHistory>(services, incidentId, chunk.sha256)) {
      inScope.add(history.objectId);
      events.push(...history.events);
    }
  }
  for await (const event of services.auditLog.readHistories(actors, scopeWindow, window)) {
    if (inScope.has(event.objectId)) events.push(event);
  }
  const chunks = [];
  for (const [index, run] of inRuns(groupByObject(events), objectsPerChunk).entries()) {
    const artefact = await putLines(services, incidentId, `history-${version}-${index}`, run);
    chunks.push({ sha256: artefact.sha256, objects: run.length });
  }
  return { chunks, events: events.length };
}
