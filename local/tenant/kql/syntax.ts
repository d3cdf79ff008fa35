import type { KqlColumn } from './model.js';
import { KqlError } from './model.js';

/**
 * A bound syntax node: the official parser's tree reduced to what the executor reads. `kind` and
 * `role` are the parser's own words (`FilterOperator`, `Condition`), separators are left out.
 */
export interface SyntaxNode {
  readonly kind: string;
  /** The name of this node within its parent. */
  readonly role: string;
  /** Source text of a leaf; empty for inner nodes. */
  readonly text: string;
  readonly start: number;
  /** Result type as the binder calls it; undefined where it found none. */
  readonly type: string | undefined;
  /** Columns of a tabular or multi-valued result. */
  readonly columns: readonly KqlColumn[] | undefined;
  /** What a name refers to. */
  readonly symbol: { readonly kind: string; readonly name: string } | undefined;
  /** The plain name of a reference or declaration, or the column name an expression gets. */
  readonly name: string;
  /** Value text of a literal without quotes and type name; null for a null literal. */
  readonly value: string | null;
  /** Body of a called let function, bound to this call's argument types. */
  readonly body: SyntaxNode | undefined;
  readonly children: readonly SyntaxNode[];
}

/** The child in that role, or undefined. */
export function part(node: SyntaxNode, role: string): SyntaxNode | undefined {
  return node.children.find((child) => child.role === role);
}

/** The child in that role; its absence means a tree of an unknown shape. */
export function need(node: SyntaxNode, role: string): SyntaxNode {
  const found = part(node, role);
  if (found === undefined) {
    throw new KqlError('unsupported', `${node.kind} without ${role} is not supported`, node.start);
  }
  return found;
}

/** The elements of the list in that role; empty when there is none. */
export function items(node: SyntaxNode, role: string): readonly SyntaxNode[] {
  return part(node, role)?.children ?? [];
}

/** The expression below parentheses. */
export function bare(node: SyntaxNode): SyntaxNode {
  let inner = node;
  while (inner.kind === 'ParenthesizedExpression') inner = need(inner, 'Expression');
  return inner;
}

/** The arguments of a call. */
export function callArguments(node: SyntaxNode): readonly SyntaxNode[] {
  const list = part(node, 'ArgumentList');
  return list === undefined ? [] : items(list, 'Expressions');
}

/** Named operator parameters (`kind=inner`, `with_itemindex=i`) with their values as text. */
export function parameters(node: SyntaxNode): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const parameter of items(node, 'Parameters')) {
    if (parameter.kind !== 'NamedParameter') continue;
    const value = need(parameter, 'Expression');
    found.set(need(parameter, 'Name').name, value.name || (value.value ?? value.text));
  }
  return found;
}

/** True when any node below (and including) this one satisfies the test. */
export function some(node: SyntaxNode, test: (node: SyntaxNode) => boolean): boolean {
  return (
    test(node) ||
    node.children.some((child) => some(child, test)) ||
    (node.body !== undefined && some(node.body, test))
  );
}
