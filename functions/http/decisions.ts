import type { z } from 'zod';
import { counted, decisionBody } from '../../shared/contracts/http.js';
import { RewindError } from '../../shared/errors.js';
import { asPerson, people, type PersonCaller } from './access.js';
import { decide } from './decide.js';
import { incidentDoor } from './door.js';

/** `POST /incidents/{id}/decisions`: the door that does not trust Teams. */
export const decideOverHttp = incidentDoor<PersonCaller, z.output<typeof decisionBody>>({
  name: 'decideOverHttp',
  method: 'POST',
  route: 'incidents/{id}/decisions',
  summary: 'Approve or reject exactly one plan.',
  access: people('Incident.Approver', 'Incident.Operator'),
  body: decisionBody,
  answers: { 202: { description: 'Counted, and who is still missing.', schema: counted } },
  handle: async ({ services, context, incident, caller, body }) => {
    const decided = await decide(services, context, incident, {
      decision: body.decision,
      by: asPerson(caller),
      via: 'http',
      planDigest: body.planDigest,
      comment: body.comment ?? null,
      ...(body.lines && { lines: body.lines }),
      nonce: null,
      proof: { ...caller.proof, clientId: caller.clientId },
      roleCheck: null,
    });
    if (!decided.ok) throw new RewindError(decided.code, decided.message);
    const { countedAs, remaining } = decided;
    return { status: 202, json: { countedAs, remaining } };
  },
});
