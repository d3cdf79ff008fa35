import { randomUUID } from 'node:crypto';
import { sha256 } from '../digest.js';
import type { FunctionKeys } from '../ports/function-keys.js';

export interface FunctionKeysOptions {
  /** Address of this very app, without a path: asked again with the key, so it comes from settings only. */
  readonly appUrl: () => string;
  readonly fetch?: typeof fetch;
  readonly now?: () => number;
  readonly timeoutMs?: number;
}

/** How long a key that the host has accepted needs no second look: a revoked key dies within this. */
const trustMs = 60_000;
const mostRemembered = 100;

/**
 * Presents a key to `GET /api/alerts/key`, a function of this app with `authLevel: function`, and
 * believes only that function's own echo (decision record 0005). Keys are remembered as hashes.
 */
export function createFunctionKeys(options: FunctionKeysOptions): FunctionKeys {
  const { appUrl, fetch: ask = fetch, now = Date.now, timeoutMs = 5000 } = options;
  const accepted = new Map<string, number>();

  return {
    async accepts(key) {
      // A header cannot carry more than visible ASCII, and no host makes other keys.
      if (!/^[\x21-\x7e]{1,512}$/.test(key)) return false;
      const hash = sha256(key);
      if (now() - (accepted.get(hash) ?? -Infinity) < trustMs) return true;
      accepted.delete(hash);
      if (!(await echoed(key))) return false;
      if (accepted.size >= mostRemembered) accepted.clear();
      accepted.set(hash, now());
      return true;
    },
  };

  async function echoed(key: string): Promise<boolean> {
    const nonce = randomUUID();
    const answer = await ask(new URL(`/api/alerts/key?nonce=${nonce}`, appUrl()), {
      headers: { 'x-functions-key': key },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (answer.status === 401 || answer.status === 403) return false;
    if (answer.status !== 200) throw new Error(`the host answered ${answer.status} about a key`);
    // A page that answers 200 to everything in front of the app is not the keyed function.
    const body: unknown = await answer.json();
    return typeof body === 'object' && body !== null && 'nonce' in body && body.nonce === nonce;
  }
}
