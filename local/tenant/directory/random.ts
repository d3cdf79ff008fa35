import { createHash } from 'node:crypto';

/** A seeded stream of numbers in [0, 1). Everything that varies in the tenant draws from one of these. */
export type Random = () => number;

/** A stream that is the same for the same seed, on every machine. */
export function seeded(...seed: readonly (string | number)[]): Random {
  const digest = createHash('sha256').update(seed.join('/')).digest();
  let a = digest.readUInt32LE(0);
  let b = digest.readUInt32LE(4);
  let c = digest.readUInt32LE(8);
  let counter = 1;
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  };
}

/** A version 4 GUID that depends on nothing but its parts. */
export function guidFrom(...parts: readonly (string | number)[]): string {
  return guidText(createHash('sha256').update(parts.join('/')).digest('hex'));
}

/** A version 4 GUID drawn from the stream. */
export function guidOf(random: Random): string {
  let digits = '';
  for (let part = 0; part < 4; part += 1) {
    digits += Math.floor(random() * 4294967296)
      .toString(16)
      .padStart(8, '0');
  }
  return guidText(digits);
}

/** A number in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + random() * (high - low);
}

/** One element of a list that has at least one. */
export function pick<T>(random: Random, list: readonly T[]): T {
  const chosen = list[Math.floor(random() * list.length)];
  if (chosen === undefined) throw new RangeError('Nothing to pick from.');
  return chosen;
}

/** True with the given probability. */
export function chance(random: Random, probability: number): boolean {
  return random() < probability;
}

/** The list in a seeded order; the argument stays as it was. */
export function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const result = [...list];
  for (let index = result.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    const moved = result[index] as T;
    result[index] = result[other] as T;
    result[other] = moved;
  }
  return result;
}

function guidText(hex: string): string {
  const variant = '89ab'[parseInt(hex.charAt(16), 16) % 4] as string;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
