import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** RFC 8785 text of a JSON value. Throws on what JSON cannot hold. */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no canonical JSON text');
  return text;
}

/** `sha256:` + lower-case hex of the bytes (text as UTF-8). */
export function sha256(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Digest over the RFC 8785 text (contract section 7). */
export const digestOf = (value: unknown): string => sha256(canonicalText(value));
