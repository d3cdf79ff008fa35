import type { KqlColumn } from './model.js';
import { KqlError } from './model.js';
import type { Operator, Relation, Row, Scope } from './scope.js';
import { ingestionColumn, visible } from './scope.js';
import type { SyntaxNode } from './syntax.js';
import { bare, items, parameters } from './syntax.js';

/** `union` as the first thing of a pipeline; as an operator, `input` is its first leg. */
export function compileUnion(node: SyntaxNode, scope: Scope, input?: Relation): Relation {
  const options = parameters(node);
  const fuzzy = options.get('isfuzzy') === 'true';
  const legs = items(node, 'Expressions').flatMap((expression) =>
    compileLeg(bare(expression), scope, fuzzy),
  );
  if (input !== undefined) legs.unshift(input);
  const sourceName = options.get('withsource') ?? options.get('with_source');
  const columns = merged(legs, options.get('kind') === 'inner');
  const hidden = legs.every((leg) => leg.columns.some(({ name }) => name === ingestionColumn));
  const all: KqlColumn[] = [
    ...(sourceName === undefined ? [] : [{ name: sourceName, type: 'string' as const }]),
    ...columns.map(({ name, type }) => ({ name, type })),
    ...(hidden ? [{ name: ingestionColumn, type: 'datetime' as const }] : []),
  ];
  return {
    columns: all,
    *open(): Generator<Row> {
      for (const [position, leg] of legs.entries()) {
        const label = leg.source ?? `union_arg${position}`;
        const readers = columns.map((column) => cell(leg, column));
        const time = leg.columns.findIndex(({ name }) => name === ingestionColumn);
        for (const row of leg.open()) {
          const out = readers.map((read) => read(row));
          if (sourceName !== undefined) out.unshift(label);
          if (hidden) out.push(row[time]);
          yield out;
        }
      }
    },
  };
}

/** With `isfuzzy` a leg whose table does not exist is left out. */
function compileLeg(node: SyntaxNode, scope: Scope, fuzzy: boolean): Relation[] {
  try {
    return [scope.context.compileTable(node, { ...scope, columns: [] })];
  } catch (error) {
    if (fuzzy && error instanceof KqlError && error.kind === 'semantic') return [];
    throw error;
  }
}

interface Merged extends KqlColumn {
  /** The column's name in the legs. */
  readonly from: string;
}

/** Columns by name in the order met; one name with several types becomes `name_type` each. */
function merged(legs: readonly Relation[], inner: boolean): Merged[] {
  const types = new Map<string, Set<KqlColumn['type']>>();
  const occurrences = new Map<string, number>();
  for (const leg of legs) {
    for (const { name, type } of visible(leg.columns)) {
      const key = inner ? `${name}:${type}` : name;
      occurrences.set(key, (occurrences.get(key) ?? 0) + 1);
      types.set(name, (types.get(name) ?? new Set()).add(type));
    }
  }
  return [...types].flatMap(([from, known]) =>
    [...known]
      .filter((type) => !inner || occurrences.get(`${from}:${type}`) === legs.length)
      .map((type) => ({
        from,
        type,
        name: known.size === 1 || inner ? from : `${from}_${type}`,
      })),
  );
}

function cell(leg: Relation, wanted: Merged): (row: Row) => unknown {
  const index = leg.columns.findIndex(
    ({ name, type }) => name === wanted.from && type === wanted.type,
  );
  const missing = wanted.type === 'string' ? '' : null;
  return index < 0 ? () => missing : (row) => row[index];
}

export const unionOperators: Readonly<Record<string, Operator>> = {
  UnionOperator: (input, node, scope) => compileUnion(node, scope, input),
};
