import type { KqlType } from './model.js';
import { asText } from './comparison.js';
import type { Evaluate, Scalar, Scope } from './scope.js';
import { derive } from './scope.js';
import type { SyntaxNode } from './syntax.js';
import { convert, toDynamic } from './values.js';

/** One call of a built-in function, its arguments compiled. */
export interface Call {
  readonly node: SyntaxNode;
  readonly name: string;
  readonly args: readonly Scalar[];
  readonly nodes: readonly SyntaxNode[];
  /** The result type the binder gave. */
  readonly type: KqlType;
  readonly scope: Scope;
}

export type Builtin = (call: Call) => Scalar;

/**
 * How an argument reaches the function: `t` text (never null), `n` number or ticks, `d` dynamic
 * value (may be null), `a` the running value as it is (may be null). The last letter repeats.
 */
export type Shape = string;

/** A function of plain values. A null in an `n` position makes the result null. */
export function define(shape: Shape, apply: (...values: never[]) => unknown): Builtin {
  return (call) => {
    const readers = call.args.map((argument, index) => reader(shape, index, argument));
    const strict = call.args.map((_, index) => letter(shape, index) === 'n');
    const fallback = call.type === 'string' ? '' : null;
    const run = apply as (...values: unknown[]) => unknown;
    const [first, second] = readers;
    let evaluate: Evaluate;
    if (readers.length === 1 && first !== undefined) {
      const strictFirst = strict[0] === true;
      evaluate = (row) => {
        const value = first(row);
        return strictFirst && value === null ? fallback : (run(value) ?? fallback);
      };
    } else if (readers.length === 2 && first !== undefined && second !== undefined) {
      evaluate = (row) => {
        const [a, b] = [first(row), second(row)];
        if ((a === null && strict[0] === true) || (b === null && strict[1] === true)) {
          return fallback;
        }
        return run(a, b) ?? fallback;
      };
    } else {
      evaluate = (row) => {
        const values = readers.map((read) => read(row));
        if (values.some((value, index) => value === null && strict[index] === true)) {
          return fallback;
        }
        return run(...values) ?? fallback;
      };
    }
    return derive(call.type, call.args, evaluate);
  };
}

const letter = (shape: Shape, index: number) => shape[Math.min(index, shape.length - 1)];

function reader(shape: Shape, index: number, scalar: Scalar): Evaluate {
  const { type, eval: evaluate } = scalar;
  switch (letter(shape, index)) {
    case 't':
      return asText(scalar);
    case 'd':
      return type === 'datetime' || type === 'timespan'
        ? (row) => toDynamic(evaluate(row), type)
        : evaluate;
    case 'n':
      return type === 'dynamic' || type === 'string' || type === 'bool'
        ? (row) => convert(evaluate(row), type, 'real')
        : evaluate;
    default:
      return evaluate;
  }
}
