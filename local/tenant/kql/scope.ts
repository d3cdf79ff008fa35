import type { KqlColumn, KqlDatabase, KqlType } from './model.js';
import { KqlError, asKqlType } from './model.js';
import type { SyntaxNode } from './syntax.js';

export type Row = readonly unknown[];
export type Evaluate = (row: Row) => unknown;

/** A compiled scalar expression. A constant one ignores its row. */
export interface Scalar {
  readonly type: KqlType;
  readonly constant: boolean;
  readonly eval: Evaluate;
}

/** A compiled tabular expression. Each `open` starts a fresh pass over the rows. */
export interface Relation {
  readonly columns: readonly KqlColumn[];
  readonly open: () => Iterable<Row>;
  /** What `union withsource=` calls these rows. */
  readonly source?: string;
  /** True after operators that give the rows an order (`sort`, `serialize`, `range`). */
  readonly serialized?: boolean;
}

/** Position within serialized rows, for `row_number()`, `prev()` and `next()`. */
export interface Window {
  rows: readonly Row[];
  index: number;
  /** Set while compiling when any window function was met. */
  used: boolean;
}

/** Receives aggregate calls met while compiling; answers the slot their result will have. */
export type AggregateSink = (call: SyntaxNode, name: string) => Scalar | undefined;

/** What a let statement, an `as` operator or a function argument binds a name to. */
export type Binding =
  | { readonly kind: 'scalar'; readonly value: Scalar }
  | { readonly kind: 'table'; readonly relation: () => Relation }
  | { readonly kind: 'function'; readonly declaration: SyntaxNode; readonly env: Env };

export class Env {
  private readonly names = new Map<string, Binding>();
  private readonly parent: Env | undefined;

  constructor(parent?: Env) {
    this.parent = parent;
  }

  find(name: string): Binding | undefined {
    return this.names.get(name) ?? this.parent?.find(name);
  }

  bind(name: string, binding: Binding): void {
    this.names.set(name, binding);
  }
}

/** Fixed for one run of a query. */
export interface Context {
  readonly database: KqlDatabase;
  /** Ticks. */
  readonly now: number;
  readonly timespan: { readonly from: number | null; readonly to: number | null };
  /** Whether scans must carry `ingestion_time()` along. */
  readonly wantsIngestionTime: boolean;
  /** Rows of `materialize()` expressions that this run has already computed. */
  readonly materialized: Map<SyntaxNode, Relation>;
  readonly compileTable: (node: SyntaxNode, scope: Scope) => Relation;
}

/** Where an expression is compiled: the row it sees, the names it knows. */
export interface Scope {
  readonly context: Context;
  readonly env: Env;
  readonly columns: readonly KqlColumn[];
  readonly window?: Window;
  readonly aggregate?: AggregateSink;
  /** The implicit input of a subquery (`mv-apply ... on (...)`). */
  readonly input?: Relation;
}

/** The hidden column that carries `ingestion_time()`; a name no query can declare. */
export const ingestionColumn = '$ingestion_time';

export const visible = (columns: readonly KqlColumn[]): KqlColumn[] =>
  columns.filter((column) => column.name !== ingestionColumn);

export function constant(type: KqlType, value: unknown): Scalar {
  return { type, constant: true, eval: () => value };
}

/** Builds a scalar, evaluating it once and for all when every input is constant. */
export function derive(type: KqlType, inputs: readonly Scalar[], evaluate: Evaluate): Scalar {
  if (inputs.every((input) => input.constant)) return constant(type, evaluate([]));
  return { type, constant: false, eval: evaluate };
}

/** The column of that name in this row, or undefined. */
export function column(name: string, columns: readonly KqlColumn[]): Scalar | undefined {
  const index = columns.findIndex((candidate) => candidate.name === name);
  if (index < 0) return undefined;
  return {
    type: columns[index]?.type ?? 'dynamic',
    constant: false,
    eval: (row) => row[index],
  };
}

/** The binder's type for the node, or `fallback` where it left it open. */
export function typeOf(node: SyntaxNode, fallback: KqlType = 'dynamic'): KqlType {
  const type = asKqlType(node.type);
  return type === 'dynamic' && node.type !== 'dynamic' ? fallback : type;
}

export const unsupported = (what: string, node: SyntaxNode): KqlError =>
  new KqlError('unsupported', `${what} is not supported by this workspace`, node.start);

export const semantic = (message: string, node: SyntaxNode): KqlError =>
  new KqlError('semantic', message, node.start);

/** An operator takes a relation to another one. */
export type Operator = (input: Relation, node: SyntaxNode, scope: Scope) => Relation;

/** The scope of expressions that see the input's rows. */
export function rowScope(scope: Scope, input: Relation): Scope & { readonly window: Window } {
  return { ...scope, columns: input.columns, window: { rows: [], index: 0, used: false } };
}

/**
 * Maps rows one by one; when a window function was compiled, it moves the window along, which needs
 * all rows at hand and rows that have an order.
 */
export function* eachRow<T>(
  input: Relation,
  window: Window,
  visit: (row: Row) => T,
): Generator<T, void, undefined> {
  if (!window.used) {
    for (const row of input.open()) yield visit(row);
    return;
  }
  const rows = [...input.open()];
  for (let index = 0; index < rows.length; index++) {
    window.rows = rows;
    window.index = index;
    yield visit(rows[index] as Row);
  }
}

/** Window functions are refused unless the input's rows have an order. */
export function needSerialized(input: Relation, window: Window, node: SyntaxNode): void {
  if (window.used && input.serialized !== true) {
    throw semantic('A window function needs serialized rows: sort or serialize them first', node);
  }
}
