import type { KqlType } from './model.js';
import { numeric } from './model.js';
import type { Evaluate, Scalar } from './scope.js';
import { derive, semantic } from './scope.js';
import { regex, textTests } from './strings.js';
import type { SyntaxNode } from './syntax.js';
import { convert, toText } from './values.js';

/** The scalar as text, whatever its type; a null becomes the empty string. */
export function asText(scalar: Scalar): Evaluate {
  const { type, eval: evaluate } = scalar;
  if (type === 'string') return evaluate;
  if (type !== 'dynamic') return (row) => toText(evaluate(row), type);
  return (row) => {
    const value = evaluate(row);
    return typeof value === 'string' ? value : toText(value, 'dynamic');
  };
}

/**
 * The type under which two sides are compared; undefined where the engine asks for a cast.
 * A dynamic side is read as the other side's type.
 */
export function commonType(a: KqlType, b: KqlType): KqlType | undefined {
  if (a === b) return a === 'dynamic' ? undefined : a;
  if (a === 'dynamic') return b;
  if (b === 'dynamic') return a;
  if (numeric(a) && numeric(b)) return 'real';
  if ((a === 'bool' && numeric(b)) || (b === 'bool' && numeric(a))) return 'real';
  if ((a === 'guid' && b === 'string') || (a === 'string' && b === 'guid')) return 'guid';
  return undefined;
}

/** Reads a scalar as `type` for a comparison. */
export function readAs(scalar: Scalar, type: KqlType): Evaluate {
  if (scalar.type === type) return scalar.eval;
  if (numeric(scalar.type) && numeric(type)) return scalar.eval;
  if (type === 'string') return asText(scalar);
  const { eval: evaluate, type: from } = scalar;
  if (from === 'dynamic' && (numeric(type) || type === 'bool')) {
    // A number inside a dynamic equals a number; its text does not.
    const wanted = type === 'bool' ? 'boolean' : 'number';
    return (row) => {
      const value = evaluate(row);
      return typeof value === wanted ? value : null;
    };
  }
  return (row) => convert(evaluate(row), from, type);
}

const relations: ReadonlyMap<string, (a: number, b: number) => boolean> = new Map([
  ['LessThanExpression', (a: number, b: number) => a < b],
  ['LessThanOrEqualExpression', (a: number, b: number) => a <= b],
  ['GreaterThanExpression', (a: number, b: number) => a > b],
  ['GreaterThanOrEqualExpression', (a: number, b: number) => a >= b],
]);

/**
 * `== != < <= > >=` with the engine's null rules: null equals no value (false), two nulls give
 * null, every other comparison with a null gives null. Undefined for other nodes.
 */
export function compileComparison(
  node: SyntaxNode,
  left: () => Scalar,
  right: () => Scalar,
): Scalar | undefined {
  const equality = node.kind === 'EqualExpression' || node.kind === 'NotEqualExpression';
  const relation = relations.get(node.kind);
  if (!equality && relation === undefined) return undefined;
  const [a, b] = [left(), right()];
  const type = commonType(a.type, b.type);
  if (type === undefined) {
    throw semantic(
      `Cannot compare values of types ${a.type} and ${b.type}. Try adding explicit casts`,
      node,
    );
  }
  const [x, y] = [readAs(a, type), readAs(b, type)];
  if (relation !== undefined) {
    return derive('bool', [a, b], (row) => {
      const [u, v] = [x(row), y(row)];
      return u === null || v === null ? null : relation(u as number, v as number);
    });
  }
  const same = node.kind === 'EqualExpression';
  return derive('bool', [a, b], (row) => {
    const [u, v] = [x(row), y(row)];
    if (u === null && v === null) return null;
    return (u === v) === same;
  });
}

/** `has`, `contains`, `startswith`, `endswith`, `=~`, `!~` and their relatives, `matches regex`. */
export function compileTextTest(
  node: SyntaxNode,
  left: () => Scalar,
  right: () => Scalar,
): Scalar | undefined {
  if (node.kind === 'MatchesRegexExpression') return compileRegexTest(node, left(), right());
  const rule = textTests.get(node.kind);
  if (rule === undefined) return undefined;
  const [a, b] = [left(), right()];
  const text = asText(a);
  const { test, sensitive, negated } = rule;
  if (b.constant) {
    const raw = asText(b)([]) as string;
    const needle = sensitive ? raw : raw.toLowerCase();
    return derive('bool', [a], (row) => {
      const value = text(row) as string;
      return test(sensitive ? value : value.toLowerCase(), needle) !== negated;
    });
  }
  const other = asText(b);
  return derive('bool', [a, b], (row) => {
    const [value, needle] = [text(row) as string, other(row) as string];
    return (
      (sensitive ? test(value, needle) : test(value.toLowerCase(), needle.toLowerCase())) !==
      negated
    );
  });
}

function compileRegexTest(node: SyntaxNode, a: Scalar, b: Scalar): Scalar {
  const [text, pattern] = [asText(a), asText(b)];
  return derive('bool', [a, b], (row) =>
    validRegex(pattern(row) as string, node).test(text(row) as string),
  );
}

/** The compiled pattern; a bad one is the query's fault. */
export function validRegex(pattern: string, node: SyntaxNode, flags = ''): RegExp {
  try {
    return regex(pattern, flags);
  } catch {
    throw semantic(`'${pattern}' is not a valid regular expression`, node);
  }
}
