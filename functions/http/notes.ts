import type { z } from 'zod';
import { noteBody, noted } from '../../shared/contracts/http.js';
import { asPerson, people, type PersonCaller } from './access.js';
import { incidentDoor } from './door.js';
import { heldKey } from './idempotency.js';
import { isoNow } from './services.js';

/** `POST /incidents/{id}/notes`: words for the record, also after the end. A note makes no diagnostician. */
export const addNote = incidentDoor<PersonCaller, z.output<typeof noteBody>>({
  name: 'addNote',
  method: 'POST',
  route: 'incidents/{id}/notes',
  summary: 'Add a note or a deviation to the record.',
  access: people('Incident.Responder', 'Incident.Commander'),
  body: noteBody,
  answers: { 201: { description: 'Where the record stands now.', schema: noted } },
  handle: async ({ request, services, context, incident, caller, body }) => {
    const by = asPerson(caller);
    // A key belongs to one body everywhere, and to one note in each incident.
    const key = await heldKey(services, request, by, { incidentId: incident.id, ...body });
    const noteKey = key === null ? context.invocationId : `${by.id}:${key}`;
    const head = await services.store.append(incident.id, `note:${noteKey}`, {
      at: isoNow(services),
      kind: body.kind,
      by,
      summary: body.text,
    });
    return { status: 201, json: { entries: head.entries, head: head.head } };
  },
});
