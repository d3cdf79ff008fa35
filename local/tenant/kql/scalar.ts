import type { Builtin } from './builtin.js';
import { compileArithmetic, compileSign } from './arithmetic.js';
import { compileComparison, compileTextTest } from './comparison.js';
import { convertFunctions } from './functions-convert.js';
import { dynamicFunctions } from './functions-dynamic.js';
import { logicFunctions } from './functions-logic.js';
import { mathFunctions } from './functions-math.js';
import { rowFunctions } from './functions-row.js';
import { textFunctions } from './functions-text.js';
import { timeFunctions } from './functions-time.js';
import { compileLiteral } from './literals.js';
import { compileMembership } from './membership.js';
import type { Scalar, Scope } from './scope.js';
import { column, constant, derive, semantic, typeOf, unsupported, visible } from './scope.js';
import type { SyntaxNode } from './syntax.js';
import { bare, callArguments, need, part } from './syntax.js';
import { bindArguments } from './user-functions.js';

const builtins: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({
    ...convertFunctions,
    ...dynamicFunctions,
    ...logicFunctions,
    ...mathFunctions,
    ...rowFunctions,
    ...textFunctions,
    ...timeFunctions,
  }),
);

/**
 * Compiles a scalar expression to a closure over a row; throws KqlError for what the executor does
 * not know or the engine would not accept. Constant parts are folded.
 */
export function compileScalar(node: SyntaxNode, scope: Scope): Scalar {
  switch (node.kind) {
    case 'ParenthesizedExpression':
      return compileScalar(need(node, 'Expression'), scope);
    case 'SimpleNamedExpression':
    case 'OrderedExpression':
      return compileScalar(need(node, 'Expression'), scope);
    case 'NameReference':
      return compileName(node, scope);
    case 'PathExpression':
      return compilePath(node, scope);
    case 'ElementExpression':
      return compileElement(node, scope);
    case 'AndExpression':
      return compileLogic(node, scope, false);
    case 'OrExpression':
      return compileLogic(node, scope, true);
    case 'FunctionCallExpression':
      return compileCall(node, scope);
    case 'ToScalarExpression':
      return compileToScalar(node, scope);
    default:
      return compileOperator(node, scope);
  }
}

function compileOperator(node: SyntaxNode, scope: Scope): Scalar {
  const leftNode = part(node, 'Left');
  if (leftNode?.kind === 'StarExpression') return compileAnyColumn(node, leftNode, scope);
  const left = () => compileScalar(need(node, 'Left'), scope);
  const right = () => compileScalar(need(node, 'Right'), scope);
  const compiled =
    compileLiteral(node, scope.context.now) ??
    compileComparison(node, left, right) ??
    compileTextTest(node, left, right) ??
    compileMembership(node, scope, compileScalar) ??
    compileArithmetic(node, left, right) ??
    compileSign(node, () => compileScalar(need(node, 'Expression'), scope));
  if (compiled === undefined) throw unsupported(node.kind, node);
  return compiled;
}

/** `* has 'x'`: true when any text-like column satisfies the test. */
function compileAnyColumn(node: SyntaxNode, star: SyntaxNode, scope: Scope): Scalar {
  const right = compileScalar(need(node, 'Right'), scope);
  const tests = visible(scope.columns).map(({ name }) => {
    const value = column(name, scope.columns) as Scalar;
    return compileTextTest(
      node,
      () => value,
      () => right,
    );
  });
  const known = tests.filter((test) => test !== undefined);
  if (known.length !== tests.length) throw unsupported(`* with ${node.kind}`, star);
  return { type: 'bool', constant: false, eval: (row) => known.some((t) => t.eval(row) === true) };
}

function compileName(node: SyntaxNode, scope: Scope): Scalar {
  if (node.symbol?.kind !== 'Column') {
    const binding = scope.env.find(node.name);
    if (binding?.kind === 'scalar') return binding.value;
    if (binding?.kind === 'function') return compileCall(node, scope);
  }
  const found = column(node.name, scope.columns);
  if (found !== undefined) return found;
  throw semantic(`The name '${node.name}' does not refer to any known column or value`, node);
}

