import type { Incident } from '../../../shared/domain/incident/incident.js';
import type { Json } from '../../../shared/domain/json.js';
import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import { readContainments } from '../contain/containment-notes.js';
import { readLines } from '../lines.js';
import type { PlanDocument } from '../plan/plan-file.js';
import type { ActivityServices } from '../services.js';

const incidentsPerPage = 100;

/** All incidents, newest first, whatever their number. */
export async function* allIncidents({
  store,
}: Pick<ActivityServices, 'store'>): AsyncGenerator<Incident> {
  let token: string | undefined;
  do {
    const page = await store.listIncidents(incidentsPerPage, token);
    yield* page.items;
    token = page.nextToken;
  } while (token !== undefined);
}

/** Ids of what incidents beside this one may have written since then: their plans' objects and actors. */
export async function objectsOfOtherIncidents(
  services: ActivityServices,
  incidentId: string,
  since: string,
): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const incident of allIncidents(services)) {
    const isOver = incident.closedAt !== null && Date.parse(incident.closedAt) < Date.parse(since);
    if (incident.id === incidentId) continue;
    for (const id of Object.keys(await readContainments(services, incident.id))) ids.add(id);
    if (isOver) continue;
    const plan = (await services.store.readDocument<Json>(
      incident.id,
      'plan',
    )) as unknown as PlanDocument | null;
    for (const chunk of plan?.body.chunks ?? []) {
      const lines = await readLines<PlannedObject>(services, incident.id, chunk.sha256);
      for (const { objectId } of lines) ids.add(objectId);
    }
  }
  return ids;
}
