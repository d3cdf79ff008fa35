import { createHash } from 'node:crypto';
import { guidFrom } from '../directory/random.js';

/** A GUID (version 4 form) that depends on nothing but the seed and the labels. */
export function seededGuid(seed: number, ...labels: readonly string[]): string {
  return guidFrom(seed, ...labels);
}

/** 64 hexadecimal digits that depend on nothing but the seed and the labels. */
export function seededHex(seed: number, ...labels: readonly string[]): string {
  return createHash('sha256')
    .update([String(seed), ...labels].join('|'))
    .digest('hex');
}

/** Fresh GUIDs in a fixed order: the n-th call of two sequences with one seed and label agree. */
export function guidSequence(seed: number, label: string): () => string {
  let count = 0;
  return () => seededGuid(seed, label, String((count += 1)));
}
