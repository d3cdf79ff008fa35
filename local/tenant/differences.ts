import { isDeepStrictEqual } from 'node:util';
import type { Directory } from './directory/directory.js';
import { text, type DirectoryObject, type Json, type ObjectType } from './directory/model.js';
import type { View } from './directory/view.js';
import type { Journal } from './journal.js';
import { serviceName } from './recovery/job-rows.js';

/** One fact of the directory that is not as it was: a property, `lifeState`, or `members/ID` and the like. */
export interface Difference {
  readonly objectId: string;
  readonly type: ObjectType;
  readonly what: string;
  readonly before: Json;
  readonly after: Json;
  /** Whether the product wrote this fact since, or a job of the recovery service its object. */
  readonly ours: boolean;
}

/** Every kind of object but assignments and grants, which have no id that lasts. */
const lasting: readonly ObjectType[] = [
  'user',
  'group',
  'application',
  'servicePrincipal',
  'conditionalAccessPolicy',
  'namedLocation',
  'authorizationPolicy',
  'authenticationMethodsPolicy',
  'authenticationStrengthPolicy',
  'organization',
];
const relations = ['roleAssignment', 'appRoleAssignment', 'oAuth2PermissionGrant'] as const;
const linkNames = ['members', 'owners', 'manager'] as const;

/** Stamps that tell when an object was written, not what it is. */
const stamps = new Set(['modifiedDateTime', 'lastModifiedDateTime']);

/**
 * What is different now from an earlier instant, in the true state of the directory. Assignments and
 * grants are told on the principal or client that has them, by what they give: one that was taken away
 * and given again is no difference.
 */
export function differencesSince(
  {
    directory,
    journal,
    ourId,
  }: Readonly<{ directory: Directory; journal: Journal; ourId: string }>,
  since: number,
): Difference[] {
  const then = directory.asOf(since);
  const { now } = directory;
  const ours = writtenBy(journal, ourId, since);
  const recovered = recoveredBy(directory, since);
  const found: Difference[] = [];
  for (const object of every(now, lasting)) {
    for (const [what, before, after] of factsOf(object, then, now)) {
      if (isDeepStrictEqual(before, after)) continue;
      const { id: objectId, type } = object;
      const isOurs = ours.has(`${objectId} ${what}`) || recovered.has(objectId);
      found.push({ objectId, type, what, before, after, ours: isOurs });
    }
  }
  return [...found, ...relationsDiffering(then, now, ours)];
}

function* every(view: View, types: readonly ObjectType[]): Generator<DirectoryObject> {
  for (const type of types) {
    for (const state of ['live', 'deleted', 'gone'] as const) yield* view.list(type, state);
  }
}

type Fact = readonly [what: string, before: Json, after: Json];

function* factsOf({ id }: DirectoryObject, then: View, now: View): Generator<Fact> {
  yield ['lifeState', then.state(id), now.state(id)];
  const before = (then.get(id) ?? then.deleted(id))?.properties;
  const after = (now.get(id) ?? now.deleted(id))?.properties;
  if (before === undefined || after === undefined) return;
  for (const name of Object.keys({ ...before, ...after })) {
    if (!stamps.has(name)) yield [name, before[name] ?? null, after[name] ?? null];
  }
  for (const link of linkNames) {
    const had = new Set(then.links(id, link));
    const has = new Set(now.links(id, link));
    for (const other of new Set([...had, ...has])) {
      yield [`${link}/${other}`, had.has(other), has.has(other)];
    }
  }
}

function relationsDiffering(then: View, now: View, ours: ReadonlySet<string>): Difference[] {
  const given = new Map<string, { before: Json; after: Json; ours: boolean; type: ObjectType }>();
  const add = (view: View, side: 'before' | 'after') => {
    for (const type of relations) {
      for (const { id, properties } of view.list(type)) {
        const key = keyOf(type, properties);
        const known = given.get(key) ?? { before: null, after: null, ours: false, type };
        const value = type === 'oAuth2PermissionGrant' ? text(properties, 'scope') : true;
        const isOurs = known.ours || ours.has(`${id} lifeState`) || ours.has(`${id} scope`);
        given.set(key, { ...known, [side]: value, ours: isOurs });
      }
    }
  };
  add(then, 'before');
  add(now, 'after');
  return [...given]
    .filter(([, { before, after }]) => before !== after)
    .map(([key, value]) => {
      const [objectId = '', ...what] = key.split('/');
      return { objectId, what: what.join('/'), ...value };
    });
}

function keyOf(
  type: (typeof relations)[number],
  properties: DirectoryObject['properties'],
): string {
  const of = (name: string) => text(properties, name);
  switch (type) {
    case 'roleAssignment':
      return `${of('principalId')}/${type}/${of('roleDefinitionId')}`;
    case 'appRoleAssignment':
      return `${of('principalId')}/${type}/${of('resourceId')}/${of('appRoleId')}`;
    case 'oAuth2PermissionGrant':
      return `${of('clientId')}/${type}/${of('resourceId')}/${of('principalId') || 'all'}`;
  }
}

/** Facts that requests of this identity wrote since, as `OBJECT WHAT`. */
function writtenBy(journal: Journal, id: string, since: number): ReadonlySet<string> {
  const written = new Set<string>();
  for (const entry of journal.since()) {
    if (entry.caller?.oid !== id || Date.parse(entry.at) < since) continue;
    for (const write of (entry.batch ?? [entry]).flatMap(({ writes }) => writes)) {
      const { objectId, property, link, before, after } = write;
      const what = link === undefined ? property : `${link}/${(after ?? before) as string}`;
      written.add(`${objectId} ${what}`);
    }
  }
  return written;
}

/** Objects that jobs of the recovery service wrote since. */
function recoveredBy({ trail }: Directory, since: number): ReadonlySet<string> {
  const rows = trail.events.filter(
    ({ at, by }) => at >= since && by.kind === 'app' && by.displayName === serviceName,
  );
  return new Set(rows.flatMap(({ targets }) => targets.map(({ id }) => id)));
}
