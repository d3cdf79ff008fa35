import { asText, validRegex } from './comparison.js';
import type { KqlType } from './model.js';
import { asKqlType, numeric } from './model.js';
import { compileScalar } from './scalar.js';
import type { Operator, Row } from './scope.js';
import { rowScope, unsupported } from './scope.js';
import type { SyntaxNode } from './syntax.js';
import { items, need, parameters } from './syntax.js';
import { convert } from './values.js';

interface Capture {
  readonly name: string;
  readonly type: KqlType;
}

/**
 * `parse` and `parse-where`: the whole text must match the pattern. In the kinds `simple` and
 * `regex` a value that is not of its column's type is no match; `relaxed` makes only it null.
 */
const parse: Operator = (input, node, scope) => {
  const options = parameters(node);
  const kind = options.get('kind') ?? 'simple';
  if (!['simple', 'relaxed', 'regex'].includes(kind)) throw unsupported(`parse kind=${kind}`, node);
  const text = asText(compileScalar(need(node, 'Expression'), rowScope(scope, input)));
  const { source, captures } = compilePattern(items(node, 'Patterns'), kind === 'regex');
  const shape = validRegex(source, node, `s${options.get('flags')?.includes('i') ? 'i' : ''}`);
  const columns = input.columns.map((existing) => ({ ...existing }));
  const targets = captures.map(({ name, type }) => {
    const existing = columns.findIndex((candidate) => candidate.name === name);
    if (existing < 0) return columns.push({ name, type }) - 1;
    columns[existing] = { name, type };
    return existing;
  });
  const onlyMatches = node.kind === 'ParseWhereOperator';
  return {
    ...input,
    columns,
    *open(): Generator<Row> {
      for (const row of input.open()) {
        const values = matchValues(shape.exec(text(row) as string), captures, kind === 'relaxed');
        if (values === undefined && onlyMatches) continue;
        const out = row.slice();
        targets.forEach((target, index) => {
          out[target] = values?.[index] ?? (captures[index]?.type === 'string' ? '' : null);
        });
        yield out;
      }
    },
  };
};

function matchValues(
  match: RegExpExecArray | null,
  captures: readonly Capture[],
  relaxed: boolean,
): unknown[] | undefined {
  if (match === null) return undefined;
  const values = captures.map(({ type }, index) => convert(match[index + 1] ?? '', 'string', type));
  return relaxed || !values.includes(null) ? values : undefined;
}

function compilePattern(
  parts: readonly SyntaxNode[],
  asRegex: boolean,
): { source: string; captures: readonly Capture[] } {
  const captures: Capture[] = [];
  let source = '^';
  parts.forEach((piece, index) => {
    const last = index === parts.length - 1;
    if (piece.kind === 'StarExpression') source += last ? '.*' : '.*?';
    else if (piece.kind === 'NameDeclaration') {
      captures.push({ name: piece.name, type: 'string' });
      source += last ? '(.*)' : '(.*?)';
    } else if (piece.kind === 'NameAndTypeDeclaration') {
      const type = asKqlType(need(piece, 'Type').symbol?.name);
      captures.push({ name: need(piece, 'Name').name, type });
      source += captureShape(type, last);
    } else if (piece.value !== null) {
      source += asRegex ? `(?:${piece.value})` : piece.value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    } else throw unsupported(`${piece.kind} in a parse pattern`, piece);
  });
  return { source: `${source}$`, captures };
}

function captureShape(type: KqlType, last: boolean): string {
  if (type === 'int' || type === 'long') return '\\s*([-+]?\\d+)';
  if (numeric(type)) return '\\s*([-+]?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)';
  return last ? '(.*)' : '(.*?)';
}

export const parseOperators: Readonly<Record<string, Operator>> = {
  ParseOperator: parse,
  ParseWhereOperator: parse,
};
