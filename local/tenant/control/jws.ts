import { createHmac } from 'node:crypto';
import type { SigningKey } from '../identity/key-ring.js';

type Claims = Readonly<Record<string, unknown>>;

/** A token that claims to need no signature. */
export function unsignedToken(claims: Claims): string {
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`;
}

/** A token whose HMAC key is the text of the public RSA key: genuine to a verifier that trusts `alg`. */
export function publicKeyAsSecretToken(claims: Claims, key: SigningKey): string {
  const input = `${encode({ alg: 'HS256', typ: 'JWT', kid: key.kid })}.${encode(claims)}`;
  const secret = key.publicKey.export({ type: 'spki', format: 'pem' });
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
