import { randomUUID } from 'node:crypto';
import { sha256 } from '../digest.js';
import { RewindError } from '../errors.js';
import type { FunctionKeys } from '../ports/function-keys.js';
import { overBreaks } from './over-breaks.js';

export interface FunctionKeysOptions {
  /** Address of this very app, without a path: asked again with the key, so it comes from settings only. */
  readonly appUrl: () => string;
  /** Marks that outlive the process, of hashes of keys that the host once accepted. */
  readonly marks: KeyMarks;
  readonly fetch?: typeof fetch;
  readonly now?: () => number;
  readonly timeoutMs?: number;
}

/** They give precedence and nothing else: the host is asked about a marked key as about any other. */
export interface KeyMarks {
  has(hash: string): Promise<boolean>;
  add(hash: string): Promise<void>;
}

/** A look queues behind a storm of alerts; their senders wait longer than this for an answer. */
const longestLookMs = 60_000;
/** How long a key that the host has accepted needs no second look: a revoked key dies within this. */
const trustMs = 60_000;
const mostRemembered = 100;
/** How long a refused key is refused without a look: a key made meanwhile waits no longer than this. */
const distrustMs = 10_000;
const mostRefused = 10_000;
/**
 * Keys that were never accepted: a hundred looks a second, so that guesses wait and not the alerts. While
 * no key is known at all, one of them is likely genuine, and no time is lost.
 */
const strangers = { atOnce: 4, restMs: 40, mostWaiting: 1000 } as const;

/**
 * Presents a key to `GET /api/alerts/key`, a function of this app with `authLevel: function`, and
 * believes only that function's own echo (decision record 0005). Keys are remembered as hashes. A flood
 * of wrong keys costs one look each, few at a time, and never delays a key that was accepted before,
 * be it by an earlier process. Throws IDENTITY_UNAVAILABLE when the host says neither yes nor no, and for
 * a key that was never accepted while too many of them wait.
 */
export function createFunctionKeys(options: FunctionKeysOptions): FunctionKeys {
  const { appUrl, marks, fetch: ask = fetch, now = Date.now, timeoutMs = longestLookMs } = options;
  const accepted = new Map<string, number>();
  const refused = new Map<string, number>();
  const looking = new Map<string, Promise<boolean>>();
  const lane = createLane(strangers, () => accepted.size === 0);

  return {
    async accepts(key) {
      // A header cannot carry more than visible ASCII, and no host makes other keys.
      if (!/^[\x21-\x7e]{1,512}$/.test(key)) return false;
      const hash = sha256(key);
      if (now() - (accepted.get(hash) ?? -Infinity) < trustMs) return true;
      if (now() - (refused.get(hash) ?? -Infinity) < distrustMs) return false;
      const begun = looking.get(hash);
      if (begun !== undefined) return begun;
      const look = lookedUp(key, hash).finally(() => looking.delete(hash));
      looking.set(hash, look);
      return look;
    },
  };

  async function lookedUp(key: string, hash: string): Promise<boolean> {
    const isMarked = accepted.has(hash) || (await marks.has(hash));
    const isYes = isMarked ? await echoed(key) : await lane(() => echoed(key));
    if (!isYes) {
      accepted.delete(hash);
      remember(refused, hash, mostRefused);
      return false;
    }
    if (!isMarked) await marks.add(hash);
    remember(accepted, hash, mostRemembered);
    return true;
  }

  /** The newest are kept. */
  function remember(memory: Map<string, number>, hash: string, most: number): void {
    memory.delete(hash);
    memory.set(hash, now());
    const [oldest] = memory.keys();
    if (memory.size > most && oldest !== undefined) memory.delete(oldest);
  }

  async function echoed(key: string): Promise<boolean> {
    const nonce = randomUUID();
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await overBreaks(() =>
      ask(new URL(`/api/alerts/key?nonce=${nonce}`, appUrl()), {
        headers: { 'x-functions-key': key },
        redirect: 'error',
        signal,
      }),
    ).catch((cause: unknown) => {
      throw unanswered('the host did not answer about a key', cause);
    });
    if (answer.status === 401 || answer.status === 403) return false;
    if (answer.status !== 200) throw unanswered(`the host answered ${answer.status} about a key`);
    // A page that answers 200 to everything in front of the app is not the keyed function.
    const body: unknown = await answer.json().catch((cause: unknown) => {
      throw unanswered('the host answered no JSON about a key', cause);
    });
    return typeof body === 'object' && body !== null && 'nonce' in body && body.nonce === nonce;
  }
}

const unanswered = (message: string, cause?: unknown): RewindError =>
  new RewindError('IDENTITY_UNAVAILABLE', message, { cause, retryable: true });

/** Runs at most so many at once, each place resting after its work, the others in the order they came. */
function createLane(
  limits: typeof strangers,
  inHurry: () => boolean,
): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return async (work) => {
    if (waiting.length >= limits.mostWaiting) throw unanswered('too many unknown keys wait');
    if (taken >= limits.atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else taken += 1;
    try {
      return await work();
    } finally {
      setTimeout(
        () => {
          const next = waiting.shift();
          if (next === undefined) taken -= 1;
          else next();
        },
        inHurry() ? 0 : limits.restMs,
      );
    }
  };
}
