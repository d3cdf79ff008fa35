import type { KqlColumn } from './model.js';
import { numeric } from './model.js';
import { compileScalar } from './scalar.js';
import type { Operator, Relation, Row, Scalar, Scope } from './scope.js';
import { column, semantic, unsupported, visible } from './scope.js';
import { withoutHidden } from './sources.js';
import type { SyntaxNode } from './syntax.js';
import { bare, items, need, parameters, part } from './syntax.js';
import { tupleKey } from './values.js';

interface Key {
  readonly left: Scalar;
  readonly right: Scalar;
  readonly rightName: string;
}

interface Sides {
  readonly left: Relation;
  readonly right: Relation;
  readonly keys: readonly Key[];
}

/** `join`: kind innerunique unless told; a null key equals nothing. */
const join: Operator = (input, node, scope) => {
  const kind = parameters(node).get('kind') ?? 'innerunique';
  const sides = compileSides(input, node, scope, 'ConditionClause');
  const rows = joinRows(kind, sides);
  if (rows === undefined) throw unsupported(`join kind=${kind}`, node);
  const names = node.columns ?? [];
  const left = visible(sides.left.columns);
  const right = visible(sides.right.columns);
  const columns = /^right(?:semi|anti)$/.test(kind)
    ? right
    : /^(?:left(?:semi|anti)|anti|semi|leftantisemi)$/.test(kind)
      ? left
      : both(left, right, names);
  return { columns, open: rows };
};

/** `lookup`: leftouter unless told inner; the right side's keys are left out. */
const lookup: Operator = (input, node, scope) => {
  const kind = parameters(node).get('kind') ?? 'leftouter';
  if (kind !== 'leftouter' && kind !== 'inner') throw unsupported(`lookup kind=${kind}`, node);
  const sides = compileSides(input, node, scope, 'LookupClause');
  const rows = joinRows(kind, sides);
  if (rows === undefined) throw unsupported(`lookup kind=${kind}`, node);
  const dropped = new Set(sides.keys.map(({ rightName }) => rightName));
  const left = visible(sides.left.columns);
  const kept = sides.right.columns.flatMap(({ name }, index) => (dropped.has(name) ? [] : [index]));
  const right = kept.map((index) => sides.right.columns[index] as KqlColumn);
  return {
    columns: both(left, right, node.columns ?? []),
    *open(): Generator<Row> {
      for (const row of rows()) {
        yield [...row.slice(0, left.length), ...kept.map((index) => row[left.length + index])];
      }
    },
  };
};

/** Left columns, then right ones under the names the binder made unique. */
function both(
  left: readonly KqlColumn[],
  right: readonly KqlColumn[],
  bound: readonly KqlColumn[],
): KqlColumn[] {
  const all = [...left, ...right];
  const used = new Set<string>();
  return all.map(({ name, type }, index) => {
    let unique = bound.length === all.length ? (bound[index]?.name ?? name) : name;
    for (let suffix = 1; used.has(unique); suffix++) unique = `${name}${suffix}`;
    used.add(unique);
    return { name: unique, type };
  });
}

function compileSides(input: Relation, node: SyntaxNode, scope: Scope, clause: string): Sides {
  const left = withoutHidden(input);
  const right = withoutHidden(
    scope.context.compileTable(bare(need(node, 'Expression')), { ...scope, columns: [] }),
  );
  const on = part(node, clause);
  if (on === undefined || on.kind !== 'JoinOnClause') {
    throw unsupported('A join without an on clause', node);
  }
  const keys = items(on, 'Expressions').flatMap((condition) =>
    compileKeys(bare(condition), left, right, scope),
  );
  return { left, right, keys };
}

function compileKeys(
  condition: SyntaxNode,
  left: Relation,
  right: Relation,
  scope: Scope,
): readonly Key[] {
  if (condition.kind === 'AndExpression') {
    return ['Left', 'Right'].flatMap((side) =>
      compileKeys(bare(need(condition, side)), left, right, scope),
    );
  }
  if (condition.kind === 'NameReference') {
    const { name } = condition;
    return [checked(condition, column(name, left.columns), column(name, right.columns), name)];
  }
  if (condition.kind !== 'EqualExpression') {
    throw semantic('A join condition must be an equality of columns', condition);
  }
  const operands = [need(condition, 'Left'), need(condition, 'Right')].map(bare);
  const ofSide = (side: string) => operands.find((operand) => mentions(operand, side));
  const [onLeft, onRight] = [ofSide('$left'), ofSide('$right')];
  if (onLeft === undefined || onRight === undefined) {
    throw semantic('A join condition must compare $left with $right', condition);
  }
  return [
    checked(
      condition,
      sideValue(onLeft, left, scope),
      sideValue(onRight, right, scope),
      need(onRight, 'Selector').name,
    ),
  ];
}

