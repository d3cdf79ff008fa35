import type { KqlType } from './model.js';
import { numeric } from './model.js';
import { asText, commonType, readAs } from './comparison.js';
import type { Evaluate, Row, Scalar, Scope } from './scope.js';
import { constant, derive, semantic } from './scope.js';
import { hasAnyTerm, hasTerm } from './strings.js';
import type { SyntaxNode } from './syntax.js';
import { bare, items, need } from './syntax.js';
import { convert, keyOf } from './values.js';

type CompileScalar = (node: SyntaxNode, scope: Scope) => Scalar;

/** `in`, `!in`, `in~`, `!in~`, `has_any`, `has_all`, `between`, `!between`; undefined otherwise. */
export function compileMembership(
  node: SyntaxNode,
  scope: Scope,
  compile: CompileScalar,
): Scalar | undefined {
  switch (node.kind) {
    case 'InExpression':
      return compileIn(node, scope, compile, false, false);
    case 'NotInExpression':
      return compileIn(node, scope, compile, false, true);
    case 'InCsExpression':
      return compileIn(node, scope, compile, true, false);
    case 'NotInCsExpression':
      return compileIn(node, scope, compile, true, true);
    case 'HasAnyExpression':
      return compileTerms(node, scope, compile, 'some');
    case 'HasAllExpression':
      return compileTerms(node, scope, compile, 'every');
    case 'BetweenExpression':
      return compileBetween(node, scope, compile, false);
    case 'NotBetweenExpression':
      return compileBetween(node, scope, compile, true);
    default:
      return undefined;
  }
}

function compileIn(
  node: SyntaxNode,
  scope: Scope,
  compile: CompileScalar,
  folded: boolean,
  negated: boolean,
): Scalar {
  const left = compile(need(node, 'Left'), scope);
  const elements = listElements(need(node, 'Right'), scope, compile);
  const type = folded ? 'string' : sharedType(node, left, elements);
  const key = (value: unknown) =>
    folded ? String(value).toLowerCase() : keyOf(value === undefined ? null : value);
  const read = readAs(left, type);
  const members = (row: Row): Set<unknown> => {
    const set = new Set<unknown>();
    for (const element of elements) {
      for (const value of element.values(row)) {
        const known = readValue(value, element.type, type);
        if (known !== null) set.add(key(known));
      }
    }
    return set;
  };
  const test = (value: unknown, set: Set<unknown>) =>
    (value !== null && set.has(key(value))) !== negated;
  if (elements.every((element) => element.constant)) {
    const set = members([]);
    return derive('bool', [left], (row) => test(read(row), set));
  }
  return { type: 'bool', constant: false, eval: (row) => test(read(row), members(row)) };
}

function sharedType(node: SyntaxNode, left: Scalar, elements: readonly Elements[]): KqlType {
  let type = left.type;
  for (const element of elements) {
    if (element.type === 'dynamic' && type === 'dynamic') continue;
    const common = commonType(type, element.type);
    if (common === undefined) {
      throw semantic(
        `Cannot compare values of types ${type} and ${element.type}. Try adding explicit casts`,
        node,
      );
    }
    type = numeric(common) && numeric(type) ? type : common;
  }
  return type === 'dynamic' ? 'string' : type;
}

function readValue(value: unknown, from: KqlType, to: KqlType): unknown {
  if (from === to || (numeric(from) && numeric(to))) return value;
  if (from === 'dynamic' && numeric(to)) return typeof value === 'number' ? value : null;
  return convert(value, from, to);
}

interface Elements {
  readonly type: KqlType;
  readonly constant: boolean;
  readonly values: (row: Row) => readonly unknown[];
}

/** The members of `(a, b)`, `(dynamicArray)` or `(subquery)`; arrays contribute their elements. */
function listElements(list: SyntaxNode, scope: Scope, compile: CompileScalar): Elements[] {
  const nodes = list.kind === 'ExpressionList' ? items(list, 'Expressions') : [list];
  return nodes.map((node): Elements => {
    if (node.columns !== undefined) {
      const relation = scope.context.compileTable(bare(node), { ...scope, columns: [] });
      const values = Array.from(relation.open(), (row) => row[0] ?? null);
      const type = relation.columns[0]?.type ?? 'dynamic';
      if (type !== 'dynamic') return { type, constant: true, values: () => values };
      const flat = values.flat();
      return { type, constant: true, values: () => flat };
    }
    const scalar = compile(node, scope);
    const evaluate = scalar.eval;
    const values = (row: Row): readonly unknown[] => {
      const value = evaluate(row);
      return scalar.type === 'dynamic' && Array.isArray(value) ? value : [value];
    };
    return { type: scalar.type, constant: scalar.constant, values };
  });
}

function compileTerms(
  node: SyntaxNode,
  scope: Scope,
  compile: CompileScalar,
  quantifier: 'some' | 'every',
): Scalar {
  const left = compile(need(node, 'Left'), scope);
  const elements = listElements(need(node, 'Right'), scope, compile);
  const text = asText(left);
  const terms = (row: Row) =>
    elements.flatMap((element) =>
      element
        .values(row)
        .map((value) => String(convert(value, element.type, 'string')).toLowerCase()),
    );
  const fixed = elements.every((element) => element.constant) ? terms([]) : undefined;
  const anyOfMany =
    quantifier === 'some' && fixed !== undefined && fixed.length > 8
      ? hasAnyTerm(fixed)
      : undefined;
  const evaluate: Evaluate = (row) => {
    const value = (text(row) as string).toLowerCase();
    return anyOfMany?.(value) ?? (fixed ?? terms(row))[quantifier]((term) => hasTerm(value, term));
  };
  return fixed === undefined
    ? { type: 'bool', constant: false, eval: evaluate }
    : derive('bool', [left], evaluate);
}

/** A number, or ticks of a datetime or timespan. */
type Bound = number | null;

function compileBetween(
  node: SyntaxNode,
  scope: Scope,
  compile: CompileScalar,
  negated: boolean,
): Scalar {
  const range = need(node, 'Right');
  const value = compile(need(node, 'Left'), scope);
  const low = compile(need(range, 'First'), scope);
  const high = compile(need(range, 'Second'), scope);
  const type = commonType(value.type, low.type);
  // `between (start .. 2d)` on datetimes counts the upper bound from the lower one.
  const relative = type === 'datetime' && high.type === 'timespan';
  if (type === undefined || (!relative && commonType(value.type, high.type) === undefined)) {
    throw semantic(
      `between is not defined for ${value.type}, ${low.type} and ${high.type}. ` +
        'Try adding explicit casts',
      node,
    );
  }
  const [x, from] = [readAs(value, type), readAs(low, type)];
  const to = relative ? high.eval : readAs(high, type);
  const evaluate: Evaluate = (row) => {
    const [v, a, b] = [x(row), from(row), to(row)] as [Bound, Bound, Bound];
    if (v === null || a === null || b === null) return null;
    return (v >= a && v <= (relative ? a + b : b)) !== negated;
  };
  const bounds = [value, low, high];
  return bounds.every((bound) => bound.constant)
    ? constant('bool', evaluate([]))
    : { type: 'bool', constant: false, eval: evaluate };
}
