import type { z } from 'zod';
import { reportQuery } from '../../shared/contracts/http.js';
import type { PlannedObject } from '../../shared/domain/plan/plan.js';
import type { Caller } from '../../shared/ports/callers.js';
import { readers } from './access.js';
import { incidentDoor } from './door.js';
import type { DoorServices } from './services.js';
import { plannedObjects, readStoredPlan } from './stored-plan.js';

const mostExamples = 200;

/** `GET /incidents/{id}/report`: told anew each time, so that notes after the end are in it. */
export const getReport = incidentDoor<Caller, undefined, z.output<typeof reportQuery>>({
  name: 'getReport',
  method: 'GET',
  route: 'incidents/{id}/report',
  summary: 'The incident report, self-contained HTML or Markdown.',
  access: readers,
  query: reportQuery,
  answers: {
    200: { description: 'The report.', type: 'text/html', otherTypes: ['text/markdown'] },
  },
  handle: async ({ incident, query, services }) => {
    const [record, ledger, examples] = await Promise.all([
      services.store.readRecord(incident.id),
      services.store.readLedger(incident.id),
      readExamples(services, incident.id),
    ]);
    const extras = { ledger, examples };
    const report = services.report.render(incident, record ?? new Uint8Array(), extras);
    if (query.format === 'md') {
      return {
        status: 200,
        content: { type: 'text/markdown; charset=utf-8', body: report.markdown },
      };
    }
    return {
      status: 200,
      content: { type: 'text/html; charset=utf-8', body: report.html },
      // The report has no script; nothing that slipped into it shall get one.
      headers: {
        'content-security-policy':
          "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      },
    };
  },
});

async function readExamples(services: DoorServices, incidentId: string): Promise<PlannedObject[]> {
  const plan = await readStoredPlan(services.store, incidentId);
  const examples: PlannedObject[] = [];
  if (plan === null) return examples;
  for await (const object of plannedObjects(services.store, incidentId, plan.body)) {
    examples.push(object);
    if (examples.length >= mostExamples) break;
  }
  return examples;
}
