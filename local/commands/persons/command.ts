import { problemOf } from '../request.js';
import type { Crew, Duty } from './deed.js';

/** The commander names the actor when the incident cannot tell who it was. */
export function namingActor({ control, api, say }: Crew): Duty {
  return ({ id, waitingFor }) => {
    if (waitingFor?.kind !== 'actor') return [];
    const does = async () => {
      const userId = await control.idOf('actor');
      const body = { add: [{ userId }], note: 'Drill: seen by the colleagues.' };
      const answer = await api('commander').post(`/incidents/${id}/actors`, body);
      say(
        answer.status === 202
          ? '  The commander named the actor.'
          : `  The commander's word was refused: ${problemOf(answer)}`,
      );
      return 'done' as const;
    };
    return [{ key: `actor|${waitingFor.since}`, does }];
  };
}

/**
 * A run that holds by itself, say because its canary failed, needs somebody who looks at it. Nobody does
 * in a drill, so it is cancelled, and what was done until then is told.
 */
export function cancellingHeld({ api, say }: Crew): Duty {
  return ({ id, state, waitingFor }) => {
    if (state !== 'executing' || waitingFor?.kind !== 'choice') return [];
    const does = async () => {
      const answer = await api('commander').post(`/incidents/${id}/cancel`, {});
      say(`  Held: ${waitingFor.question}`);
      say(
        answer.status === 202
          ? '  The commander cancelled what nobody in a drill can look into.'
          : `  The cancellation was refused: ${problemOf(answer)}`,
      );
      return 'done' as const;
    };
    return [{ key: `held|${waitingFor.since}`, does }];
  };
}
