import type { Incident } from '../../shared/domain/incident/incident.js';
import { isObject, problemOf, request, type Answer } from './request.js';
import { CommandFailed } from './usage.js';

/** What the last token lacked. */
export interface TokenWish {
  /** It was refused. */
  readonly fresh: boolean;
  /** Claims that the next one has to satisfy, as text; null when none are asked for. */
  readonly claims: string | null;
}

/** Answers an access token. */
export type TokenSource = (wish: TokenWish) => Promise<string>;

/** The product's HTTP API (contract section 3) with one person's token. */
export interface Api {
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown, timeoutMs?: number): Promise<Answer>;
  incident(id: string): Promise<Incident>;
}

export function createApi(url: string, token: TokenSource): Api {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    timeoutMs?: number,
  ): Promise<Answer> => {
    const send = async (wish: TokenWish) =>
      request(method, new URL(`/api${path}`, url), {
        token: await token(wish),
        ...(body === undefined ? {} : { body }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
    const answer = await send({ fresh: false, claims: null });
    return answer.status === 401 ? send({ fresh: true, claims: answer.claims ?? null }) : answer;
  };
  return {
    get: (path) => call('GET', path),
    post: (path, body, timeoutMs) => call('POST', path, body, timeoutMs),
    incident: async (id) => {
      const answer = await call('GET', `/incidents/${encodeURIComponent(id)}`);
      if (answer.status === 200 && isObject(answer.body)) return answer.body as unknown as Incident;
      throw new CommandFailed(problemOf(answer));
    },
  };
}

/** Asks `issue` once and keeps the answer for this process, until a fresh one is wanted. */
export function remembered(issue: (claims: string | null) => Promise<string>): TokenSource {
  let current: Promise<string> | null = null;
  return ({ fresh, claims }) => {
    if (fresh || current === null) current = issue(claims);
    return current;
  };
}
