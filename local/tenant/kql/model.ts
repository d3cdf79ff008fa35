/** Scalar types of the query language, as the Logs API names them (graph fact sheet E.1). */
export type KqlType =
  | 'bool'
  | 'datetime'
  | 'dynamic'
  | 'int'
  | 'long'
  | 'real'
  | 'string'
  | 'guid'
  | 'decimal'
  | 'timespan';

export interface KqlColumn {
  name: string;
  type: KqlType;
}

/**
 * A table to query. Rows are arrays in column order. `datetime` cells are ISO 8601 UTC text with up
 * to seven fraction digits, `dynamic` cells plain JS values. `ingestedAt` answers `ingestion_time()`
 * of a row, as ISO text.
 */
export interface KqlTable {
  columns: KqlColumn[];
  rows: ReadonlyArray<ReadonlyArray<unknown>>;
  ingestedAt?: (row: number) => string;
}

export interface KqlDatabase {
  [table: string]: KqlTable;
}

/** Datetimes as ISO text (seven digits, Z), timespans as `d.hh:mm:ss.fffffff`, guids in lower case. */
export interface KqlResult {
  columns: KqlColumn[];
  rows: unknown[][];
}

/**
 * `syntax`: the parser refused the text. `semantic`: unknown or ill-typed names and operands.
 * `unsupported`: valid KQL that this executor does not run. `runtime`: failed while running.
 */
export type KqlErrorKind = 'syntax' | 'semantic' | 'unsupported' | 'runtime';

/** Why a query gave no result; `position` is an offset into the query text. */
export class KqlError extends Error {
  readonly kind: KqlErrorKind;
  readonly position?: number;

  constructor(kind: KqlErrorKind, message: string, position?: number) {
    super(message);
    this.name = 'KqlError';
    this.kind = kind;
    if (position !== undefined) this.position = position;
  }
}

const types: ReadonlySet<string> = new Set<KqlType>([
  'bool',
  'datetime',
  'dynamic',
  'int',
  'long',
  'real',
  'string',
  'guid',
  'decimal',
  'timespan',
]);

/** The type of that name, or `dynamic` for the open types of the binder (unknown, array, bag). */
export function asKqlType(name: string | undefined): KqlType {
  return name !== undefined && types.has(name) ? (name as KqlType) : 'dynamic';
}

export const numeric = (type: KqlType): boolean =>
  type === 'int' || type === 'long' || type === 'real' || type === 'decimal';
