import { createHash } from 'node:crypto';
import type { Builtin } from './builtin.js';
import { define } from './builtin.js';
import { xxHash64 } from './hash.js';
import type { KqlType } from './model.js';
import { derive, semantic } from './scope.js';
import { absoluteTicks, binDatetime } from './time.js';
import { toText } from './values.js';

/** Rounds down to a multiple of the second argument; datetimes count from the year 1. */
const bin: Builtin = (call) => {
  const [value, size] = call.args;
  if (value === undefined) throw semantic('bin needs an argument', call.node);
  const isDatetime = value.type === 'datetime';
  return define('n', (number: number, step = 1) => {
    if (step <= 0) return null;
    return isDatetime ? binDatetime(number, step) : Math.floor(number / step) * step + 0;
  })({ ...call, args: size === undefined ? [value] : [value, size] });
};

const binAt = define('n', (number: number, step: number, fixed: number) =>
  step <= 0 ? null : fixed + Math.floor((number - fixed) / step) * step,
);

function roundTo(number: number, digits = 0): number {
  const scale = 10 ** digits;
  const scaled = number * scale;
  // Halves go away from zero, as in the engine.
  return (Math.sign(scaled) * Math.round(Math.abs(scaled))) / scale + 0;
}

/** The bytes that `hash()` sees: UTF-8 for text, eight little-endian bytes for whole numbers. */
function hashBytes(value: unknown, type: KqlType): Buffer {
  const whole =
    type === 'datetime'
      ? absoluteTicks(value as number)
      : typeof value === 'number' && Number.isSafeInteger(value) && type !== 'real'
        ? BigInt(value)
        : undefined;
  if (whole === undefined) return Buffer.from(toText(value, type), 'utf8');
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(whole);
  return bytes;
}

/** `hash(value [, modulus])`: stable for one value, spread over `0 .. modulus - 1`. */
const hash: Builtin = ({ args, node }) => {
  const [value, modulus] = args;
  if (value === undefined) throw semantic('hash needs an argument', node);
  return derive('long', args, (row) => {
    const raw = value.eval(row);
    const signed = BigInt.asIntN(64, xxHash64(hashBytes(raw, value.type)));
    const size = modulus?.eval(row) as number | null | undefined;
    if (size === undefined) return Number(signed);
    if (size === null || size <= 0) return null;
    const rest = signed % BigInt(size);
    return Number(rest < 0n ? rest + BigInt(size) : rest);
  });
};

const digest = (algorithm: string): Builtin =>
  define('t', (text: string) => createHash(algorithm).update(text, 'utf8').digest('hex'));
const real = (apply: (number: number) => number): Builtin =>
  define('n', (number: number) => {
    const value = apply(number);
    return Number.isNaN(value) && !Number.isNaN(number) ? null : value;
  });

export const mathFunctions: Readonly<Record<string, Builtin>> = {
  bin,
  floor: bin,
  bin_at: binAt,
  ceiling: define('n', (number: number) => Math.ceil(number) + 0),
  round: define('n', roundTo),
  abs: define('n', (number: number) => Math.abs(number)),
  sign: define('n', (number: number) => Math.sign(number) + 0),
  sqrt: real(Math.sqrt),
  exp: real(Math.exp),
  exp2: real((number) => 2 ** number),
  exp10: real((number) => 10 ** number),
  log: real((number) => (number <= 0 ? Number.NaN : Math.log(number))),
  log2: real((number) => (number <= 0 ? Number.NaN : Math.log2(number))),
  log10: real((number) => (number <= 0 ? Number.NaN : Math.log10(number))),
  pow: define('n', (base: number, exponent: number) => base ** exponent),
  isnan: define('n', (number: number) => Number.isNaN(number)),
  isinf: define('n', (number: number) => Math.abs(number) === Number.POSITIVE_INFINITY),
  isfinite: define('n', (number: number) => Number.isFinite(number)),
  binary_and: define('n', (a: number, b: number) => Number(BigInt(a) & BigInt(b))),
  binary_or: define('n', (a: number, b: number) => Number(BigInt(a) | BigInt(b))),
  binary_xor: define('n', (a: number, b: number) => Number(BigInt(a) ^ BigInt(b))),
  hash,
  hash_xxhash64: hash,
  hash_md5: digest('md5'),
  hash_sha1: digest('sha1'),
  hash_sha256: digest('sha256'),
};
