import { isObject, problemOf } from '../request.js';
import type { Crew, Duty } from './deed.js';

/** The operator lends their rights on the recovery service whenever the incident asks for them. */
export function lendingSession(crew: Crew): Duty {
  return ({ id, waitingFor }) =>
    waitingFor?.kind === 'operatorSession'
      ? [{ key: `session|${waitingFor.since}`, does: () => lend(crew, id) }]
      : [];
}

/** The operator lends them while the approval is awaited, so that the recovery point can be asked. */
export function lendingEarly(crew: Crew): Duty {
  return ({ id, waitingFor }) =>
    waitingFor?.kind === 'approval'
      ? [{ key: `session|early|${id}`, does: () => lend(crew, id) }]
      : [];
}

/** What somebody finds to do once the recovery point was asked, whatever came of it; nothing before. */
export function afterTheCheck(duty: Duty): Duty {
  return (incident) => (incident.pointCheck === undefined ? [] : duty(incident));
}

async function lend({ api, say }: Crew, incidentId: string): Promise<'done'> {
  const answer = await api('operator').post(`/incidents/${incidentId}/operator-session`, {});
  const until = isObject(answer.body) ? String(answer.body['expiresAt']) : '';
  say(
    answer.status === 200
      ? `  The operator lent a session until ${until}.`
      : `  The operator's session was refused: ${problemOf(answer)}`,
  );
  return 'done';
}
