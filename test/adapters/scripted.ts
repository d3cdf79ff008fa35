import type { TokenCredential } from '@azure/identity';
import type { Clock } from '../../shared/ports/clock.js';

export interface Seen {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
}

export type Step = Response | Error | ((seen: Seen) => Response | Error);

/** A service that answers with a list of prepared steps, the last one for ever, and notes what it was asked. */
export function scripted(...steps: readonly Step[]) {
  const seen: Seen[] = [];
  const fetcher = (input: unknown, init?: RequestInit): Promise<Response> => {
    const request: Seen = {
      url: String(input),
      method: init?.method ?? 'GET',
      headers: new Headers(init?.headers ?? {}),
      body: (init?.body ?? '') as string,
    };
    seen.push(request);
    const step = steps[Math.min(seen.length, steps.length) - 1];
    const answer = typeof step === 'function' ? step(request) : step;
    if (answer === undefined) throw new Error('the script is empty');
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve(answer.clone());
  };
  return { fetch: fetcher as typeof fetch, seen };
}

export const answer = (
  status: number,
  body?: unknown,
  headers: Record<string, string> = {},
): Response =>
  new Response(body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });

export const graphError = (status: number, code = 'Request_BadRequest', message = 'no'): Response =>
  answer(status, { error: { code, message } });

export const networkError = (code: string): Error =>
  Object.assign(new TypeError('fetch failed'), { cause: { code } });

/** A clock that moves only when somebody sleeps. */
export function frozenClock(start = Date.UTC(2026, 10, 20, 14, 30)): Clock & { slept: number[] } {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: (ms) => {
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
}

/** Gives tokens `token-1`, `token-2` … and notes with which claims they were asked. */
export function countingCredential(): TokenCredential & { claims: (string | undefined)[] } {
  const claims: (string | undefined)[] = [];
  return {
    claims,
    getToken: (_scopes, options) => {
      claims.push(options?.claims);
      return Promise.resolve({ token: `token-${claims.length}`, expiresOnTimestamp: 0 });
    },
  };
}
