import { createHash } from 'node:crypto';

/** A GUID (version 4 form) that depends on nothing but the seed and the labels. */
export function seededGuid(seed: number, ...labels: readonly string[]): string {
  const hex = seededHex(seed, ...labels);
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
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
