import type { BoundQuery, Schema } from './language.js';
import { bind, schemaKey } from './language.js';
import type { KeptTrees } from './kept-trees.js';
import type { KqlDatabase, KqlResult } from './model.js';
import { KqlError, asKqlType } from './model.js';
import { refuse } from './refusals.js';
import { compileScalar } from './scalar.js';
import type { Context, Relation, Scope } from './scope.js';
import { Env, constant } from './scope.js';
import { withoutHidden } from './sources.js';
import type { SyntaxNode } from './syntax.js';
import { items, need, part, some } from './syntax.js';
import { compileTable } from './tabular.js';
import { templateOf } from './template.js';
import { fromMilliseconds, parseDatetime } from './time.js';
import { bindStatement } from './user-functions.js';
import { toOutput } from './values.js';

export type {
  KqlColumn,
  KqlDatabase,
  KqlErrorKind,
  KqlResult,
  KqlTable,
  KqlType,
} from './model.js';
export { KqlError } from './model.js';

export interface KqlOptions {
  /** What `now()` answers. */
  now: Date;
  /** ISO instants, both included; limits every stored table on `TimeGenerated`. */
  timespan?: { from?: string; to?: string };
  /** Where bound queries are kept for later processes; without it only this one keeps them. */
  trees?: KeptTrees;
}

/**
 * Runs one query over the tables given, with the semantics of the Log Analytics engine (graph fact
 * sheet D.4, E, F). Bound queries are kept per schema and template. Throws KqlError.
 */
export function runKql(query: string, database: KqlDatabase, options: KqlOptions): KqlResult {
  const tree = prepare(query, database, options.trees);
  const env = new Env();
  const statements = items(tree, 'Statements');
  const settings = queryOptions(statements);
  const context: Context = {
    database,
    now: settings.now ?? fromMilliseconds(options.now.getTime()),
    timespan: {
      from: instant(options.timespan?.from),
      to: instant(options.timespan?.to),
    },
    wantsIngestionTime: some(
      tree,
      (node) => node.kind === 'NameReference' && node.name === 'ingestion_time',
    ),
    materialized: new Map(),
    compileTable,
  };
  const scope: Scope = { context, env, columns: [] };
  try {
    return output(compileStatements(statements, scope));
  } catch (error) {
    if (error instanceof KqlError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new KqlError('runtime', `The query failed while running: ${message}`);
  }
}

const prepared = new Map<string, SyntaxNode>();
const keptQueries = 200;

/** The bound tree of a query that may run; the least recently used template is forgotten first. */
function prepare(query: string, database: KqlDatabase, trees?: KeptTrees): SyntaxNode {
  const schema: Schema = new Map(
    Object.entries(database).map(([name, table]) => [name, table.columns]),
  );
  const template = templateOf(query);
  const key = `${schemaKey(schema)}\n${template.text}`;
  let tree = prepared.get(key);
  if (tree === undefined) tree = bound({ key, template: template.text, query, schema }, trees);
  else prepared.delete(key);
  prepared.set(key, tree);
  if (prepared.size > keptQueries) {
    const oldest = prepared.keys().next();
    if (oldest.done !== true) prepared.delete(oldest.value);
  }
  return template.fill(tree);
}

interface Unbound {
  readonly key: string;
  readonly template: string;
  readonly query: string;
  readonly schema: Schema;
}

/** What is wrong with a query is told in its own words, not in those of its template. */
function bound({ key, template, query, schema }: Unbound, trees?: KeptTrees): SyntaxNode {
  const earlier = trees?.find(key);
  if (earlier !== undefined) {
    refuse('Query', earlier);
    return earlier;
  }
  const found = bind(template, schema);
  if (found.errors.length > 0 && template !== query) return accept(bind(query, schema));
  const tree = accept(found);
  trees?.keep(key, tree);
  return tree;
}

/** Refused constructs come before semantic errors: to the binder they are often unknown names. */
function accept({ kind, tree, errors, syntaxErrors }: BoundQuery): SyntaxNode {
  if (kind === 'Command') refuse(kind, tree);
  fail('syntax', syntaxErrors);
  refuse(kind, tree);
  fail('semantic', errors);
  return tree;
}

function fail(kind: 'syntax' | 'semantic', errors: BoundQuery['errors']): void {
  const [first] = errors;
  if (first !== undefined) throw new KqlError(kind, first.message, first.start);
}

/** `set` statements are accepted; of them only `query_now` changes a result. */
function queryOptions(statements: readonly SyntaxNode[]): { now?: number } {
  for (const statement of statements) {
    if (statement.kind !== 'SetOptionStatement') continue;
    if (need(statement, 'Name').name.toLowerCase() !== 'query_now') continue;
    const clause = part(statement, 'ValueClause');
    const text = clause === undefined ? null : need(clause, 'Expression').value;
    const now = text === null ? null : parseDatetime(text);
    if (now !== null) return { now };
  }
  return {};
}

function instant(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ticks = parseDatetime(text);
  if (ticks === null) throw new KqlError('runtime', `'${text}' is not an instant`);
  return ticks;
}

function compileStatements(statements: readonly SyntaxNode[], scope: Scope): Relation {
  let result: Relation | undefined;
  for (const statement of statements) {
    if (statement.kind === 'ExpressionStatement') {
      result = compileResult(need(statement, 'Expression'), scope);
    } else if (statement.kind !== 'SetOptionStatement' && statement.kind !== 'EmptyStatement') {
      bindStatement(statement, scope, compileScalar);
    }
  }
  if (result === undefined) throw new KqlError('syntax', 'The query has no result statement', 0);
  return withoutHidden(result);
}

/** A query may also be a scalar expression alone: one row of one column. */
function compileResult(node: SyntaxNode, scope: Scope): Relation {
  const tabular = node.columns !== undefined || node.type === undefined;
  if (tabular || node.kind === 'PipeExpression') return compileTable(node, scope);
  const scalar = compileScalar(node, scope);
  const value = constant(scalar.type, scalar.eval([]));
  return {
    columns: [{ name: node.name || 'print_0', type: asKqlType(scalar.type) }],
    open: () => [[value.eval([])]],
  };
}

function output(relation: Relation): KqlResult {
  const columns = relation.columns.map(({ name, type }) => ({ name, type }));
  const rows: unknown[][] = [];
  for (const row of relation.open()) {
    const cells = new Array<unknown>(columns.length);
    for (let index = 0; index < cells.length; index++) {
      cells[index] = toOutput(row[index], columns[index]?.type ?? 'dynamic');
    }
    rows.push(cells);
  }
  return { columns, rows };
}
