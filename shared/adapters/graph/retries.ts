import {
  GraphClientError,
  type Context,
  type Middleware,
  type MiddlewareOptions,
} from '@microsoft/microsoft-graph-client';
import pRetry from 'p-retry';
import { RewindError } from '../../errors.js';
import type { Clock } from '../../ports/clock.js';
import { backoffMs, retryAfterMs } from '../retry-after.js';
import { AttemptFailed } from './transport.js';

export interface RetryRules {
  readonly clock: Clock;
  readonly random: () => number;
  readonly attempts: number;
  /** A longer wait than this is the engine's to sit out, not an activity's. */
  readonly longestWaitMs: number;
}

/** How one call is to be attempted, and what came of it; travels with the call through the chain. */
export class Attempting implements MiddlewareOptions {
  readonly repeatable: boolean;
  readonly waitWhenThrottled: boolean;
  afterUnknown = false;
  /** The library wraps what middlewares throw; the original is kept here. */
  failure: unknown = null;

  constructor(repeatable: boolean, waitWhenThrottled: boolean) {
    this.repeatable = repeatable;
    this.waitWhenThrottled = waitWhenThrottled;
  }
}

class Fault extends AttemptFailed {
  readonly waitMs: number | null;

  constructor(status: number, waitMs: number | null) {
    super(`Graph answered ${status}.`, true);
    this.waitMs = waitMs;
  }
}

class Throttled extends RewindError {
  readonly waitMs: number | null;

  constructor(waitMs: number | null) {
    const asked = waitMs === null ? '' : ` and asks to wait ${Math.ceil(waitMs / 1000)} s`;
    super('GRAPH_THROTTLED', `Graph is throttling us${asked}.`);
    this.waitMs = waitMs;
  }
}

/**
 * Our own retries in place of the library's (graph fact sheet B.4): 429, 500, 502, 503, 504, network
 * failures and unreadable answers, a bounded number of times, with the service's `Retry-After` in full
 * and otherwise a doubling wait with jitter. A wait that the service asks for also holds back every other
 * request to the same part of Graph: throttled calls keep counting (I12).
 */
export class Retries implements Middleware {
  readonly #rules: RetryRules;
  readonly #heldUntil = new Map<string, number>();
  #next: Middleware | undefined;

  constructor(rules: RetryRules) {
    this.#rules = rules;
  }

  setNext(next: Middleware): void {
    this.#next = next;
  }

  async execute(context: Context): Promise<void> {
    const attempting = context.middlewareControl?.getMiddlewareOptions(Attempting) as Attempting;
    const isWrite = (context.options?.method ?? 'GET') !== 'GET';
    const part = partOf(String(context.request));
    try {
      await pRetry(() => this.#attempt(context, attempting, part), {
        retries: this.#rules.attempts - 1,
        minTimeout: 0,
        factor: 1,
        shouldRetry: async ({ error, attemptNumber }) => {
          if (!mayRepeat(error, attempting)) return false;
          if (isWrite && error instanceof AttemptFailed && error.mayHaveActed) {
            attempting.afterUnknown = true;
          }
          const asked = error instanceof Throttled || error instanceof Fault ? error.waitMs : null;
          const wait = asked ?? backoffMs(attemptNumber, this.#rules.random);
          if (wait > this.#rules.longestWaitMs) return false;
          await this.#rules.clock.sleep(wait);
          return true;
        },
      });
    } catch (error) {
      attempting.failure = error;
      throw new GraphClientError('The request failed.');
    }
  }

  async #attempt(context: Context, attempting: Attempting, part: string): Promise<void> {
    await this.#waitForTurn(part);
    await this.#next?.execute(context);
    const response = context.response as Response;
    if (response.status !== 429 && response.status < 500) return;
    const now = this.#rules.clock.now();
    const wait = retryAfterMs(response.headers, now);
    if (response.status !== 429) {
      if (wait !== null) this.#hold(part, now + wait);
      throw new Fault(response.status, wait);
    }
    if (!attempting.waitWhenThrottled) return;
    if (wait !== null) this.#hold(part, now + wait);
    throw new Throttled(wait);
  }

  #hold(part: string, until: number): void {
    this.#heldUntil.set(part, Math.max(until, this.#heldUntil.get(part) ?? 0));
  }

  async #waitForTurn(part: string): Promise<void> {
    for (;;) {
      const wait = (this.#heldUntil.get(part) ?? 0) - this.#rules.clock.now();
      if (wait <= 0) return;
      if (wait > this.#rules.longestWaitMs) throw new Throttled(wait);
      await this.#rules.clock.sleep(wait);
    }
  }
}

function mayRepeat(error: Error, { repeatable }: Attempting): boolean {
  if (error instanceof Throttled) return true;
  return error instanceof AttemptFailed && (repeatable || !error.mayHaveActed);
}

/** Parts of Graph that are metered apart (graph fact sheet B.2). */
function partOf(url: string): string {
  const [, , first = ''] = new URL(url).pathname.split('/');
  const apart = ['auditLogs', 'identity', 'identityProtection'];
  return apart.includes(first) ? first : 'directory';
}
