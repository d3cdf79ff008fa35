import type { KqlColumn, KqlType } from './model.js';
import { asKqlType, numeric } from './model.js';
import { rowCount } from './operators-rows.js';
import { compileScalar } from './scalar.js';
import type { Operator, Relation, Row, Scope } from './scope.js';
import { ingestionColumn, rowScope, semantic } from './scope.js';
import type { SyntaxNode } from './syntax.js';
import { items, need, parameters, part } from './syntax.js';
import { parseDatetime, parseTimespan } from './time.js';
import { parseGuid } from './values.js';

/** How a row becomes several: which columns change, and the expanded rows of one input row. */
interface Expansion {
  readonly columns: KqlColumn[];
  readonly expand: (row: Row) => Iterable<Row>;
}

const mvExpand: Operator = (input, node, scope) => {
  const { columns, expand } = compileExpansion(input, node, scope);
  return {
    ...input,
    columns,
    *open(): Generator<Row> {
      for (const row of input.open()) yield* expand(row);
    },
  };
};

/** The subquery sees the expanded rows of one input row at a time. */
const mvApply: Operator = (input, node, scope) => {
  const { columns, expand } = compileExpansion(input, node, scope);
  let current: readonly Row[] = [];
  const subtable: Relation = { columns, serialized: true, open: () => current };
  const subquery = need(need(node, 'Subquery'), 'Expression');
  const applied = scope.context.compileTable(subquery, { ...scope, input: subtable });
  const expanded = expandedNames(node);
  // Input columns that the subquery dropped (summarize does) are repeated for each of its rows.
  const produced = new Set(applied.columns.map(({ name }) => name));
  const carried = input.columns.flatMap(({ name }, index) =>
    produced.has(name) || expanded.has(name) ? [] : [index],
  );
  const wanted = (node.columns ?? []).map(({ name }) => name);
  const all = [...carried.map((index) => input.columns[index] as KqlColumn), ...applied.columns];
  const ordered = arrangement(all, wanted);
  return {
    columns: ordered.map((index) => all[index] as KqlColumn),
    *open(): Generator<Row> {
      for (const row of input.open()) {
        current = [...expand(row)];
        if (current.length === 0) continue;
        const kept = carried.map((index) => row[index]);
        for (const result of applied.open()) {
          const joined = [...kept, ...result];
          yield ordered.map((index) => joined[index]);
        }
      }
    },
  };
};

/** Positions of the columns in the binder's order, with those it does not know at the end. */
function arrangement(all: readonly KqlColumn[], wanted: readonly string[]): number[] {
  const known = wanted
    .map((name) => all.findIndex((candidate) => candidate.name === name))
    .filter((index) => index >= 0);
  const rest = all.map((_, index) => index).filter((index) => !known.includes(index));
  return [...known, ...rest.filter((index) => all[index]?.name === ingestionColumn)];
}

const expandedNames = (node: SyntaxNode): ReadonlySet<string> =>
  new Set(items(node, 'Expressions').map((item) => need(item, 'Expression').name));

function compileExpansion(input: Relation, node: SyntaxNode, scope: Scope): Expansion {
  const inner = rowScope(scope, input);
  const options = parameters(node);
  const asArray = (options.get('kind') ?? options.get('bagexpansion')) === 'array';
  const indexName = options.get('with_itemindex');
  const limitNode = part(node, 'RowLimitClause');
  const limit =
    limitNode === undefined
      ? Number.POSITIVE_INFINITY
      : rowCount(need(limitNode, 'RowLimit'), scope);
  const columns = input.columns.map((existing) => ({ ...existing }));
  const place = (name: string, type: KqlType): number => {
    const existing = columns.findIndex((candidate) => candidate.name === name);
    if (existing < 0) return columns.push({ name, type }) - 1;
    columns[existing] = { name, type };
    return existing;
  };
  const targets = items(node, 'Expressions').map((item) => {
    const expression = need(item, 'Expression');
    const scalar = compileScalar(expression, inner);
    if (scalar.type !== 'dynamic') throw semantic('Only dynamic values can be expanded', item);
    const type = castType(item);
    const index = place(expression.name, type);
    return { index, evaluate: scalar.eval, cast: caster(type) };
  });
  const itemIndex = indexName === undefined ? undefined : place(indexName, 'long');
  return {
    columns,
    *expand(row: Row): Generator<Row> {
      const lists = targets.map(({ evaluate }) => elements(evaluate(row), asArray));
      const longest = Math.min(limit, Math.max(...lists.map((list) => list.length)));
      for (let at = 0; at < longest; at++) {
        const out = row.slice();
        targets.forEach(({ index, cast }, position) => {
          out[index] = cast(lists[position]?.[at] ?? null);
        });
        if (itemIndex !== undefined) out[itemIndex] = at;
        yield out;
      }
    },
  };
}

function castType(item: SyntaxNode): KqlType {
  const clause = part(item, 'ToTypeOf');
  const typeOf = clause === undefined ? undefined : part(clause, 'TypeOf');
  const named = typeOf === undefined ? undefined : items(typeOf, 'Types')[0];
  return named === undefined ? 'dynamic' : asKqlType(named.symbol?.name);
}

/** Null gives one null row, an empty array or bag none, a single value itself. */
function elements(value: unknown, asArray: boolean): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return [value];
  const entries = Object.entries(value);
  return asArray ? entries : entries.map((entry) => Object.fromEntries([entry]));
}

/** `to typeof()` only casts: elements that are not of the type become null. */
function caster(type: KqlType): (value: unknown) => unknown {
  return (value) => {
    if (type === 'dynamic') return value;
    if (type === 'string') {
      if (value === null) return '';
      return typeof value === 'string' ? value : JSON.stringify(value);
    }
    if (type === 'bool') return typeof value === 'boolean' ? value : null;
    if (numeric(type)) {
      if (typeof value !== 'number') return null;
      return type === 'int' || type === 'long' ? Math.trunc(value) : value;
    }
    if (typeof value !== 'string') return null;
    if (type === 'datetime') return parseDatetime(value);
    return type === 'timespan' ? parseTimespan(value) : parseGuid(value);
  };
}

export const expandOperators: Readonly<Record<string, Operator>> = {
  MvExpandOperator: mvExpand,
  MvApplyOperator: mvApply,
};
