import type { Builtin } from './builtin.js';
import { define } from './builtin.js';
import type { Scalar } from './scope.js';
import { column, derive, semantic, visible } from './scope.js';
import { keyOf, order, toDynamic } from './values.js';

type Bag = Readonly<Record<string, unknown>>;

const isBag = (value: unknown): value is Bag =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A property bag whose later keys do not overwrite earlier ones; `__proto__` is a key like others. */
function bagOf(entries: Iterable<readonly [string, unknown]>): Bag {
  const seen = new Map<string, unknown>();
  for (const [key, value] of entries) if (!seen.has(key)) seen.set(key, value);
  return Object.fromEntries(seen);
}

function distinct(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}

function arrays(values: readonly unknown[]): unknown[][] | null {
  return values.every((value) => Array.isArray(value)) ? (values as unknown[][]) : null;
}

function setOperation(combine: (first: unknown[], rest: Set<unknown>[]) => unknown[]): Builtin {
  return define('d', (...values: unknown[]) => {
    const all = arrays(values);
    if (all === null) return null;
    const [first = [], ...rest] = all;
    return distinct(
      combine(
        first,
        rest.map((array) => new Set(array.map(keyOf))),
      ),
    );
  });
}

const asDynamic = (scalar: Scalar) => {
  const { type, eval: evaluate } = scalar;
  return type === 'datetime' || type === 'timespan'
    ? (row: readonly unknown[]) => toDynamic(evaluate(row), type)
    : evaluate;
};

const packArray: Builtin = (call) => {
  const star = call.nodes[0]?.kind === 'StarExpression';
  const values = star
    ? visible(call.scope.columns).map(({ name }) => column(name, call.scope.columns) as Scalar)
    : call.args;
  const readers = values.map(asDynamic);
  return derive('dynamic', values, (row) => readers.map((read) => read(row)));
};

const bagPack: Builtin = ({ args, node }) => {
  if (args.length % 2 !== 0) throw semantic('bag_pack needs pairs of key and value', node);
  const readers = args.map(asDynamic);
  return derive('dynamic', args, (row) => {
    const entries: [string, unknown][] = [];
    for (let index = 0; index < readers.length; index += 2) {
      entries.push([String(readers[index]?.(row)), readers[index + 1]?.(row)]);
    }
    return bagOf(entries);
  });
};

/** All columns of the row as a bag; `pack_all(true)` leaves empty values out. */
const packAll: Builtin = ({ args, scope }) => {
  const ignoreEmpty = args[0]?.eval([]) === true;
  const columns = visible(scope.columns).map(({ name }) => ({
    name,
    read: asDynamic(column(name, scope.columns) as Scalar),
  }));
  return {
    type: 'dynamic',
    constant: false,
    eval: (row) =>
      bagOf(
        columns
          .map(({ name, read }) => [name, read(row)] as const)
          .filter(([, value]) => !ignoreEmpty || (value !== null && value !== '')),
      ),
  };
};

function sorted(direction: 1 | -1): Builtin {
  return define('d', (array: unknown) => {
    if (!Array.isArray(array)) return null;
    const values: readonly unknown[] = array;
    const known = values.filter((value) => value !== null);
    return [
      ...known.sort((a, b) => direction * order(a, b)),
      ...values.filter((value) => value === null),
    ];
  });
}

function slice(array: unknown, from: number, to: number): unknown {
  if (!Array.isArray(array)) return null;
  const at = (index: number) => (index < 0 ? array.length + index : index);
  return array.slice(Math.max(0, at(from)), at(to) + 1);
}

function rangeOf(from: number, to: number, step = 1): unknown {
  if (step === 0) return null;
  const values: number[] = [];
  for (let value = from; step > 0 ? value <= to : value >= to; value += step) {
    values.push(value);
    if (values.length >= 1_048_576) break;
  }
  return values;
}

/** JSON paths of plain steps: `$.a.b[0]['c d']`. */
function jsonPath(path: string, text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const steps = path.matchAll(/\.([^.[\]]+)|\[(?:'([^']*)'|"([^"]*)"|(-?\d+))\]/g);
  for (const [, plain, single, double, index] of steps) {
    const key = plain ?? single ?? double;
    if (key !== undefined) value = isBag(value) && Object.hasOwn(value, key) ? value[key] : null;
    else value = Array.isArray(value) ? (value as unknown[]).at(Number(index)) : null;
  }
  return value === undefined || value === null
    ? null
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}

export const dynamicFunctions: Readonly<Record<string, Builtin>> = {
  array_length: define('d', (array: unknown) => (Array.isArray(array) ? array.length : null)),
  array_concat: define('d', (...values: unknown[]) => arrays(values)?.flat(1) ?? null),
  array_slice: define('dnn', slice),
  array_index_of: define('dd', (array: unknown, value: unknown) =>
    Array.isArray(array) ? array.findIndex((entry) => keyOf(entry) === keyOf(value)) : null,
  ),
  array_reverse: define('d', (array: unknown) =>
    Array.isArray(array) ? (array as readonly unknown[]).toReversed() : null,
  ),
  array_sort_asc: sorted(1),
  array_sort_desc: sorted(-1),
  array_sum: define('d', (array: unknown) =>
    Array.isArray(array) ? array.reduce<number>((sum, value) => sum + Number(value), 0) : null,
  ),
  pack: bagPack,
  bag_pack: bagPack,
  pack_dictionary: bagPack,
  pack_array: packArray,
  pack_all: packAll,
  bag_keys: define('d', (bag: unknown) => (isBag(bag) ? Object.keys(bag) : null)),
  bag_has_key: define('dt', (bag: unknown, key: string) =>
    isBag(bag) ? Object.hasOwn(bag, key) : null,
  ),
  bag_merge: define('d', (...bags: unknown[]) =>
    bagOf(bags.filter(isBag).flatMap((bag) => Object.entries(bag))),
  ),
  bag_remove_keys: define('dd', (bag: unknown, keys: unknown) =>
    isBag(bag) && Array.isArray(keys)
      ? bagOf(Object.entries(bag).filter(([key]) => !keys.includes(key)))
      : null,
  ),
  set_has_element: define('dd', (set: unknown, value: unknown) =>
    Array.isArray(set) ? set.some((entry) => keyOf(entry) === keyOf(value)) : null,
  ),
  set_union: define('d', (...values: unknown[]) => {
    const all = arrays(values);
    return all === null ? null : distinct(all.flat(1));
  }),
  set_intersect: setOperation((first, rest) =>
    first.filter((value) => rest.every((set) => set.has(keyOf(value)))),
  ),
  set_difference: setOperation((first, rest) =>
    first.filter((value) => !rest.some((set) => set.has(keyOf(value)))),
  ),
  range: define('n', rangeOf),
  dynamic_to_json: define('d', (value: unknown) => JSON.stringify(value ?? null)),
  extract_json: define('t', jsonPath),
  extractjson: define('t', jsonPath),
};
