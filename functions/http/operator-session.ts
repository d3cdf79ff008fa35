import type { z } from 'zod';
import { lent, sessionBody } from '../../shared/contracts/http.js';
import { wavesThatFit } from '../../shared/domain/plan/eta.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { isPinned } from '../../shared/domain/policy.js';
import { RewindError } from '../../shared/errors.js';
import { asPerson, people, type PersonCaller } from './access.js';
import { incidentDoor, type Answer, type Visit } from './door.js';
import { beginPointCheck } from './point-check.js';
import { policyOf } from './policy-of.js';
import { problemAnswer } from './problem.js';
import { recordRefusal, requireNoActor, requireOpen } from './refusals.js';
import { isoNow } from './services.js';

type SessionVisit = Visit<PersonCaller, Incident, z.output<typeof sessionBody>, undefined>;

/**
 * `POST /incidents/{id}/operator-session`: a pinned operator lends their delegated rights to the native
 * previews and recoveries of this incident. It decides nothing, so it makes no diagnostician.
 */
export const lendSession = incidentDoor<PersonCaller, z.output<typeof sessionBody>>({
  name: 'lendOperatorSession',
  method: 'POST',
  route: 'incidents/{id}/operator-session',
  summary: "Lend the operator's rights on the recovery service to this incident.",
  access: people('Incident.Operator'),
  body: sessionBody,
  bodyOptional: true,
  answers: {
    200: { description: 'Lent, until when, and what can be done with it.', schema: lent },
    401: { description: 'No token, or a stronger sign-in is asked for in WWW-Authenticate.' },
  },
  handle: lend,
});

async function lend({
  request,
  services,
  context,
  incident,
  caller,
}: SessionVisit): Promise<Answer> {
  const what = 'operatorSession';
  await requireNoActor(services, incident, caller, what);
  const policy = await policyOf(services, incident.id);
  if (!isPinned(policy.people.operators, caller.id)) {
    await recordRefusal(services, incident.id, caller, what, 'DECIDER_NOT_PINNED');
    throw new RewindError('DECIDER_NOT_PINNED', 'The policy does not pin this person as operator.');
  }
  requireOpen(incident);

  const by = asPerson(caller);
  const authorization = request.headers.get('authorization') ?? '';
  const lending = await services.sessions.lend(incident.id, by, authorization);
  if (!lending.ok) {
    if (lending.why === 'stepUp') return stepUp(lending.claims);
    throw new RewindError(
      'NOT_PERMITTED',
      `The session could not be taken over: ${lending.message}.`,
    );
  }
  const { expiresAt } = lending.session;
  const at = isoNow(services);
  await services.store.append(incident.id, `session:${at}:${by.id}`, {
    at,
    kind: 'operatorSession.lent',
    by,
    summary: `${by.name} lent an operator session until ${expiresAt}.`,
  });
  await beginPointCheck(services, context, incident);
  await services.runs(context).wake(incident.id, 'sessionLent', `session-${at}`);
  // The session counts from here on, whether or not the service answers what it is good for.
  const rights = await services.recovery.jobRights(caller.id);
  const seconds = (Date.parse(expiresAt) - services.clock.now()) / 1000;
  return {
    status: 200,
    json: {
      expiresAt,
      ...rights,
      wavesThatFit: wavesThatFit(seconds, incident.plan?.byExecutor?.native ?? 0, policy),
    },
  };
}

/** What console and terminal satisfy by signing in again with these claims (inbound fact sheet B). */
function stepUp(claims: string): Answer {
  const encoded = Buffer.from(claims, 'utf8').toString('base64');
  return problemAnswer({
    status: 401,
    code: 'UNAUTHENTICATED',
    detail: 'A stronger sign-in is needed: sign in again with the claims of WWW-Authenticate.',
    errors: [],
    headers: { 'www-authenticate': `Bearer error="insufficient_claims", claims="${encoded}"` },
  });
}
