import { createRequire } from 'node:module';
import type { KqlColumn } from './model.js';
import { KqlError, asKqlType } from './model.js';
import type { SyntaxNode } from './syntax.js';

/** This file: what it makes of the parser's answers changes with it. */
export const languageFile = import.meta.filename;

/** Table name to columns. */
export type Schema = ReadonlyMap<string, readonly KqlColumn[]>;

export interface Diagnostic {
  readonly severity: string;
  readonly code: string;
  readonly start: number;
  readonly message: string;
}

export interface BoundQuery {
  /** `Query`, `Command` (management command) or `Directive`. */
  readonly kind: string;
  readonly syntaxErrors: readonly Diagnostic[];
  /** Includes the syntax errors. */
  readonly errors: readonly Diagnostic[];
  readonly tree: SyntaxNode;
}

/** Parses and binds with the official parser (graph fact sheet F.1). Does not throw on bad queries. */
export function bind(query: string, schema: Schema): BoundQuery {
  const { language } = kusto();
  const code = language.KustoCode.ParseAndAnalyze(query, globalsOf(schema));
  if (code === null) throw new KqlError('syntax', 'The query could not be parsed', 0);
  return {
    kind: code.Kind,
    syntaxErrors: errorsOf(code.GetSyntaxDiagnostics()),
    errors: errorsOf(code.GetDiagnostics()),
    tree: convert(code.Syntax),
  };
}

/*
 * The library is a C# program transpiled to JavaScript. Its declarations make every member nullable
 * and its collections opaque, so the shapes read here are declared below; nothing else in the
 * executor touches it.
 */
interface RawSymbol {
  Name?: string;
  Columns?: unknown;
  Type?: RawSymbol;
}

interface RawNode {
  Kind: number;
  NameInParent?: string | null;
  Text?: string;
  TextStart: number;
  ChildCount: number;
  GetChild(index: number): RawNode | null;
  ResultType?: RawSymbol | null;
  ReferencedSymbol?: RawSymbol | null;
  SimpleName?: string | null;
  LiteralValue?: unknown;
  ValueText?: string;
  Token?: { ValueText?: string };
  GetCalledFunctionBody?(): RawNode | null;
}

interface RawDiagnostic {
  Severity: string;
  Code: string;
  Start: number;
  Message: string;
}

interface RawCode {
  Kind: string;
  Syntax: RawNode;
  GetDiagnostics(): unknown;
  GetSyntaxDiagnostics(): unknown;
}

interface Language {
  KustoCode: { ParseAndAnalyze(text: string, globals: unknown): RawCode | null };
  GlobalState: { Default: { WithDatabase(database: unknown): unknown } };
  Syntax: { SyntaxKind: unknown };
  Symbols: {
    Symbol: unknown;
    TableSymbol: { $ctor7: new (name: string, schema: string, description: null) => unknown };
    DatabaseSymbol: {
      $ctor3: new (name: string, alternate: null, members: unknown, open: boolean) => unknown;
    };
  };
  Binding: { Binder: { GetExpressionResultName(node: RawNode, fallback: string): string | null } };
  KustoFacts: { BracketNameIfNecessary(name: string): string };
}

interface Libraries {
  language: Language;
  readonly toArray: (collection: unknown) => unknown[];
  readonly typeName: (value: unknown) => string;
  readonly kindName: (kind: number) => string;
  readonly list: (elements: readonly unknown[]) => unknown;
}

interface StringBuilder {
  $str?: string | null;
  /** Texts and transpiled values that spell themselves. */
  buffer: ({ toString(): string } | null | undefined)[];
  getString(): string;
}

/**
 * The runtime's own version copies the whole text each time a length is asked for between two
 * appends, which makes a list literal of some thousand ids take seconds. Adding up leaves it a rope.
 */
function joinPieces(this: StringBuilder): string {
  if (!this.$str) {
    let text = '';
    for (const piece of this.buffer) text += String(piece ?? '');
    this.$str = text;
    this.buffer = [text];
  }
  return this.$str;
}

let loaded: Libraries | undefined;

/** Loading takes about half a second and defines globals, so it waits for the first query. */
function kusto(): Libraries {
  if (loaded !== undefined) return loaded;
  const require = createRequire(import.meta.url);
  const world = globalThis as unknown as Record<string, unknown>;
  // The library looks for its runtime on the global object, in the order of these two lines. The minified
  // files are a quarter of the size and are loaded in half the time.
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  const bridge = world['Bridge'] as {
    toArray(collection: unknown): unknown[];
    getTypeName(value: unknown): string;
  };
  const system = world['System'] as {
    Enum: { toString(type: unknown, value: number): string };
    Collections: {
      Generic: {
        List$1: (type: unknown) => new () => { add(element: unknown): void };
      };
    };
    Text: { StringBuilder: { prototype: StringBuilder } };
  };
  system.Text.StringBuilder.prototype.getString = joinPieces;
  const language = (world['Kusto'] as { Language: Language }).Language;
  const kinds = new Map<number, string>();
  loaded = {
    language,
    toArray: (collection) => (collection ? bridge.toArray(collection) : []),
    typeName: (value) => bridge.getTypeName(value),
    kindName: (kind) => {
      let name = kinds.get(kind);
      if (name === undefined) {
        name = system.Enum.toString(language.Syntax.SyntaxKind, kind);
        kinds.set(kind, name);
      }
      return name;
    },
    list: (elements) => {
      const list = new (system.Collections.Generic.List$1(language.Symbols.Symbol))();
      for (const element of elements) list.add(element);
      return list;
    },
  };
  return loaded;
}

