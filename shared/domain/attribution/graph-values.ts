import type { CoverageRow, ValueKind } from '../coverage/coverage-row.js';
import { instantKey } from '../instants.js';
import type { Json, Known } from '../json.js';
import { known, unknown } from '../json.js';
import { isEmpty, sameValue } from './values.js';

type Shape = Pick<CoverageRow, 'kind' | 'neverEmpty'>;

/**
 * An audit row's value as Graph would hold it: `"True"` becomes true, one text of a list property a
 * list, an explicitly empty value null (or an empty list). What does not fit the property's kind is
 * unknown, and so is an empty value where Graph accepts none: neither may be written.
 */
export function asGraphValue(shape: Shape, value: Known): Known {
  if (!value.known) return value;
  const only = unwrapped(shape.kind, value.value);
  if (!isEmpty(only)) return converters[shape.kind](only);
  // No delegated permission at all is no grant.
  if (shape.kind === 'scopes') return known(null);

  if (shape.neverEmpty)
    return unknown('the audit row states an empty value, which cannot be right');
  const isList = shape.kind === 'stringList' || shape.kind === 'credentials';
  return known(isList ? [] : null);
}

/** Whether two values in Graph's form are the same for a property of this kind. */
export function sameGraphValue(kind: ValueKind, a: Json, b: Json): boolean {
  if (kind === 'dateTime' && typeof a === 'string' && typeof b === 'string' && a && b) {
    const [first, second] = [instantKey(a), instantKey(b)];
    return first === '' || second === '' ? a === b : first === second;
  }
  if (kind === 'document') return sameValue(bare(a), bare(b), { asSets: true });
  if (kind === 'scopes') return sameValue(words(a), words(b), { asSets: true });
  return sameValue(a, b, { asSets: kind === 'stringList' || kind === 'credentials' });
}

/**
 * A part of a policy without members that say nothing: the directory leaves out, sends as null or sends as
 * an empty list what the audit row has in another of these forms. Annotations are no part of the policy, and
 * of an object it refers to only the id is.
 */
function bare(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(bare);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value as { readonly [name: string]: Json })
    .filter(([name]) => !/@odata\.(context|count|id|nextLink)$/.test(name))
    .map(([name, member]) => [name, bare(asReference(name, member))] as const)
    .filter(([, member]) => !isEmpty(member) && !isBlank(member));
  return Object.fromEntries(members);
}

/**
 * Graph shows the authentication strength that a policy asks for as a whole object, and takes nothing but its
 * id (`grantControls` in the Graph reference of conditionalAccessPolicy): the rest is the strength's own.
 */
export function asReference(name: string, value: Json): Json {
  if (name !== 'authenticationStrength') return value;
  const { id } = (value ?? {}) as { readonly id?: Json };
  return typeof id === 'string' ? { id } : value;
}

const isBlank = (value: Json): boolean =>
  value !== null &&
  typeof value === 'object' &&
  !Array.isArray(value) &&
  Object.keys(value).length === 0;

const words = (value: Json): Json =>
  typeof value === 'string' ? value.split(/\s+/u).filter((word) => word !== '') : value;

const mismatch = (expected: string): Known =>
  unknown(`the audit row's value is not ${expected}, so it cannot be written back`);

const converters: Readonly<Record<ValueKind, (value: Json) => Known>> = {
  boolean: (value) => {
    const spelled = typeof value === 'string' ? value.toLowerCase() : value;
    if (spelled === true || spelled === 'true') return known(true);
    if (spelled === false || spelled === 'false') return known(false);
    return mismatch('true or false');
  },
  string: (value) => (typeof value === 'string' ? known(value) : mismatch('a text')),
  stringList: (value) => {
    const items = Array.isArray(value) ? (value as readonly Json[]) : [value];
    const texts = items.every((item) => typeof item === 'string' && item !== '');
    return texts ? known(items) : mismatch('a list of texts');
  },
  dateTime: (value) =>
    typeof value === 'string' && instantKey(value) !== '' ? known(value) : mismatch('a date'),
  number: (value) => {
    const read = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    return typeof read === 'number' ? known(read) : mismatch('a number');
  },
  object: known,
  document: (value) =>
    typeof value === 'object' ? known(value) : mismatch('a part of a policy document'),
  scopes: (value) =>
    typeof value === 'string' ? known(value.trim()) : mismatch('a list of permissions'),
  relation: (value) => (typeof value === 'boolean' ? known(value) : mismatch('an assignment')),
  credentials: (value) => (Array.isArray(value) ? known(value) : mismatch('a list of key ids')),
  link: (value) => (typeof value === 'boolean' ? known(value) : mismatch('a membership')),
  existence: (value) => (typeof value === 'boolean' ? known(value) : mismatch('an existence')),
};

/** Rows read as lists hold one-element arrays; only scalar properties lose them. */
function unwrapped(kind: ValueKind, value: Json): Json {
  if (['stringList', 'object', 'document', 'credentials'].includes(kind)) return value;
  if (!Array.isArray(value) || value.length !== 1) return value;
  return value[0] as Json;
}
