import type { Row } from './scope.js';
import { keyOf, order, toDynamic } from './values.js';
import type { KqlType } from './model.js';

/** Collects one aggregate over one group. */
export interface Accumulator {
  add(row: Row): void;
  result(): unknown;
}

type Read = (row: Row) => unknown;

/** Feeds the non-null values of an expression to `step`. */
function fold<S>(
  read: Read,
  state: S,
  step: (state: S, value: never) => S,
  end: (state: S) => unknown,
): Accumulator {
  let current = state;
  return {
    add(row) {
      const value = read(row);
      if (value !== null) current = step(current, value as never);
    },
    result: () => end(current),
  };
}

const itself = (value: unknown) => value;

export const rowCounter = (): Accumulator => {
  let count = 0;
  return {
    add() {
      count++;
    },
    result: () => count,
  };
};

export const sum = (read: Read): Accumulator =>
  fold<number>(read, 0, (total, value: number) => total + value, itself);

export const extreme = (read: Read, direction: 1 | -1): Accumulator =>
  fold<unknown>(
    read,
    null,
    (best, value) => (best === null || direction * order(value, best) > 0 ? value : best),
    itself,
  );

export const average = (read: Read): Accumulator =>
  fold(
    read,
    { total: 0, count: 0 },
    (state, value: number) => ({ total: state.total + value, count: state.count + 1 }),
    ({ total, count }) => (count === 0 ? null : total / count),
  );

/** Sample variance by Welford's method; `finish` turns it into the wanted measure. */
export const variance = (read: Read, finish: (variance: number) => number): Accumulator => {
  let [count, mean, squares] = [0, 0, 0];
  return fold(
    read,
    undefined,
    (_, value: number) => {
      count++;
      const delta = value - mean;
      mean += delta / count;
      squares += delta * (value - mean);
      return undefined;
    },
    () => (count < 2 ? 0 : finish(squares / (count - 1))),
  );
};

/** Exact, where the engine estimates. */
export const distinctCount = (read: Read): Accumulator =>
  fold(
    read,
    new Set<unknown>(),
    (set, value) => set.add(keyOf(value)),
    (set) => set.size,
  );

export const list = (read: Read, type: KqlType, limit: number, withNulls: boolean): Accumulator => {
  const values: unknown[] = [];
  return {
    add(row) {
      const value = read(row);
      if ((value !== null || withNulls) && values.length < limit) {
        values.push(toDynamic(value, type));
      }
    },
    result: () => values,
  };
};

/** Distinct values in the order met; an array contributes its elements. */
export const set = (read: Read, type: KqlType, limit: number): Accumulator => {
  const values = new Map<unknown, unknown>();
  const put = (value: unknown) => {
    if (value === null || values.size >= limit) return;
    const key = keyOf(value);
    if (!values.has(key)) values.set(key, toDynamic(value, type));
  };
  return {
    add(row) {
      const value = read(row);
      if (Array.isArray(value)) value.forEach(put);
      else put(value);
    },
    result: () => [...values.values()],
  };
};

/** The union of property bags; the first value met for a key stays. */
export const bag = (read: Read, limit: number): Accumulator => {
  const entries = new Map<string, unknown>();
  return {
    add(row) {
      const value = read(row);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
      for (const [key, entry] of Object.entries(value)) {
        if (!entries.has(key) && entries.size < limit) entries.set(key, entry);
      }
    },
    result: () => Object.fromEntries(entries),
  };
};

/** The row with the extreme value; the first one met wins a tie. */
export const argExtreme = (read: Read, others: readonly Read[], direction: 1 | -1): Accumulator => {
  let best: unknown = null;
  let chosen: Row | undefined;
  return {
    add(row) {
      const value = read(row);
      if (
        chosen === undefined ||
        (value !== null && (best === null || direction * order(value, best) > 0))
      ) {
        best = value;
        chosen = row;
      }
    },
    result: () => {
      const row = chosen;
      return row === undefined
        ? [best, ...others.map(() => null)]
        : [best, ...others.map((other) => other(row))];
    },
  };
};

/** The values of one row: of the first one that has any. */
export const anyRow = (reads: readonly Read[]): Accumulator => {
  let values: unknown[] | undefined;
  return {
    add(row) {
      if (values !== undefined && values.some((value) => value !== null && value !== '')) return;
      values = reads.map((read) => read(row));
    },
    result: () => values ?? reads.map(() => null),
  };
};

/** Nearest-rank percentiles of the non-null values. */
export const percentiles = (read: Read, ranks: readonly number[]): Accumulator =>
  fold<number[]>(
    read,
    [],
    (values, value: number) => {
      values.push(value);
      return values;
    },
    (values) => {
      values.sort((a, b) => a - b);
      return ranks.map((rank) => {
        const at = Math.max(0, Math.ceil((rank / 100) * values.length) - 1);
        return values[at] ?? null;
      });
    },
  );

/** Only the rows for which the predicate is true. */
export const onlyIf = (test: Read, inner: Accumulator): Accumulator => ({
  add(row) {
    if (test(row) === true) inner.add(row);
  },
  result: () => inner.result(),
});

/** One value of an accumulator that gives several. */
export const single = (inner: Accumulator): Accumulator => ({
  add: (row) => inner.add(row),
  result: () => (inner.result() as unknown[])[0] ?? null,
});
