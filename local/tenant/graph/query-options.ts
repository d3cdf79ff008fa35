import { badRequest, GraphError } from './errors.js';
import { parseFilter, type Filter } from './filter-syntax.js';

/** The system query options of one request, read and checked. */
export interface QueryOptions {
  readonly select: readonly string[] | null;
  readonly filter: Filter | null;
  readonly expand: readonly string[];
  readonly orderBy: { readonly path: string; readonly descending: boolean } | null;
  readonly top: number | null;
  readonly skipToken: string | null;
  readonly count: boolean;
  /** `ConsistencyLevel: eventual` with `$count=true` (graph fact sheet C). */
  readonly advanced: boolean;
  /** As sent, for the next link. */
  readonly raw: ReadonlyMap<string, string>;
}

/** Reads the options a route allows; any other is a 400, as is one sent twice. */
export function readOptions(
  search: URLSearchParams,
  headers: Readonly<Record<string, string>>,
  allowed: readonly string[],
): QueryOptions {
  const raw = new Map<string, string>();
  for (const [key, value] of search) {
    const name = key.startsWith('$') ? key : `$${key}`;
    if (raw.has(name)) throw badRequest(`Query option '${name}' was specified more than once.`);
    if (!allowed.includes(name)) throw badRequest(`The query parameter '${key}' is not supported.`);
    raw.set(name, value);
  }
  const eventual = headers['consistencylevel']?.toLowerCase() === 'eventual';
  const count = raw.get('$count') === 'true';
  const filter = raw.get('$filter');
  return {
    select: list(raw.get('$select')),
    filter: filter === undefined ? null : parseFilter(filter),
    expand: list(raw.get('$expand')) ?? [],
    orderBy: order(raw.get('$orderby')),
    top: whole(raw.get('$top')),
    skipToken: raw.get('$skiptoken') ?? null,
    count: count && eventual,
    advanced: eventual && count,
    raw,
  };
}

function list(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) {
    throw new GraphError(
      400,
      'BadRequest',
      "Term '' is not valid in a $select or $expand expression.",
    );
  }
  return names;
}

function order(text: string | undefined): QueryOptions['orderBy'] {
  if (text === undefined) return null;
  const match = /^([\w/]+)(?:\s+(asc|desc))?$/.exec(text.trim());
  if (match === null) throw new GraphError(400, 'BadRequest', `Invalid $orderby: '${text}'.`);
  return { path: match[1] ?? '', descending: match[2] === 'desc' };
}

function whole(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) {
    throw new GraphError(400, 'BadRequest', `Invalid value '${text}' for $top query option found.`);
  }
  return Number(text);
}
