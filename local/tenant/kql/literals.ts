import type { KqlType } from './model.js';
import type { Scalar } from './scope.js';
import { constant, semantic, unsupported } from './scope.js';
import type { SyntaxNode } from './syntax.js';
import { items, need, part } from './syntax.js';
import { parseDatetime, parseTimespan } from './time.js';
import { convert, toDynamic } from './values.js';

const literalTypes: ReadonlyMap<string, KqlType> = new Map([
  ['BooleanLiteralExpression', 'bool'],
  ['IntLiteralExpression', 'int'],
  ['LongLiteralExpression', 'long'],
  ['RealLiteralExpression', 'real'],
  ['DecimalLiteralExpression', 'decimal'],
  ['DateTimeLiteralExpression', 'datetime'],
  ['TimespanLiteralExpression', 'timespan'],
  ['GuidLiteralExpression', 'guid'],
  ['StringLiteralExpression', 'string'],
  ['CompoundStringLiteralExpression', 'string'],
]);

/** The constant a literal stands for; undefined when the node is no literal. `now` in ticks. */
export function compileLiteral(node: SyntaxNode, now: number): Scalar | undefined {
  if (node.kind === 'DynamicExpression') {
    return constant('dynamic', jsonValue(need(node, 'Expression'), now));
  }
  if (node.kind === 'NullLiteralExpression') return constant('dynamic', null);
  const type = literalTypes.get(node.kind);
  return type === undefined ? undefined : constant(type, literalValue(node, type, now));
}

function literalValue(node: SyntaxNode, type: KqlType, now: number): unknown {
  if (type === 'string') return node.value ?? '';
  if (node.value === null) return null;
  const value = unquote(node.value.trim());
  if (type === 'datetime' && /^now$/i.test(value)) return now;
  const parsed =
    type === 'datetime'
      ? parseDatetime(value)
      : type === 'timespan'
        ? parseTimespan(value)
        : convert(value, 'string', type);
  if (parsed === null) throw semantic(`'${value}' is not a valid ${type} literal`, node);
  return parsed;
}

/** `datetime('...')` and `time("...")` may quote their text. */
function unquote(text: string): string {
  return /^(['"]).*\1$/s.test(text) ? text.slice(1, -1) : text;
}

function jsonValue(node: SyntaxNode, now: number): unknown {
  switch (node.kind) {
    case 'JsonObjectExpression':
      return Object.fromEntries(
        items(node, 'Pairs').map((pair) => [
          need(pair, 'Name').value ?? '',
          jsonValue(need(pair, 'Value'), now),
        ]),
      );
    case 'JsonArrayExpression':
      return items(node, 'Values').map((value) => jsonValue(value, now));
    case 'NullLiteralExpression':
      return null;
    case 'UnaryMinusExpression':
      return -Number(jsonValue(need(node, 'Expression'), now));
    case 'UnaryPlusExpression':
    case 'DynamicExpression':
      return jsonValue(part(node, 'Expression') ?? need(node, 'Value'), now);
    default: {
      const type = literalTypes.get(node.kind);
      if (type === undefined) throw unsupported(`${node.kind} in a dynamic literal`, node);
      return toDynamic(literalValue(node, type, now), type);
    }
  }
}
