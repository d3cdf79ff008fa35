import type { KqlColumn } from './model.js';
import { compileScalar } from './scalar.js';
import type { Operator, Relation, Row, Scalar } from './scope.js';
import {
  column,
  eachRow,
  ingestionColumn,
  needSerialized,
  rowScope,
  semantic,
  unsupported,
  visible,
} from './scope.js';
import type { SyntaxNode } from './syntax.js';
import { items, need, part } from './syntax.js';

/** Adds columns; a name that exists is replaced in its place. Also what `serialize` does. */
const extend: Operator = (input, node, scope) => {
  const inner = rowScope(scope, input);
  const columns = input.columns.map((existing) => ({ ...existing }));
  const automatic = automaticNames(node, input);
  const assignments = items(node, 'Expressions').map((expression) => {
    refuseCompound(expression);
    const scalar = compileScalar(expression, inner);
    const name = expression.name || automatic();
    let index = columns.findIndex((candidate) => candidate.name === name);
    if (index < 0) index = columns.push({ name, type: scalar.type }) - 1;
    else columns[index] = { name, type: scalar.type };
    return { index, evaluate: scalar.eval };
  });
  const serialized = input.serialized === true || node.kind === 'SerializeOperator';
  needSerialized({ ...input, serialized }, inner.window, node);
  const visit = (row: Row): Row => {
    const out = row.slice();
    for (const { index, evaluate } of assignments) out[index] = evaluate(row);
    return out;
  };
  return derived({ ...input, serialized }, columns, () => eachRow(input, inner.window, visit));
};

/** Names the binder made up for unnamed expressions, in order. */
function automaticNames(node: SyntaxNode, input: Relation): () => string {
  const declared = new Set([
    ...input.columns.map(({ name }) => name),
    ...items(node, 'Expressions').map(({ name }) => name),
  ]);
  const free = (node.columns ?? []).map(({ name }) => name).filter((name) => !declared.has(name));
  let made = 0;
  return () => {
    const next = free.shift();
    if (next !== undefined) return next;
    let name: string;
    do name = `Column${++made}`;
    while (declared.has(name));
    declared.add(name);
    return name;
  };
}

function refuseCompound(expression: SyntaxNode): void {
  if (expression.kind === 'CompoundNamedExpression') {
    throw unsupported('Naming several columns of one expression', expression);
  }
}

const project: Operator = (input, node, scope) => {
  const inner = rowScope(scope, input);
  const selected = items(node, 'Expressions').map((expression, index) => {
    refuseCompound(expression);
    const scalar = compileScalar(expression, inner);
    const name = node.columns?.[index]?.name || expression.name || `Column${index + 1}`;
    return { name, scalar };
  });
  needSerialized(input, inner.window, node);
  return select(input, selected, (visit) => eachRow(input, inner.window, visit));
};

interface Selected {
  readonly name: string;
  readonly scalar: Scalar;
}

/** Rows of exactly these columns, the hidden ones carried along. */
function select(
  input: Relation,
  selected: readonly Selected[],
  run: (visit: (row: Row) => Row) => Iterable<Row>,
): Relation {
  const hidden = column(ingestionColumn, input.columns);
  const all =
    hidden === undefined ? selected : [...selected, { name: ingestionColumn, scalar: hidden }];
  const columns = all.map(({ name, scalar }) => ({ name, type: scalar.type }));
  const readers = all.map(({ scalar }) => scalar.eval);
  const width = readers.length;
  const visit = (row: Row): Row => {
    const out = new Array<unknown>(width);
    for (let index = 0; index < width; index++) {
      out[index] = (readers[index] as Scalar['eval'])(row);
    }
    return out;
  };
  return derived(input, columns, () => run(visit));
}

function derived(input: Relation, columns: KqlColumn[], open: () => Iterable<Row>): Relation {
  const { source, serialized } = input;
  return {
    columns,
    open,
    ...(source === undefined ? {} : { source }),
    ...(serialized === undefined ? {} : { serialized }),
  };
}

/** Keeps the named columns of the input, in the given order, under possibly new names. */
function rearrange(input: Relation, kept: readonly { from: string; to: string }[]): Relation {
  const selected = kept.map(({ from, to }) => ({
    name: to,
    scalar: column(from, input.columns) as Scalar,
  }));
  return select(input, selected, function* (visit) {
    for (const row of input.open()) yield visit(row);
  });
}

const same = (names: readonly string[]) => names.map((name) => ({ from: name, to: name }));
const namesOf = (input: Relation) => visible(input.columns).map(({ name }) => name);

/** Column names a reference covers; `*` in it stands for any text. */
function covered(reference: SyntaxNode, names: readonly string[]): readonly string[] {
  const pattern =
    reference.kind === 'OrderedExpression' ? need(reference, 'Expression') : reference;
  if (pattern.kind === 'StarExpression') return names;
  if (!pattern.name.includes('*')) return names.filter((name) => name === pattern.name);
  const source = pattern.name
    .split('*')
    .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const shape = new RegExp(`^${source}$`);
  return names.filter((name) => shape.test(name));
}

const projectAway: Operator = (input, node) => {
  const names = namesOf(input);
  const away = new Set(items(node, 'Expressions').flatMap((item) => covered(item, names)));
  return rearrange(input, same(names.filter((name) => !away.has(name))));
};

const projectKeep: Operator = (input, node) => {
  const names = namesOf(input);
  const wanted = new Set(items(node, 'Expressions').flatMap((item) => covered(item, names)));
  return rearrange(input, same(names.filter((name) => wanted.has(name))));
};

const projectRename: Operator = (input, node) => {
  const renamed = new Map(
    items(node, 'Expressions').map((item) => {
      const from = need(item, 'Expression');
      if (from.kind !== 'NameReference') throw semantic('Only columns can be renamed', item);
      return [from.name, need(item, 'Name').name];
    }),
  );
  return rearrange(
    input,
    namesOf(input).map((from) => ({ from, to: renamed.get(from) ?? from })),
  );
};

/** Named columns first, in the order given (a wildcard's matches sorted when asked), then the rest. */
const projectReorder: Operator = (input, node) => {
  const names = namesOf(input);
  const front: string[] = [];
  for (const item of items(node, 'Expressions')) {
    const matches = covered(item, names).filter((name) => !front.includes(name));
    const ordering = part(item, 'Ordering');
    if (ordering !== undefined) {
      const word = part(ordering, 'AscOrDescKeyword')?.text ?? 'asc';
      const sorted = [...matches].sort();
      front.push(...(word.endsWith('desc') ? sorted.reverse() : sorted));
    } else front.push(...matches);
  }
  return rearrange(input, same([...front, ...names.filter((name) => !front.includes(name))]));
};

export const columnOperators: Readonly<Record<string, Operator>> = {
  ExtendOperator: extend,
  SerializeOperator: extend,
  ProjectOperator: project,
  ProjectAwayOperator: projectAway,
  ProjectKeepOperator: projectKeep,
  ProjectRenameOperator: projectRename,
  ProjectReorderOperator: projectReorder,
};
