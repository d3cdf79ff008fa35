import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';

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
  rotate(options?: { readonly drop?: boolean }): SigningKey;
  /** Changes whenever a key was added or dropped. */
  generation(): number;
}

/** A ring with one key; `extra` members (such as `endorsements`) appear on every published key. */
export function createKeyRing(
  extra: Record<string, unknown> = {},
  first: SigningKey = createSigningKey(extra),
): KeyRing {
  let keys: readonly SigningKey[] = [first];
  let generation = 1;

  return {
    current: () => keys[0] as SigningKey,
    all: () => keys,
    rotate(options = {}) {
      const next = createSigningKey(extra);
      keys = options.drop === true ? [next] : [next, ...keys];
      generation += 1;
      return next;
    },
    generation: () => generation,
  };
}

/** A key pair of its own, not published by any ring unless its ring says so. */
export function createSigningKey(extra: Record<string, unknown> = {}): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = publicKey.export({ format: 'jwk' }) as { kty: 'RSA'; n: string; e: string };
  const kid = thumbprint(jwk);
  return { kid, privateKey, publicKey, published: { ...jwk, use: 'sig', kid, ...extra } };
}

/** The published part of a ring, as verifiers take it. */
export function keySetOf(keys: readonly SigningKey[]): JSONWebKeySet {
  return { keys: keys.map((key) => key.published) };
}

/** RFC 7638: the members in this order and nothing else. */
function thumbprint({ e, kty, n }: { e: string; kty: string; n: string }): string {
  return createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
}