/** `a.b`: the property of a bag; anything else has none. */
function compilePath(node: SyntaxNode, scope: Scope): Scalar {
  const base = compileScalar(need(node, 'Expression'), scope);
  const selector = need(node, 'Selector');
  if (selector.kind !== 'NameReference') throw unsupported(`A path to ${selector.kind}`, selector);
  return property(base, selector.name);
}

function property(base: Scalar, key: string): Scalar {
  const evaluate = base.eval;
  return derive('dynamic', [base], (row) => propertyOf(evaluate(row), key));
}

function propertyOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.hasOwn(value, key) ? ((value as Record<string, unknown>)[key] ?? null) : null;
}

/** `a[0]`, `a[-1]`, `a['x']`. */
function compileElement(node: SyntaxNode, scope: Scope): Scalar {
  const base = compileScalar(need(node, 'Expression'), scope);
  const selector = compileScalar(need(need(node, 'Selector'), 'Expression'), scope);
  const key = selector.constant ? selector.eval([]) : undefined;
  if (typeof key === 'string') return property(base, key);
  const evaluate = base.eval;
  return derive('dynamic', [base, selector], (row) => {
    const value = evaluate(row);
    const at = selector.eval(row);
    if (typeof at === 'string') return propertyOf(value, at);
    return Array.isArray(value) && typeof at === 'number'
      ? ((value.at(at) as unknown) ?? null)
      : null;
  });
}

/** Three-valued and/or that does not look at the right side when the left decides. */
function compileLogic(node: SyntaxNode, scope: Scope, decisive: boolean): Scalar {
  const left = compileScalar(need(node, 'Left'), scope);
  const right = compileScalar(need(node, 'Right'), scope);
  const [a, b] = [truth(left), truth(right)];
  return derive('bool', [left, right], (row) => {
    const x = a(row);
    if (x === decisive) return decisive;
    const y = b(row);
    if (y === decisive) return decisive;
    return x === null || y === null ? null : !decisive;
  });
}

function truth(scalar: Scalar): Scalar['eval'] {
  const evaluate = scalar.eval;
  if (scalar.type === 'bool') return evaluate;
  return (row) => {
    const value = evaluate(row);
    return typeof value === 'boolean' ? value : typeof value === 'number' ? value !== 0 : null;
  };
}

function compileCall(node: SyntaxNode, scope: Scope): Scalar {
  const name = node.kind === 'NameReference' ? node.name : need(node, 'Name').name;
  const bound = scope.env.find(name);
  if (bound?.kind === 'function') {
    const { env, body } = bindArguments(node, bound, scope, compileScalar);
    return compileScalar(body, { ...scope, env });
  }
  const aggregated = scope.aggregate?.(node, name);
  if (aggregated !== undefined) return aggregated;
  const builtin = builtins.get(name.toLowerCase());
  if (builtin === undefined) throw unsupported(`Function '${name}'`, node);
  const nodes = callArguments(node);
  const scalars = nodes
    .filter(({ kind }) => kind !== 'StarExpression' && kind !== 'TypeOfLiteralExpression')
    .map((argument) => compileScalar(argument, scope));
  return builtin({ node, name, nodes, args: scalars, type: typeOf(node), scope });
}

/** The first cell of the first row of a table, or the scalar inside; null for an empty table. */
function compileToScalar(node: SyntaxNode, scope: Scope): Scalar {
  const inner = bare(need(node, 'Expression'));
  if (inner.columns === undefined) return compileScalar(inner, scope);
  const relation = scope.context.compileTable(inner, { ...scope, columns: [] });
  const type = relation.columns[0]?.type ?? 'dynamic';
  for (const row of relation.open()) return constant(type, row[0] ?? null);
  return constant(type, type === 'string' ? '' : null);
}
