import type { KqlColumn } from './model.js';
import { compileScalar } from './scalar.js';
import type { Operator, Relation, Row, Scope } from './scope.js';
import { eachRow, needSerialized, rowScope, semantic, visible } from './scope.js';
import { withoutHidden } from './sources.js';
import type { SyntaxNode } from './syntax.js';
import { items, need, part } from './syntax.js';
import { order, tupleKey } from './values.js';

const where: Operator = (input, node, scope) => {
  const inner = rowScope(scope, input);
  const test = compileScalar(need(node, 'Condition'), inner);
  needSerialized(input, inner.window, node);
  const evaluate = test.eval;
  if (test.constant && evaluate([]) !== true) return { ...input, open: () => [] };
  return {
    ...input,
    *open(): Generator<Row> {
      if (!inner.window.used) {
        for (const row of input.open()) if (evaluate(row) === true) yield row;
        return;
      }
      const judged = eachRow(input, inner.window, (row) => ({ row, keep: evaluate(row) === true }));
      for (const { row, keep } of judged) if (keep) yield row;
    },
  };
};

/** The value of a row count: a constant whole number that is not negative. */
export function rowCount(node: SyntaxNode, scope: Scope): number {
  const count = compileScalar(node, { ...scope, columns: [] }).eval([]);
  if (typeof count !== 'number' || count < 0) {
    throw semantic('The number of rows must be a whole number, not negative', node);
  }
  return count;
}

const take: Operator = (input, node, scope) =>
  limited(input, rowCount(need(node, 'Expression'), scope));

function limited(input: Relation, count: number): Relation {
  return {
    ...input,
    *open(): Generator<Row> {
      let left = count;
      if (left <= 0) return;
      for (const row of input.open()) {
        yield row;
        if (--left <= 0) return;
      }
    },
  };
}

type Comparer = (a: Row, b: Row) => number;

/** Descending by default; nulls are last when descending and first when ascending, unless told. */
function comparer(expressions: readonly SyntaxNode[], scope: Scope): (rows: Row[]) => Row[] {
  const keys = expressions.map((expression) => {
    const ordering = part(expression, 'Ordering');
    const ascending = ordering !== undefined && part(ordering, 'AscOrDescKeyword')?.text === 'asc';
    const clause = ordering === undefined ? undefined : part(ordering, 'NullsClause');
    const word = clause === undefined ? undefined : part(clause, 'FirstOrLastKeyword')?.text;
    const nullsFirst = word === undefined ? ascending : word === 'first';
    return { evaluate: compileScalar(expression, scope).eval, ascending, nullsFirst };
  });
  const compare: Comparer = (a, b) => {
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as (typeof keys)[number];
      const [x, y] = [a[index], b[index]];
      if (x === y) continue;
      if (x === null || y === null) return (x === null) === key.nullsFirst ? -1 : 1;
      const direction = order(x, y);
      if (direction !== 0) return key.ascending ? direction : -direction;
    }
    return 0;
  };
  return (rows) =>
    rows
      .map((row) => ({ row, keys: keys.map(({ evaluate }) => evaluate(row)) }))
      .sort((a, b) => compare(a.keys, b.keys))
      .map(({ row }) => row);
}

const sort: Operator = (input, node, scope) => {
  const arrange = comparer(items(node, 'Expressions'), rowScope(scope, input));
  return { ...input, serialized: true, open: () => arrange([...input.open()]) };
};

const top: Operator = (input, node, scope) => {
  const count = rowCount(need(node, 'Expression'), scope);
  const arrange = comparer([need(node, 'ByExpression')], rowScope(scope, input));
  return { ...input, serialized: true, open: () => arrange([...input.open()]).slice(0, count) };
};

const count: Operator = (input, node) => ({
  columns: [{ name: node.columns?.[0]?.name ?? 'Count', type: 'long' }],
  *open(): Generator<Row> {
    let total = 0;
    for (const _ of input.open()) total++;
    yield [total];
  },
});

const distinct: Operator = (input, node, scope) => {
  const inner = rowScope(scope, input);
  const expressions = items(node, 'Expressions');
  if (expressions[0]?.kind === 'StarExpression') return unique(withoutHidden(input));
  const scalars = expressions.map((expression) => compileScalar(expression, inner));
  return unique({
    columns: scalars.map(({ type }, index): KqlColumn => ({
      name: node.columns?.[index]?.name ?? `Column${index + 1}`,
      type,
    })),
    *open(): Generator<Row> {
      for (const row of input.open()) yield scalars.map((scalar) => scalar.eval(row));
    },
  });
};

function unique(input: Relation): Relation {
  return {
    columns: input.columns,
    *open(): Generator<Row> {
      const seen = new Set<unknown>();
      for (const row of input.open()) {
        const key = tupleKey(row);
        if (seen.has(key)) continue;
        seen.add(key);
        yield row;
      }
    },
  };
}

const systemTypes: Readonly<Record<string, string>> = {
  bool: 'System.SByte',
  datetime: 'System.DateTime',
  dynamic: 'System.Object',
  int: 'System.Int32',
  long: 'System.Int64',
  real: 'System.Double',
  string: 'System.String',
  guid: 'System.Guid',
  decimal: 'System.Data.SqlTypes.SqlDecimal',
  timespan: 'System.TimeSpan',
};

const getSchema: Operator = (input) => ({
  columns: [
    { name: 'ColumnName', type: 'string' },
    { name: 'ColumnOrdinal', type: 'long' },
    { name: 'DataType', type: 'string' },
    { name: 'ColumnType', type: 'string' },
  ],
  serialized: true,
  open: () =>
    visible(input.columns).map(({ name, type }, index) => [name, index, systemTypes[type], type]),
});

/** `as` names its input for what follows; `render` only concerns drawing. */
const named: Operator = (input, node, scope) => {
  const name = need(node, 'Name').name;
  scope.env.bind(name, { kind: 'table', relation: () => input });
  return { ...input, source: name };
};

export const rowOperators: Readonly<Record<string, Operator>> = {
  FilterOperator: where,
  TakeOperator: take,
  SortOperator: sort,
  TopOperator: top,
  CountOperator: count,
  DistinctOperator: distinct,
  GetSchemaOperator: getSchema,
  AsOperator: named,
  RenderOperator: (input) => input,
};
