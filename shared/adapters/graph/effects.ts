import type { Effect } from '../../ports/directory.js';
import { graphErrorOf, type GraphAnswer } from './request.js';

type Answer = Pick<GraphAnswer, 'status' | 'body' | 'requestId'> & {
  readonly afterUnknown?: boolean;
};

/**
 * What an answer to a write means. `alreadySo` names refusals that prove the wanted state: they are a
 * success without a change, or with one when an earlier attempt of ours may have made it (I10).
 */
export function effectOf(
  answer: Answer,
  alreadySo: (status: number, words: string) => boolean = () => false,
): Effect {
  const { status, requestId } = answer;
  if (status < 300) return { ok: true, changed: true, requestId };
  const error = graphErrorOf(answer.body);
  const words = error === null ? '' : `${error.code}: ${error.message}`;
  if (alreadySo(status, words)) {
    return { ok: true, changed: answer.afterUnknown === true, requestId };
  }
  return {
    ok: false,
    code: 'GRAPH_REJECTED',
    status,
    message: words.slice(0, 500) || `refused with ${status}`,
    requestId,
  };
}

/** A refusal of our own making, for writes that are not sent at all. */
export const notSent = (message: string): Extract<Effect, { ok: false }> => ({
  ok: false,
  code: 'GRAPH_REJECTED',
  status: 0,
  message,
  requestId: null,
});

export const isGone = (status: number): boolean => status === 404;
