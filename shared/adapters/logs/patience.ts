import pRetry, { AbortError } from 'p-retry';
import { RewindError } from '../../errors.js';
import type { Clock } from '../../ports/clock.js';

export interface QueryPatience {
  readonly clock: Clock;
  readonly attempts: number;
  readonly firstWaitMs: number;
  readonly mostWaitMs: number;
}

const passing = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Tries a query again on what passes: throttling (after its `Retry-After`), 5xx and a broken or
 * unreadable answer. Throws GRAPH_REJECTED when the service refuses the query itself, GRAPH_UNAVAILABLE
 * when patience is used up; neither message repeats the query.
 */
export function persistently<T>(patience: QueryPatience, run: () => Promise<T>): Promise<T> {
  const { clock, attempts, firstWaitMs, mostWaitMs } = patience;
  let attempt = 0;
  return pRetry(
    async () => {
      attempt += 1;
      try {
        return await run();
      } catch (error) {
        const status = isRestError(error) ? error.statusCode : undefined;
        if (status !== undefined && status >= 400 && !passing.has(status)) {
          throw new AbortError(
            new RewindError('GRAPH_REJECTED', `the log query service answered ${status}`, {
              cause: error,
            }),
          );
        }
        if (attempt < attempts) await clock.sleep(waitFor(error));
        throw new RewindError('GRAPH_UNAVAILABLE', 'the log query service does not answer usably', {
          cause: error,
        });
      }
    },
    { retries: attempts - 1, minTimeout: 0, maxTimeout: 0, factor: 1 },
  );

  function waitFor(error: unknown): number {
    const header = isRestError(error) ? error.response?.headers.get('retry-after') : undefined;
    const asked = Number(header) * 1000;
    if (Number.isFinite(asked) && asked > 0) return asked;
    return Math.min(mostWaitMs, firstWaitMs * 2 ** (attempt - 1));
  }
}

interface RestFault {
  readonly statusCode?: number;
  readonly response?: { readonly headers: { get(name: string): string | undefined } };
}

/** The SDK's own error, told by its name: the class lives in a package that is not ours to depend on. */
const isRestError = (error: unknown): error is RestFault =>
  error instanceof Error && error.name === 'RestError';
