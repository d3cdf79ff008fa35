import { verify, X509Certificate, type KeyObject } from 'node:crypto';

const directoryAudience = '00000002-0000-0000-c000-000000000000';
const longestSeconds = 600;

/**
 * Whether a proof was signed with a certificate of the object itself (graph fact sheet A.5): `aud` is
 * the directory, `iss` the object's id, and it lives for at most ten minutes. Keys are base64 DER.
 */
export function provesPossession(
  proof: string,
  objectId: string,
  keys: readonly string[],
  now: number,
): boolean {
  const [header = '', payload = '', signature = ''] = proof.split('.');
  const claims = claimsOf(payload);
  if (claims === null || claims['aud'] !== directoryAudience || claims['iss'] !== objectId) {
    return false;
  }
  const { nbf, exp } = claims;
  if (typeof nbf !== 'number' || typeof exp !== 'number') return false;
  if (exp - nbf > longestSeconds || exp * 1000 < now || nbf * 1000 > now) return false;
  const signed = Buffer.from(`${header}.${payload}`);
  return keys.some((key) => {
    const publicKey = publicKeyOf(key);
    return (
      publicKey !== null &&
      verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))
    );
  });
}

function claimsOf(payload: string): Record<string, unknown> | null {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function publicKeyOf(key: string): KeyObject | null {
  try {
    return new X509Certificate(Buffer.from(key, 'base64')).publicKey;
  } catch {
    // Not a certificate: nothing can be proved with it.
    return null;
  }
}