const globalsCache = new Map<string, unknown>();

/** A stable text for a schema; equal schemas share their bound globals and compiled queries. */
export function schemaKey(schema: Schema): string {
  return [...schema]
    .map(([table, columns]) => `${table}(${columns.map((c) => `${c.name}:${c.type}`).join()})`)
    .join(';');
}

function globalsOf(schema: Schema): unknown {
  const key = schemaKey(schema);
  let globals = globalsCache.get(key);
  if (globals === undefined) {
    const { language, list } = kusto();
    const bracket = (name: string) => language.KustoFacts.BracketNameIfNecessary(name);
    const tables = [...schema].map(
      ([name, columns]) =>
        new language.Symbols.TableSymbol.$ctor7(
          name,
          `(${columns.map((column) => `${bracket(column.name)}:${column.type}`).join(',')})`,
          null,
        ),
    );
    const database = new language.Symbols.DatabaseSymbol.$ctor3('LA', null, list(tables), false);
    globals = language.GlobalState.Default.WithDatabase(database);
    globalsCache.clear();
    globalsCache.set(key, globals);
  }
  return globals;
}

function errorsOf(diagnostics: unknown): Diagnostic[] {
  return (kusto().toArray(diagnostics) as RawDiagnostic[])
    .filter((diagnostic) => diagnostic.Severity === 'Error')
    .map((diagnostic) => ({
      severity: diagnostic.Severity,
      code: diagnostic.Code,
      start: diagnostic.Start,
      message: diagnostic.Message,
    }));
}

function convert(raw: RawNode, role = raw.NameInParent ?? ''): SyntaxNode {
  const { kindName } = kusto();
  const kind = kindName(raw.Kind);
  const children: SyntaxNode[] = [];
  for (let index = 0; index < raw.ChildCount; index++) {
    const child = raw.GetChild(index);
    if (child === null) continue;
    const element = kindName(child.Kind) === 'SeparatedElement' ? child.GetChild(0) : child;
    if (element !== null) children.push(convert(element, element === child ? undefined : ''));
  }
  const body =
    kind === 'FunctionCallExpression' || kind === 'NameReference'
      ? (raw.GetCalledFunctionBody?.() ?? undefined)
      : undefined;
  return {
    kind,
    role,
    text: raw.ChildCount === 0 ? (raw.Text ?? '') : '',
    start: raw.TextStart,
    type: typeOf(raw),
    columns: columnsOf(raw.ResultType),
    symbol: symbolOf(raw.ReferencedSymbol),
    name: nameOf(raw, kind),
    value: valueOf(raw, kind),
    body: body === undefined ? undefined : convert(body),
    children,
  };
}

function typeOf(raw: RawNode): string | undefined {
  const result = raw.ResultType;
  return result && !result.Columns ? result.Name : undefined;
}

function columnsOf(type: RawSymbol | null | undefined): KqlColumn[] | undefined {
  if (!type?.Columns) return undefined;
  return (kusto().toArray(type.Columns) as RawSymbol[]).map((column) => ({
    name: column.Name ?? '',
    type: asKqlType(column.Type?.Name),
  }));
}

function symbolOf(symbol: RawSymbol | null | undefined): SyntaxNode['symbol'] {
  if (!symbol) return undefined;
  const kind = kusto().typeName(symbol).split('.').at(-1) ?? '';
  return { kind: kind.replace(/Symbol$/, ''), name: symbol.Name ?? '' };
}

const expressionKind = /Expression$/;

function nameOf(raw: RawNode, kind: string): string {
  if (kind === 'NameReference' || kind === 'NameDeclaration') {
    return raw.SimpleName || textOf(raw);
  }
  if (!expressionKind.test(kind) || kind === 'PipeExpression') return '';
  return kusto().language.Binding.Binder.GetExpressionResultName(raw, '') ?? '';
}

/** Wildcarded names (`d*`) have no simple name, only their text. */
function textOf(raw: RawNode): string {
  if (raw.ChildCount === 0) return raw.Text ?? '';
  let text = '';
  for (let index = 0; index < raw.ChildCount; index++) {
    const child = raw.GetChild(index);
    if (child !== null) text += textOf(child);
  }
  return text;
}

const literalKind = /LiteralExpression$/;

function valueOf(raw: RawNode, kind: string): string | null {
  if (kind === 'StringLiteralExpression' || kind === 'CompoundStringLiteralExpression') {
    return typeof raw.LiteralValue === 'string' ? raw.LiteralValue : '';
  }
  if (kind === 'StringLiteralToken') return raw.ValueText ?? '';
  if (!literalKind.test(kind) || kind === 'TypeOfLiteralExpression') return null;
  const text = raw.Token?.ValueText ?? '';
  return raw.LiteralValue === null && text === 'null' ? null : text;
}
