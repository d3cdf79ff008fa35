import type { SyntaxNode } from './syntax.js';

/**
 * A query without its instants and ids: queries of one program differ in little else, and binding is by
 * far the dearest part of running one. Placeholders are literals of the same type and length, so that
 * the bound tree and every position in it fit all queries of one template.
 */
export interface Template {
  readonly text: string;
  /** The tree of the template with the query's own literals in their places. */
  fill(tree: SyntaxNode): SyntaxNode;
}

const instant = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,7})?/g;
const guid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const placeholder =
  /\b(?:1901-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.0{1,7})?|facade00-0000-4000-8000-([0-9a-f]{12}))/g;
const firstInstant = Date.UTC(1901, 0, 1);

export function templateOf(query: string): Template {
  const literals: string[] = [];
  const kept = (make: (index: number, literal: string) => string) => (literal: string) => {
    literals.push(literal);
    return make(literals.length - 1, literal);
  };
  // A query that speaks of the placeholders themselves stays as it is.
  if (query.search(placeholder) >= 0) return { text: query, fill: (tree) => tree };
  const text = query
    .replace(
      instant,
      kept((index, literal) => iso(index).slice(0, 19) + literal.slice(19).replace(/\d/g, '0')),
    )
    .replace(
      guid,
      kept((index) => `facade00-0000-4000-8000-${hex(index)}`),
    );
  return { text, fill: (tree) => (literals.length === 0 ? tree : filled(tree, literals)) };
}

function filled(node: SyntaxNode, literals: readonly string[]): SyntaxNode {
  const restore = (text: string): string =>
    text.replace(placeholder, (found) => literals[indexOf(found)] ?? found);
  const copy = (of: SyntaxNode): SyntaxNode => ({
    ...of,
    text: restore(of.text),
    name: restore(of.name),
    value: of.value === null ? null : restore(of.value),
    children: of.children.map(copy),
    body: of.body && copy(of.body),
  });
  return copy(node);
}

const indexOf = (found: string): number =>
  found.startsWith('facade00')
    ? Number.parseInt(found.slice(-12), 16)
    : (Date.parse(`${found.slice(0, 19)}Z`) - firstInstant) / 1000;

const iso = (index: number): string => new Date(firstInstant + index * 1000).toISOString();
const hex = (index: number): string => index.toString(16).padStart(12, '0');
