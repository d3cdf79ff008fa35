import type { z } from 'zod';
import { incidentDocument, incidentList, listQuery } from '../../shared/contracts/http.js';
import { RewindError } from '../../shared/errors.js';
import type { Caller } from '../../shared/ports/callers.js';
import { readers } from './access.js';
import { door, incidentDoor } from './door.js';

export const listIncidents = door<Caller, undefined, z.output<typeof listQuery>>({
  name: 'listIncidents',
  method: 'GET',
  route: 'incidents',
  summary: 'Incidents, newest first.',
  access: readers,
  query: listQuery,
  answers: { 200: { description: 'One page.', schema: incidentList } },
  handle: async ({ query, services }) => ({
    status: 200,
    json: await services.store.listIncidents(query.top, query.token),
  }),
});

export const getIncident = incidentDoor<Caller>({
  name: 'getIncident',
  method: 'GET',
  route: 'incidents/{id}',
  summary: 'The incident document.',
  access: readers,
  answers: { 200: { description: 'The incident.', schema: incidentDocument } },
  handle: ({ incident }) => Promise.resolve({ status: 200, json: incident }),
});

/** The record's bytes as they are stored: whoever checks the chain needs each of them. */
export const getRecord = incidentDoor<Caller>({
  name: 'getRecord',
  method: 'GET',
  route: 'incidents/{id}/record',
  summary: 'The record as JSON lines, byte for byte.',
  access: readers,
  answers: { 200: { description: 'The record.', type: 'application/jsonl' } },
  handle: async ({ incident, services }) => {
    const record = await services.store.readRecord(incident.id);
    if (record === null) throw new RewindError('INCIDENT_NOT_FOUND', 'There is no such incident.');
    return {
      status: 200,
      content: { type: 'application/jsonl', body: record },
      headers: { 'content-disposition': `attachment; filename="${incident.id}.jsonl"` },
    };
  },
});
