import { randomUUID } from 'node:crypto';
import type { Builtin, Call } from './builtin.js';
import type { Scalar, Window } from './scope.js';
import { column, constant, ingestionColumn, semantic, visible } from './scope.js';
import { callArguments } from './syntax.js';
import { toText } from './values.js';

/** The window of the enclosing operator; window functions need serialized rows around them. */
function windowOf(call: Call): Window {
  const { window } = call.scope;
  if (window === undefined) {
    throw semantic(`Function '${call.name}' needs a serialized row set`, call.node);
  }
  window.used = true;
  return window;
}

const scalar = (call: Call, evaluate: Scalar['eval']): Scalar => ({
  type: call.type,
  constant: false,
  eval: evaluate,
});

/** `row_number([start [, restart]])`. */
const rowNumber: Builtin = (call) => {
  const window = windowOf(call);
  const first = (call.args[0]?.eval([]) as number | undefined) ?? 1;
  const restart = call.args[1];
  let from = 0;
  return scalar(call, (row) => {
    if (window.index === 0) from = 0;
    else if (restart?.eval(row) === true) from = window.index;
    return first + window.index - from;
  });
};

/** `prev()` and `next()`: the value of an expression some rows away, or a default. */
function neighbour(direction: 1 | -1): Builtin {
  return (call) => {
    const window = windowOf(call);
    const [value, offset, fallback] = call.args;
    if (value === undefined) throw semantic(`${call.name} needs an argument`, call.node);
    const distance = (offset?.eval([]) as number | undefined) ?? 1;
    const missing = fallback ?? constant(value.type, value.type === 'string' ? '' : null);
    return scalar(call, (row) => {
      const other = window.rows[window.index + direction * distance];
      return other === undefined ? missing.eval(row) : value.eval(other);
    });
  };
}

/** `row_cumsum(term [, restart])`. */
const cumulativeSum: Builtin = (call) => {
  const window = windowOf(call);
  const [term, restart] = call.args;
  if (term === undefined) throw semantic('row_cumsum needs an argument', call.node);
  let sum = 0;
  return scalar(call, (row) => {
    if (window.index === 0 || restart?.eval(row) === true) sum = 0;
    sum += (term.eval(row) as number | null) ?? 0;
    return sum;
  });
};

/** When the row was ingested; null for rows that are no longer rows of a table. */
const ingestionTime: Builtin = (call) =>
  column(ingestionColumn, call.scope.columns) ?? constant('datetime', null);

/** Rough size in bytes of the columns named, or of the whole row for `*`. */
const estimateDataSize: Builtin = (call) => {
  const star = callArguments(call.node)[0]?.kind === 'StarExpression';
  const measured = star
    ? visible(call.scope.columns).map(({ name }) => column(name, call.scope.columns) as Scalar)
    : call.args;
  const sizes = measured.map(({ type, eval: evaluate }): ((row: readonly unknown[]) => number) => {
    switch (type) {
      case 'bool':
        return () => 1;
      case 'int':
        return () => 4;
      case 'guid':
      case 'decimal':
        return () => 16;
      case 'string':
      case 'dynamic':
        return (row) => Buffer.byteLength(toText(evaluate(row), type));
      default:
        return () => 8;
    }
  });
  return scalar(call, (row) => sizes.reduce((sum, size) => sum + size(row), 0));
};

/** `column_ifexists('name', default)`: the column when the row has it. */
const columnIfExists: Builtin = (call) => {
  const [name, fallback] = call.args;
  if (name === undefined || fallback === undefined) {
    throw semantic(`${call.name} needs a name and a default`, call.node);
  }
  return column(String(name.eval([])), visible(call.scope.columns)) ?? fallback;
};

export const rowFunctions: Readonly<Record<string, Builtin>> = {
  row_number: rowNumber,
  prev: neighbour(-1),
  next: neighbour(1),
  row_cumsum: cumulativeSum,
  ingestion_time: ingestionTime,
  estimate_data_size: estimateDataSize,
  column_ifexists: columnIfExists,
  columnifexists: columnIfExists,
  new_guid: (call) => scalar(call, () => randomUUID()),
  rand: (call) => scalar(call, () => Math.random()),
};
