import pRetry from 'p-retry';
import { RewindError } from '../../errors.js';
import type { Clock } from '../../ports/clock.js';
import { retryAfterMs } from '../retry-after.js';

export interface QueryPatience {
  readonly clock: Clock;
  readonly attempts: number;
  readonly firstWaitMs: number;
  readonly mostWaitMs: number;
}

const passing = new Set([401, 408, 429, 500, 502, 503, 504]);
/** A longer `Retry-After` is the engine's to sit out, not an activity's. */
const longestWaitMs = 240_000;

/**
 * Tries a query again on what passes: throttling (after its `Retry-After`, in full), 5xx and a broken or
 * unreadable answer. Throws GRAPH_REJECTED when the service refuses the query itself, GRAPH_THROTTLED or
 * GRAPH_UNAVAILABLE when patience is used up; no message repeats the query.
 */
export function persistently<T>(patience: QueryPatience, run: () => Promise<T>): Promise<T> {
  const { clock, attempts, firstWaitMs, mostWaitMs } = patience;
  return pRetry(() => run().catch((error: unknown) => Promise.reject(asOurs(error))), {
    retries: attempts - 1,
    minTimeout: 0,
    factor: 1,
    shouldRetry: async ({ error, attemptNumber }) => {
      if (!(error instanceof RewindError) || !error.retryable) return false;
      const doubled = Math.min(mostWaitMs, firstWaitMs * 2 ** (attemptNumber - 1));
      const wait = askedWait(error.cause, clock.now()) ?? doubled;
      if (wait > longestWaitMs) return false;
      await clock.sleep(wait);
      return true;
    },
  });
}

interface RestFault {
  readonly name: 'RestError';
  readonly statusCode?: number;
  readonly response?: { readonly headers: { get(name: string): string | undefined } };
}

function asOurs(cause: unknown): RewindError {
  if (cause instanceof RewindError) return cause;
  const status = isRestError(cause) ? cause.statusCode : undefined;
  // An answer without content means a workspace that holds nothing at all (fact sheet E.1).
  if (status === 204) return refused('the workspace holds no data; check LOGS_WORKSPACE_ID', cause);
  if (status === 403) {
    return refused(
      'our identity may not query the workspace; it needs Log Analytics Reader',
      cause,
    );
  }
  if (status !== undefined && status >= 400 && !passing.has(status)) {
    return refused(`the log query service answered ${status}`, cause);
  }
  const code = status === 429 ? 'GRAPH_THROTTLED' : 'GRAPH_UNAVAILABLE';
  const what = status === undefined ? 'no usable answer' : `answer ${status}`;
  return new RewindError(code, `the log query service is not usable now (${what})`, { cause });
}

const refused = (message: string, cause: unknown): RewindError =>
  new RewindError('GRAPH_REJECTED', message, { cause });

function askedWait(cause: unknown, now: number): number | null {
  if (!isRestError(cause) || cause.response === undefined) return null;
  const { headers } = cause.response;
  return retryAfterMs({ get: (name) => headers.get(name) ?? null }, now);
}

/** The SDK's own error, told by its name: the class lives in a package that is not ours to depend on. */
const isRestError = (error: unknown): error is RestFault =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'RestError';
