const mask = (1n << 64n) - 1n;
const prime1 = 11400714785074694791n;
const prime2 = 14029467366897019727n;
const prime3 = 1609587929392839161n;
const prime4 = 9650029242287828579n;
const prime5 = 2870177450012600261n;

const rotate = (value: bigint, bits: bigint) => ((value << bits) | (value >> (64n - bits))) & mask;
const round = (state: bigint, input: bigint) =>
  (rotate((state + input * prime2) & mask, 31n) * prime1) & mask;
const merge = (state: bigint, lane: bigint) => ((state ^ round(0n, lane)) * prime1 + prime4) & mask;

/** xxHash64 with seed 0, unsigned: the algorithm behind `hash()` in the query language. */
export function xxHash64(bytes: Buffer): bigint {
  let at = 0;
  let state = prime5;
  if (bytes.length >= 32) {
    let lanes = [(prime1 + prime2) & mask, prime2, 0n, (mask + 1n - prime1) & mask];
    for (; at + 32 <= bytes.length; at += 32) {
      const from = at;
      lanes = lanes.map((lane, index) => round(lane, bytes.readBigUInt64LE(from + index * 8)));
    }
    state = lanes.reduce(
      (sum, lane, index) => (sum + rotate(lane, [1n, 7n, 12n, 18n][index] ?? 0n)) & mask,
      0n,
    );
    for (const lane of lanes) state = merge(state, lane);
  }
  state = (state + BigInt(bytes.length)) & mask;
  for (; at + 8 <= bytes.length; at += 8) {
    state ^= round(0n, bytes.readBigUInt64LE(at));
    state = (rotate(state, 27n) * prime1 + prime4) & mask;
  }
  if (at + 4 <= bytes.length) {
    state ^= (BigInt(bytes.readUInt32LE(at)) * prime1) & mask;
    state = (rotate(state, 23n) * prime2 + prime3) & mask;
    at += 4;
  }
  for (; at < bytes.length; at++) {
    state ^= (BigInt(bytes[at] ?? 0) * prime5) & mask;
    state = (rotate(state, 11n) * prime1) & mask;
  }
  state = ((state ^ (state >> 33n)) * prime2) & mask;
  state = ((state ^ (state >> 29n)) * prime3) & mask;
  return state ^ (state >> 32n);
}
