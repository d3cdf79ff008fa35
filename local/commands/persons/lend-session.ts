import { isObject, problemOf } from '../request.js';
import type { Crew, Duty } from './deed.js';

/** The operator lends their rights on the recovery service whenever the incident asks for them. */
export function lendingSession({ api, say }: Crew): Duty {
  return ({ id, waitingFor }) => {
    if (waitingFor?.kind !== 'operatorSession') return [];
    const does = async () => {
      const answer = await api('operator').post(`/incidents/${id}/operator-session`, {});
      const until = isObject(answer.body) ? String(answer.body['expiresAt']) : '';
      say(
        answer.status === 200
          ? `  The operator lent a session until ${until}.`
          : `  The operator's session was refused: ${problemOf(answer)}`,
      );
      return 'done' as const;
    };
    return [{ key: `session|${waitingFor.since}`, does }];
  };
}
