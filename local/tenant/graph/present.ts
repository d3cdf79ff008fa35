import type { DirectoryObject, Json, Properties } from '../directory/model.js';
import { isoSeconds } from '../directory/instants.js';
import { mangledUpn } from '../directory/audit-rows.js';
import { badRequest, GraphError } from './errors.js';
import { checkFilter, passes } from './filter.js';
import type { QueryOptions } from './query-options.js';
import type { Resource } from './resource-shape.js';
import { derivedOf, read, resources } from './resources.js';
import type { GraphContext, Outcome } from './route.js';

export const listOptions = ['$select', '$filter', '$top', '$skiptoken', '$count'] as const;
export const itemOptions = ['$select'] as const;

type Body = Record<string, Json | undefined>;

/** An object as Graph shows it: the default properties, or those selected. */
export function shown(object: DirectoryObject, select: readonly string[] | null): Body {
  const names = select ?? [
    ...defaultsOf(resources[object.type]),
    ...Object.keys(derivedOf(object)),
  ];
  const body: Body = {};
  // OData names the type of an object wherever it is not the declared one.
  const type = object.properties['@odata.type'];
  if (type !== undefined) body['@odata.type'] = type;
  for (const name of names) body[name] = read(object, name);
  if (select === null && body['keyCredentials'] != null) {
    body['keyCredentials'] = withoutKeys(body['keyCredentials']);
  }
  if (object.type === 'user' && body['onPremisesExtensionAttributes'] != null) {
    body['onPremisesExtensionAttributes'] = allExtensions(body['onPremisesExtensionAttributes']);
  }
  return body;
}

/** An object of the recycle bin: it has a date of deletion, and a user's name carries the id in front. */
export function shownDeleted(
  context: GraphContext,
  object: DirectoryObject,
  select: readonly string[] | null,
): Body {
  const body = shown(object, select);
  const at = context.view.deletedAt(object.id);
  if (select === null || select.includes('deletedDateTime')) {
    body['deletedDateTime'] = at === undefined ? null : isoSeconds(at);
  }
  const upn = body['userPrincipalName'];
  if (typeof upn === 'string') body['userPrincipalName'] = mangledUpn(object.id, upn);
  return body;
}

/** Refuses names that the type does not have. */
export function checkSelect(resource: Resource, select: readonly string[] | null): void {
  for (const name of select ?? []) {
    if (name in resource.properties) continue;
    const message = `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${resource.name}'.`;
    throw new GraphError(400, 'BadRequest', message);
  }
}

/** One object as a whole answer. */
export function oneOf(context: GraphContext, object: DirectoryObject): Outcome {
  const resource = resources[object.type];
  const { select } = context.options;
  checkSelect(resource, select);
  const columns = select === null ? '' : `(${select.join(',')})`;
  return {
    status: 200,
    body: {
      '@odata.context': context.metadata(`${resource.set}${columns}/$entity`),
      ...shown(object, select),
    },
  };
}

export interface Listing {
  readonly resource: Resource;
  readonly items: Iterable<DirectoryObject>;
  /** Without `$top`; the most that `$top` may ask. */
  readonly pageSize?: number;
  readonly most?: number;
  readonly show?: (object: DirectoryObject) => Body;
  /** Items of several types carry `@odata.type`. */
  readonly mixed?: boolean;
}

/**
 * A page of objects with filter, selection, `$top` and next link. The cursor is the place of the last
 * object seen, so pages neither repeat nor skip when objects change in between.
 */
export function pageOf(context: GraphContext, listing: Listing): Outcome {
  const { resource, most = 999 } = listing;
  const { options } = context;
  const size = options.top ?? listing.pageSize ?? 100;
  if (size > most) {
    throw badRequest(
      `Invalid page size specified: '${size}'. Must be between 1 and ${most} inclusive.`,
    );
  }
  checkSelect(resource, listing.mixed ? null : options.select);
  if (options.filter !== null) {
    checkFilter(options.filter, resource.filterable, titleCase(resource.name), options.advanced);
  }
  const { seen, ...matching } = collect(listing.items, options, cursorOf(options), size);
  const show = listing.show ?? ((object) => shown(object, options.select));
  const body: Body = { '@odata.context': context.metadata(resource.set) };
  if (options.count) body['@odata.count'] = matching.total;
  if (matching.more) body['@odata.nextLink'] = nextLink(context, { after: seen });
  const value = matching.page.map((object) =>
    listing.mixed
      ? { '@odata.type': `#microsoft.graph.${resources[object.type].name}`, ...show(object) }
      : show(object),
  );
  return { status: 200, body: { ...body, value } };
}

/** A page of what an object links to, of whatever type, in the order of the directory. */
export function linkedObjects(
  context: GraphContext,
  holder: DirectoryObject,
  link: 'members' | 'owners',
): Outcome {
  const { view, options } = context;
  const items = view
    .links(holder.id, link)
    .map((id) => view.get(id))
    .filter((member): member is DirectoryObject => member !== undefined)
    .sort((one, other) => one.seq - other.seq);
  const show = (member: DirectoryObject): Body => shown(member, options.select);
  return pageOf(context, { resource: resources.user, items, mixed: true, show });
}

/** The link to the rest, with every option of this request and the cursor. */
export function nextLink(context: GraphContext, cursor: Readonly<Record<string, Json>>): string {
  const token = Buffer.from(JSON.stringify(cursor)).toString('base64url');
  const query = [...context.options.raw]
    .filter(([name]) => name !== '$skiptoken')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  query.push(`$skiptoken=${token}`);
  return `${context.origin}/${context.version}/${context.path}?${query.join('&')}`;
}

/** The cursor of a `$skiptoken`; one that we did not write is a 400. */
export function readCursor(options: QueryOptions, name: string): number | null {
  if (options.skipToken === null) return null;
  try {
    const cursor = JSON.parse(Buffer.from(options.skipToken, 'base64url').toString()) as unknown;
    const value = (cursor as Record<string, unknown> | null)?.[name];
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  } catch {
    // Falls through to the refusal below.
  }
  throw new GraphError(
    400,
    'Directory_ExpiredPageToken',
    'The specified page token value has expired.',
  );
}

function cursorOf(options: QueryOptions): number {
  return readCursor(options, 'after') ?? 0;
}

function collect(
  items: Iterable<DirectoryObject>,
  { filter, count }: QueryOptions,
  after: number,
  size: number,
): { page: DirectoryObject[]; total: number; more: boolean; seen: number } {
  const page: DirectoryObject[] = [];
  let total = 0;
  let more = false;
  for (const item of items) {
    const wanted = count || item.seq > after;
    if (!wanted || (filter !== null && !passes(filter, (path) => read(item, path)))) continue;
    total += 1;
    if (item.seq <= after) continue;
    if (page.length < size) page.push(item);
    else more = true;
    if (more && !count) break;
  }
  return { page, total, more, seen: page.at(-1)?.seq ?? after };
}

function defaultsOf(resource: Resource): readonly string[] {
  return resource.defaults.length > 0 ? resource.defaults : Object.keys(resource.properties);
}

/** The public key of a certificate is shown only to those who select it. */
function withoutKeys(credentials: Json): Json {
  return (credentials as readonly Properties[]).map((one) => ({ ...one, key: null }));
}

function allExtensions(some: Json): Json {
  const given = some as Readonly<Record<string, Json>>;
  const all: Record<string, Json> = {};
  for (let index = 1; index <= 15; index += 1) {
    all[`extensionAttribute${index}`] = given[`extensionAttribute${index}`] ?? null;
  }
  return all;
}

function titleCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
