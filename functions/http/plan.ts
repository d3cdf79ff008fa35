import type { z } from 'zod';
import { planPage, planQuery } from '../../shared/contracts/http.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { PlannedObject } from '../../shared/domain/plan/plan.js';
import type { Caller } from '../../shared/ports/callers.js';
import { readers } from './access.js';
import { incidentDoor, type Answer } from './door.js';
import { planTable } from './plan-table.js';
import type { DoorServices } from './services.js';
import { plannedObjects, readStoredPlan, type StoredPlan } from './stored-plan.js';

type Query = z.output<typeof planQuery>;

/** Lines of a JSON page when the caller names no number; a table holds all matching lines then. */
const pageSize = 100;

/** `GET /incidents/{id}/plan`: the newest plan; without one yet, an empty page with `digest: null`. */
export const getPlan = incidentDoor<Caller, undefined, Query>({
  name: 'getPlan',
  method: 'GET',
  route: 'incidents/{id}/plan',
  summary: 'The plan, as JSON pages or as a spreadsheet-safe table.',
  access: readers,
  query: planQuery,
  answers: { 200: { description: 'The plan.', schema: planPage, otherTypes: ['text/csv'] } },
  handle: async ({ incident, query, services }) => {
    const plan = await readStoredPlan(services.store, incident.id);
    return query.format === 'csv'
      ? asTable(services, incident, plan, query)
      : asPage(services, incident, plan, query);
  },
});

async function asPage(
  services: DoorServices,
  incident: Incident,
  plan: StoredPlan | null,
  query: Query,
): Promise<Answer> {
  const { skip, top = pageSize } = query;
  const { items, total } = await select(services, incident.id, plan, query, skip, top);
  const { digest = null, body = null, view = null, provisional = false } = plan ?? {};
  return {
    status: 200,
    json: { incidentId: incident.id, digest, provisional, view, body, skip, top, total, items },
  };
}

async function asTable(
  services: DoorServices,
  incident: Incident,
  plan: StoredPlan | null,
  query: Query,
): Promise<Answer> {
  const { skip, top = Infinity } = query;
  const { items } = await select(services, incident.id, plan, query, skip, top);
  const version = plan?.body.version ?? 0;
  return {
    status: 200,
    content: { type: 'text/csv; charset=utf-8', body: planTable(items) },
    headers: {
      'content-disposition': `attachment; filename="${incident.id}-plan-${version}.csv"`,
    },
  };
}

async function select(
  services: DoorServices,
  incidentId: string,
  plan: StoredPlan | null,
  query: Query,
  skip: number,
  top: number,
): Promise<{ items: PlannedObject[]; total: number }> {
  const items: PlannedObject[] = [];
  let total = 0;
  if (plan === null) return { items, total };
  for await (const object of plannedObjects(services.store, incidentId, plan.body)) {
    if (!matches(object, query)) continue;
    if (total >= skip && items.length < top) items.push(object);
    total += 1;
  }
  return { items, total };
}

function matches(object: PlannedObject, query: Query): boolean {
  if (query.objectType !== undefined && query.objectType !== object.objectType) return false;
  if (query.class !== undefined && !object.deltas.some((delta) => delta.class === query.class)) {
    return false;
  }
  if (query.q === undefined) return true;
  const wanted = query.q.toLowerCase();
  return [
    object.objectId,
    object.displayName,
    ...object.deltas.map((delta) => delta.property),
  ].some((text) => text.toLowerCase().includes(wanted));
}
