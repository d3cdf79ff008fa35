import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As published: no `alg` member, as Entra and the Bot Connector leave it out. */
  readonly published: JWK & Record<string, unknown>;
}

/** The RS256 keys of one authority. The newest signs; older ones stay published until dropped. */
export interface KeyRing {
  current(): SigningKey;
  /** Every published key, newest first. */
  all(): readonly SigningKey[];
  /** A new signing key. `drop` unpublishes the earlier ones, as after a key compromise. */
  rotate(options?: { readonly drop?: boolean }): Promise<SigningKey>;
  /** Changes whenever a key was added or dropped. */
  generation(): number;
}

/** A ring with one key; `extra` members (such as `endorsements`) appear on every published key. */
export async function createKeyRing(extra: Record<string, unknown> = {}): Promise<KeyRing> {
  let keys: readonly SigningKey[] = [await createSigningKey(extra)];
  let generation = 1;

  return {
    current: () => keys[0] as SigningKey,
    all: () => keys,
    async rotate(options = {}) {
      const next = await createSigningKey(extra);
      keys = options.drop === true ? [next] : [next, ...keys];
      generation += 1;
      return next;
    },
    generation: () => generation,
  };
}

/** A key pair of its own, not published by any ring unless its ring says so. */
export async function createSigningKey(extra: Record<string, unknown> = {}): Promise<SigningKey> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey, publicKey, published: { ...jwk, use: 'sig', kid, ...extra } };
}
