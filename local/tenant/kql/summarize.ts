import type { Accumulator } from './accumulators.js';
import type { Aggregate } from './aggregates.js';
import { compileAggregate } from './aggregates.js';
import type { KqlColumn, KqlType } from './model.js';
import { compileScalar } from './scalar.js';
import type { AggregateSink, Operator, Row, Scalar, Scope } from './scope.js';
import { rowScope, unsupported } from './scope.js';
import type { SyntaxNode } from './syntax.js';
import { bare, items, need, part } from './syntax.js';
import { tupleKey } from './values.js';

interface Group {
  readonly keys: readonly unknown[];
  readonly accumulators: readonly Accumulator[];
}

/** What one expression of the aggregates list contributes to a result row. */
interface Output {
  readonly types: readonly KqlType[];
  readonly read: (results: Row) => readonly unknown[];
}

/**
 * `summarize`: groups in the order met. Without `by` there is always one row, of the aggregates'
 * default values when the input is empty.
 */
const summarize: Operator = (input, node, scope) => {
  const inner: Scope = rowScope(scope, input);
  const byClause = part(node, 'ByClause');
  const byNodes = byClause === undefined ? [] : items(byClause, 'Expressions');
  const by = byNodes.map((expression) => compileScalar(expression, inner));
  const keyNames = new Set(
    byNodes
      .map((expression) => bare(expression))
      .filter(({ kind }) => kind === 'NameReference')
      .map(({ name }) => name),
  );
  const aggregates: Aggregate[] = [];
  const outputs = items(node, 'Aggregates').map((expression) =>
    compileOutput(expression, inner, keyNames, aggregates),
  );
  const types = [...by.map(({ type }) => type), ...outputs.flatMap((output) => output.types)];
  const names = node.columns ?? [];
  if (names.length !== types.length) {
    throw unsupported('This combination of aggregates', node);
  }
  return {
    columns: types.map((type, index): KqlColumn => ({ name: names[index]?.name ?? '', type })),
    *open(): Generator<Row> {
      for (const { keys, accumulators } of groups(input.open(), by, aggregates)) {
        const results = accumulators.map((accumulator) => accumulator.result());
        const cells = [...keys, ...outputs.flatMap((output) => output.read(results))];
        yield cells.map((cell, index) => cell ?? (types[index] === 'string' ? '' : null));
      }
    },
  };
};

function groups(
  rows: Iterable<Row>,
  by: readonly Scalar[],
  aggregates: readonly Aggregate[],
): Iterable<Group> {
  const create = (keys: readonly unknown[]): Group => ({
    keys,
    accumulators: aggregates.map((aggregate) => aggregate.create()),
  });
  const found = new Map<unknown, Group>();
  if (by.length === 0) found.set('', create([]));
  for (const row of rows) {
    const keys = by.map((scalar) => scalar.eval(row));
    const key = by.length === 0 ? '' : tupleKey(keys);
    let group = found.get(key);
    if (group === undefined) {
      group = create(keys);
      found.set(key, group);
    }
    for (const accumulator of group.accumulators) accumulator.add(row);
  }
  return found.values();
}

function compileOutput(
  expression: SyntaxNode,
  inner: Scope,
  keys: ReadonlySet<string>,
  aggregates: Aggregate[],
): Output {
  const call = bare(
    expression.kind === 'SimpleNamedExpression' || expression.kind === 'CompoundNamedExpression'
      ? need(expression, 'Expression')
      : expression,
  );
  if (call.kind === 'FunctionCallExpression') {
    const whole = compileAggregate(call, need(call, 'Name').name, inner, keys);
    if (whole !== undefined) {
      const slot = aggregates.push(whole) - 1;
      return {
        types: whole.types,
        read: (results) => (whole.several ? (results[slot] as unknown[]) : [results[slot]]),
      };
    }
  }
  const scalar = compileScalar(call, { ...inner, aggregate: sinkInto(aggregates, inner, keys) });
  return { types: [scalar.type], read: (results) => [scalar.eval(results)] };
}

/** Aggregate calls inside a larger expression read their result from a slot. */
function sinkInto(aggregates: Aggregate[], inner: Scope, keys: ReadonlySet<string>): AggregateSink {
  return (node, name) => {
    const aggregate = compileAggregate(node, name, inner, keys);
    if (aggregate === undefined) return undefined;
    const slot = aggregates.push(aggregate) - 1;
    return {
      type: aggregate.types[0] ?? 'dynamic',
      constant: false,
      eval: aggregate.several
        ? (results) => (results[slot] as unknown[])[0]
        : (results) => results[slot],
    };
  };
}

export const summarizeOperators: Readonly<Record<string, Operator>> = {
  SummarizeOperator: summarize,
};