const mentions = (node: SyntaxNode, side: string): boolean =>
  node.kind === 'PathExpression' && need(node, 'Expression').name === side;

function sideValue(path: SyntaxNode, relation: Relation, scope: Scope): Scalar {
  return compileScalar(need(path, 'Selector'), { ...scope, columns: relation.columns });
}

function checked(
  node: SyntaxNode,
  left: Scalar | undefined,
  right: Scalar | undefined,
  rightName: string,
): Key {
  if (left === undefined || right === undefined) {
    throw semantic(`The join key '${rightName}' is not a column of both sides`, node);
  }
  if (left.type === 'dynamic' || right.type === 'dynamic') {
    throw semantic("A join key is of type 'dynamic'. Please use an explicit cast", node);
  }
  if (left.type !== right.type && !(numeric(left.type) && numeric(right.type))) {
    throw semantic(
      `The join key '${rightName}' has the types ${left.type} and ${right.type}`,
      node,
    );
  }
  return { left, right, rightName };
}

/** The rows of that kind of join, left cells before right ones; undefined for unknown kinds. */
function joinRows(kind: string, sides: Sides): (() => Iterable<Row>) | undefined {
  switch (kind) {
    case 'innerunique':
      return () => pairs(sides, { leftRest: false, rightRest: false, unique: true });
    case 'inner':
      return () => pairs(sides, { leftRest: false, rightRest: false, unique: false });
    case 'leftouter':
      return () => pairs(sides, { leftRest: true, rightRest: false, unique: false });
    case 'rightouter':
      return () => pairs(sides, { leftRest: false, rightRest: true, unique: false });
    case 'fullouter':
      return () => pairs(sides, { leftRest: true, rightRest: true, unique: false });
    case 'leftsemi':
      return () => matching(sides.left, sides.right, sides.keys, 'left', true);
    case 'leftanti':
    case 'anti':
    case 'leftantisemi':
      return () => matching(sides.left, sides.right, sides.keys, 'left', false);
    case 'rightsemi':
      return () => matching(sides.right, sides.left, sides.keys, 'right', true);
    case 'rightanti':
    case 'rightantisemi':
      return () => matching(sides.right, sides.left, sides.keys, 'right', false);
    default:
      return undefined;
  }
}

/** The key of a row on one side, or undefined when a part of it is null. */
function keyReader(keys: readonly Key[], side: 'left' | 'right'): (row: Row) => unknown {
  const readers = keys.map((key) => key[side].eval);
  return (row) => {
    const values = readers.map((read) => read(row));
    return values.includes(null) ? undefined : tupleKey(values);
  };
}

function* pairs(
  { left, right, keys }: Sides,
  options: { leftRest: boolean; rightRest: boolean; unique: boolean },
): Generator<Row> {
  const [leftKey, rightKey] = [keyReader(keys, 'left'), keyReader(keys, 'right')];
  const index = new Map<unknown, Row[]>();
  const rightRows: Row[] = [];
  for (const row of right.open()) {
    const key = rightKey(row);
    if (options.rightRest) rightRows.push(row);
    if (key === undefined) continue;
    const bucket = index.get(key);
    if (bucket === undefined) index.set(key, [row]);
    else bucket.push(row);
  }
  const noRight = right.columns.map(({ type }) => (type === 'string' ? '' : null));
  const noLeft = left.columns.map(({ type }) => (type === 'string' ? '' : null));
  const matched = new Set<Row>();
  const seen = new Set<unknown>();
  for (const row of left.open()) {
    const key = leftKey(row);
    const partners = key === undefined ? undefined : index.get(key);
    if (partners === undefined) {
      if (options.leftRest) yield [...row, ...noRight];
      continue;
    }
    if (options.unique) {
      if (seen.has(key)) continue;
      seen.add(key);
    }
    for (const partner of partners) {
      if (options.rightRest) matched.add(partner);
      yield [...row, ...partner];
    }
  }
  for (const row of rightRows) if (!matched.has(row)) yield [...noLeft, ...row];
}

function* matching(
  kept: Relation,
  other: Relation,
  keys: readonly Key[],
  side: 'left' | 'right',
  wanted: boolean,
): Generator<Row> {
  const otherKey = keyReader(keys, side === 'left' ? 'right' : 'left');
  const keptKey = keyReader(keys, side);
  const known = new Set<unknown>();
  for (const row of other.open()) known.add(otherKey(row));
  known.delete(undefined);
  for (const row of kept.open()) if (known.has(keptKey(row)) === wanted) yield row;
}

export const joinOperators: Readonly<Record<string, Operator>> = {
  JoinOperator: join,
  LookupOperator: lookup,
};
