import type { Incident } from '../../shared/domain/incident/incident.js';
import { isObject, problemOf, request, type Answer } from './request.js';
import { CommandFailed } from './usage.js';

/** Answers an access token; `fresh` when the last one was refused. */
export type TokenSource = (fresh: boolean) => Promise<string>;

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
    const send = async (fresh: boolean) =>
      request(method, new URL(`/api${path}`, url), {
        token: await token(fresh),
        ...(body === undefined ? {} : { body }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
    const answer = await send(false);
    return answer.status === 401 ? send(true) : answer;
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
export function remembered(issue: () => Promise<string>): TokenSource {
  let current: Promise<string> | null = null;
  return (fresh) => {
    if (fresh || current === null) current = issue();
    return current;
  };
}
