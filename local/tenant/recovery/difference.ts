import { isDeepStrictEqual } from 'node:util';
import { isDynamic } from '../directory/automation.js';
import type { Directory } from '../directory/directory.js';
import { isoSeconds } from '../directory/instants.js';
import {
  text,
  type DirectoryObject,
  type Json,
  type LifeState,
  type ObjectType,
} from '../directory/model.js';
import type { View } from '../directory/view.js';
import { binned, covered, riding } from './coverage.js';
import {
  objectTypes,
  resourceTypeNames,
  type JobFilter,
  type LinkChange,
  type RecoveryChange,
  type ResourceTypeName,
} from './model.js';

/** Kinds that may be mastered on-premises; the organization's flag of that name means something else. */
const mastered = new Set<ObjectType>(['user', 'group']);

interface Comparison {
  readonly directory: Directory;
  readonly then: View;
  readonly snapshot: number;
  readonly now: number;
}

type Values = Readonly<Record<string, Json>>;

/**
 * What a recovery to the snapshot would write, within the filter (backup fact sheet 5.3, 5.4): updates
 * to the whole covered property set, static memberships, restores, and soft deletion of what was
 * created since. What was deleted for good is not in it.
 */
export function differences(
  directory: Directory,
  snapshot: number,
  filter: JobFilter,
  now: number,
): RecoveryChange[] {
  const comparison = { directory, then: directory.asOf(snapshot), snapshot, now };
  const changes: RecoveryChange[] = [];
  for (const type of resourceTypeNames) {
    for (const object of candidates(comparison, type)) {
      if (!inScope(filter, type, object)) continue;
      const change = compare(comparison, type, object);
      if (change !== null) changes.push(change);
    }
  }
  return changes;
}

/** Objects of a kind that changed at all since the snapshot; the others cannot differ. */
function* candidates(
  { directory, snapshot }: Comparison,
  type: ResourceTypeName,
): Generator<DirectoryObject> {
  const objectType = objectTypes[type];
  if (covered[objectType] === undefined) return;
  const states: LifeState[] = binned.has(objectType) ? ['live', 'deleted'] : ['live', 'gone'];
  for (const state of states) {
    for (const object of directory.now.list(objectType, state)) {
      const last = directory.changesOf(object.id).at(-1);
      if (last !== undefined && last.at > snapshot) yield object;
    }
  }
}

/** Grants and assignments also come with the service principal to which they give access. */
function inScope(filter: JobFilter, type: ResourceTypeName, object: DirectoryObject): boolean {
  if (filter === null) return true;
  const carrier = riding.has(objectTypes[type]) ? text(object.properties, 'resourceId') : null;
  if (filter.kind === 'types') {
    return (
      filter.types.includes(type) || (carrier !== null && filter.types.includes('servicePrincipal'))
    );
  }
  return filter.values.some(
    (value) =>
      (value.type === type && value.ids.includes(object.id.toLowerCase())) ||
      (value.type === 'servicePrincipal' && carrier !== null && value.ids.includes(carrier)),
  );
}

function compare(
  comparison: Comparison,
  type: ResourceTypeName,
  object: DirectoryObject,
): RecoveryChange | null {
  const { directory, then } = comparison;
  const before = then.state(object.id);
  const after = directory.now.state(object.id);
  if (type === 'oAuth2PermissionGrant' && !isForEverybody(object)) return null;
  if (before === 'live' && after === 'live') return update(comparison, type, object);
  if (before === 'live') return restore(comparison, type, object);
  if (after === 'live') return softDelete(comparison, type, object);
  return null;
}

function isForEverybody({ properties }: DirectoryObject): boolean {
  return (
    properties['consentType'] === 'AllPrincipals' && (properties['principalId'] ?? null) === null
  );
}

function update(
  comparison: Comparison,
  type: ResourceTypeName,
  object: DirectoryObject,
): RecoveryChange | null {
  const [target, current] = properties(comparison, object);
  const links = memberships(comparison, object);
  if (Object.keys(target).length === 0 && links.length === 0) return null;
  return { ...facts(type, object), action: 'update', target, current, links };
}

function restore(
  comparison: Comparison,
  type: ResourceTypeName,
  object: DirectoryObject,
): RecoveryChange {
  const deletedAt = comparison.directory.now.deletedAt(object.id);
  const [target, current] = properties(comparison, object);
  return {
    ...facts(type, object),
    action: 'restore',
    target: { deletedDateTime: null, ...target },
    current: {
      deletedDateTime: deletedAt === undefined ? null : isoSeconds(deletedAt),
      ...current,
    },
    links: memberships(comparison, object),
  };
}

function softDelete(
  { now }: Comparison,
  type: ResourceTypeName,
  object: DirectoryObject,
): RecoveryChange {
  return {
    ...facts(type, object),
    action: 'softDelete',
    target: { deletedDateTime: isoSeconds(now) },
    current: { deletedDateTime: null },
    links: [],
  };
}

function facts(type: ResourceTypeName, { id, type: objectType, properties }: DirectoryObject) {
  const derived = properties['@odata.type'];
  return {
    id,
    type,
    odataType: typeof derived === 'string' ? derived : `#microsoft.graph.${objectType}`,
    displayName: text(properties, 'displayName') || null,
    excluded: mastered.has(objectType) && properties['onPremisesSyncEnabled'] === true,
  };
}

/** The covered properties that differ: as they were, and as they are. */
function properties({ then }: Comparison, object: DirectoryObject): [target: Values, now: Values] {
  const old = then.get(object.id)?.properties ?? {};
  const target: Record<string, Json> = {};
  const current: Record<string, Json> = {};
  for (const name of covered[object.type] ?? []) {
    const was = old[name] ?? null;
    const is = object.properties[name] ?? null;
    if (isDeepStrictEqual(was, is)) continue;
    target[name] = was;
    current[name] = is;
  }
  return [target, current];
}

/**
 * Static members only. Those of groups mastered on-premises do not appear; a member in the bin keeps
 * its place unless somebody took it out before.
 */
function memberships(
  { directory, then, snapshot }: Comparison,
  group: DirectoryObject,
): LinkChange[] {
  if (group.type !== 'group' || group.properties['onPremisesSyncEnabled'] === true) return [];
  const past = then.get(group.id);
  if (isDynamic(group) || past === undefined || isDynamic(past)) return [];
  const links: LinkChange[] = [];
  const was = new Set(then.links(group.id, 'members'));
  const is = new Set(directory.now.links(group.id, 'members'));
  const last = new Map<string, boolean>();
  for (const { at, what } of directory.changesOf(group.id)) {
    if (at > snapshot && what.kind === 'link' && what.name === 'members') {
      last.set(what.otherId, what.added);
    }
  }
  for (const [memberId, added] of last) {
    const member = directory.now.get(memberId) ?? then.get(memberId);
    if (member === undefined) continue;
    const link = { memberId, memberType: member.type };
    if (added && is.has(memberId) && !was.has(memberId)) links.push({ ...link, removed: true });
    if (!added && was.has(memberId)) links.push({ ...link, removed: false });
  }
  return links;
}
