import { createHmac, timingSafeEqual } from 'node:crypto';
import { sha256 } from '../../digest.js';
import type { WebhookVerifier } from '../../ports/callers.js';

/** One outgoing webhook of a team: the id is ours, the secret is what Teams showed once, in base64. */
export interface WebhookKey {
  readonly keyId: string;
  readonly secret: string;
}

/**
 * Verifies requests of Teams outgoing webhooks (inbound fact sheet C.2): HMAC-SHA256 over the exact
 * bytes with the decoded secret, compared in constant time. The request names no key, so the id comes
 * from the URL; without one every key is tried.
 */
export function createWebhookVerifier(keys: readonly WebhookKey[]): WebhookVerifier {
  const known = keys.map(({ keyId, secret }) => ({ keyId, key: Buffer.from(secret, 'base64') }));

  return {
    verify(authorization, keyId, bytes) {
      const match = /^HMAC ([A-Za-z0-9+/]{43}=)$/i.exec(authorization?.trim() ?? '');
      if (match?.[1] === undefined) return null;
      const given = Buffer.from(match[1], 'base64');
      const signed = known.filter(({ key }) => {
        const expected = createHmac('sha256', key).update(bytes).digest();
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
      const found = signed.find((one) => keyId === null || one.keyId === keyId);
      if (found === undefined) return null;
      return { keyId: found.keyId, signatureHash: sha256(given) };
    },
  };
}
