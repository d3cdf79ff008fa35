import type { KqlType } from './model.js';
import { numeric } from './model.js';
import type { Evaluate, Scalar } from './scope.js';
import { derive, semantic, typeOf } from './scope.js';
import type { SyntaxNode } from './syntax.js';
import { binDatetime, inRange } from './time.js';

const signs: ReadonlyMap<string, string> = new Map([
  ['AddExpression', '+'],
  ['SubtractExpression', '-'],
  ['MultiplyExpression', '*'],
  ['DivideExpression', '/'],
  ['ModuloExpression', '%'],
]);

/**
 * `+ - * / %` over numbers, datetimes and timespans; null in, null out. Whole division truncates
 * and is null by zero; the modulo is never negative. Undefined when the node is something else.
 */
export function compileArithmetic(
  node: SyntaxNode,
  left: () => Scalar,
  right: () => Scalar,
): Scalar | undefined {
  const sign = signs.get(node.kind);
  if (sign === undefined) return undefined;
  const [a, b] = [left(), right()];
  const type = resultType(sign, a.type, b.type);
  if (type === undefined) {
    throw semantic(
      `Arithmetic expression '${sign}' cannot be carried out between ${a.type} and ${b.type}. ` +
        'Try adding explicit casts',
      node,
    );
  }
  const whole = type === 'int' || type === 'long';
  const apply = operation(sign, whole, a.type === 'datetime' && sign === '%');
  const evaluate: Evaluate = (row) => {
    const x = a.eval(row);
    if (x === null) return null;
    const y = b.eval(row);
    if (y === null) return null;
    const value = apply(x as number, y as number);
    return type === 'datetime' && value !== null ? inRange(value) : value;
  };
  return derive(type === 'int' ? typeOf(node, 'long') : type, [a, b], evaluate);
}

/** Unary minus and plus. */
export function compileSign(node: SyntaxNode, operand: () => Scalar): Scalar | undefined {
  if (node.kind !== 'UnaryMinusExpression' && node.kind !== 'UnaryPlusExpression') return undefined;
  const value = operand();
  if (!numeric(value.type) && value.type !== 'timespan') {
    throw semantic(`The sign operator is not defined for ${value.type}`, node);
  }
  if (node.kind === 'UnaryPlusExpression') return value;
  return derive(value.type, [value], (row) => {
    const number = value.eval(row) as number | null;
    return number === null ? null : 0 - number;
  });
}

function resultType(sign: string, a: KqlType, b: KqlType): KqlType | undefined {
  if (numeric(a) && numeric(b)) {
    if (a === 'decimal' || b === 'decimal') return 'decimal';
    if (a === 'real' || b === 'real') return 'real';
    return a === 'int' && b === 'int' ? 'int' : 'long';
  }
  switch (sign) {
    case '+':
      if (a === 'timespan' && b === 'timespan') return 'timespan';
      if ((a === 'datetime' && b === 'timespan') || (a === 'timespan' && b === 'datetime')) {
        return 'datetime';
      }
      return undefined;
    case '-':
      if (a === 'datetime' && b === 'datetime') return 'timespan';
      return b === 'timespan' && (a === 'datetime' || a === 'timespan') ? a : undefined;
    case '*':
      return (a === 'timespan' && numeric(b)) || (numeric(a) && b === 'timespan')
        ? 'timespan'
        : undefined;
    case '/':
      if (a !== 'timespan') return undefined;
      return b === 'timespan' ? 'real' : numeric(b) ? 'timespan' : undefined;
    default:
      return b === 'timespan' && (a === 'datetime' || a === 'timespan') ? 'timespan' : undefined;
  }
}

function operation(sign: string, whole: boolean, ofDatetime: boolean) {
  switch (sign) {
    case '+':
      return (a: number, b: number) => a + b;
    case '-':
      return (a: number, b: number) => a - b;
    case '*':
      return (a: number, b: number) => a * b;
    case '/':
      return whole
        ? (a: number, b: number) => (b === 0 ? null : Math.trunc(a / b) + 0)
        : (a: number, b: number) => a / b;
    default:
      return (a: number, b: number) => {
        const size = Math.abs(b);
        if (size === 0) return null;
        if (ofDatetime) return a - binDatetime(a, size);
        const rest = a % size;
        return rest < 0 ? rest + size : rest + 0;
      };
  }
}
