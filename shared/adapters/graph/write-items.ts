import type { Json } from '../../domain/json.js';
import { writeBody } from '../../domain/attribution/property-paths.js';
import type { Write, WriteAnswer } from '../../ports/directory.js';
import { readAll, type BatchItem } from './batch.js';
import type { Connection } from './connection.js';
import { notSent } from './effects.js';
import { placeOf } from './object-paths.js';
import { assignmentsOf, grantsOf } from './relations.js';
import { graphPath } from './request.js';

/** A write as the request that does it, or the answer when there is nothing to send. */
export type Prepared = { readonly item: BatchItem } | { readonly answer: WriteAnswer };

type Update = Extract<Write, { kind: 'update' }>;
type Restore = Extract<Write, { kind: 'restore' }>;
type SoftDelete = Extract<Write, { kind: 'softDelete' }>;
type Assignment = Extract<Write, { kind: 'addAssignment' | 'removeAssignment' }>;
type Grant = Extract<Write, { kind: 'setGrant' }>;

const alreadySo: Prepared = { answer: { ok: true, changed: false, requestId: null } };
const refused = (why: string): Prepared => ({ answer: notSent(why) });

/**
 * Turns a planned write into one request. Relations and kinds that Graph wants to be told are looked up
 * first; a lookup changes nothing. What must not or cannot be sent at all is answered here.
 */
export async function prepareWrite(connection: Connection, write: Write): Promise<Prepared> {
  switch (write.kind) {
    case 'update':
      return update(write);
    case 'restore':
      return restore(write);
    case 'softDelete':
      return softDelete(connection, write);
    case 'addMember': {
      const member = graphPath`/directoryObjects/${write.objectId}`;
      const path = graphPath`/groups/${write.groupId}/members/$ref`;
      const body = { '@odata.id': connection.client.reference(member) };
      return { item: { method: 'POST', path, body } };
    }
    case 'removeMember': {
      const path = graphPath`/groups/${write.groupId}/members/${write.objectId}/$ref`;
      return { item: { method: 'DELETE', path } };
    }
    case 'addAssignment':
    case 'removeAssignment':
      return assignment(connection, write);
    case 'setGrant':
      return grant(connection, write);
  }
}

const methods = 'authenticationMethodConfigurations/';

function update(write: Update): Prepared {
  const { objectType, objectId, properties } = write;
  const place = placeOf(objectType);
  if (place === null) {
    return refused(`Objects of kind ${objectType} are not written property by property.`);
  }
  const [[name, value] = ['', null], ...others] = Object.entries(properties);
  if (name.startsWith(methods)) {
    if (others.length > 0) return refused('One method of the policy is written at a time.');
    const method = name.slice(methods.length);
    const path = graphPath`/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/${method}`;
    return { item: { method: 'PATCH', path, body: settable(value) } };
  }
  const body = writeBody(properties);
  if (name === 'allowedCombinations') {
    if (others.length > 0) return refused('The combinations of a strength are written alone.');
    const path = graphPath`/policies/authenticationStrengthPolicies/${objectId}/updateAllowedCombinations`;
    return { item: { method: 'POST', path, body } };
  }
  const path = place.live(objectId);
  const type = write.variant === undefined ? {} : { '@odata.type': write.variant };
  return { item: { method: 'PATCH', path, body: { ...type, ...body } } };
}

/** A method as it may be sent: its id stands in the path, and only its type of all annotations is read. */
function settable(method: Json): Json {
  if (typeof method !== 'object' || method === null || Array.isArray(method)) return method;
  const members = Object.entries(method as { readonly [name: string]: Json });
  return Object.fromEntries(
    members.filter(([name]) => name !== 'id' && (!name.includes('@') || name === '@odata.type')),
  );
}

function restore({ objectType, objectId, restoreAs }: Restore): Prepared {
  const bin = placeOf(objectType)?.bin ?? null;
  if (bin === null) return refused(`Objects of kind ${objectType} have no recycle bin.`);
  const { autoReconcileProxyConflict = false, newUserPrincipalName = null } = restoreAs ?? {};
  const body = {
    ...(autoReconcileProxyConflict && { autoReconcileProxyConflict }),
    ...(newUserPrincipalName !== null && { newUserPrincipalName }),
  };
  return { item: { method: 'POST', path: `${bin(objectId)}/restore`, body } };
}

async function softDelete(
  connection: Connection,
  { objectType, objectId, cameFromBin }: SoftDelete,
): Promise<Prepared> {
  const place = placeOf(objectType);
  if (place === null || place.bin === null) {
    return refused(`Objects of kind ${objectType} have no recycle bin, so none is deleted.`);
  }
  const path = place.live(objectId);
  const mayBeGone = objectType === 'group' && cameFromBin !== true;
  if (mayBeGone && !(await landsInBin(connection, path))) {
    return refused('This group would not land in the recycle bin, so it is left for a person.');
  }
  return { item: { method: 'DELETE', path } };
}

/**
 * Only Microsoft 365 groups are sure to land in the recycle bin; pages disagree about security groups, so
 * one that was never seen to come out of it might be gone (I4).
 */
async function landsInBin(connection: Connection, path: string): Promise<boolean> {
  const query = { $select: 'id,groupTypes' };
  const [group] = await readAll(connection, [{ method: 'GET', path, query }]);
  const types = (group?.body as { groupTypes?: unknown } | null)?.groupTypes;
  return group?.status === 404 || (Array.isArray(types) && types.includes('Unified'));
}

const holders: Readonly<Partial<Record<Assignment['objectType'], string>>> = {
  user: 'users',
  group: 'groups',
  servicePrincipal: 'servicePrincipals',
};

async function assignment(connection: Connection, write: Assignment): Promise<Prepared> {
  const { objectId, objectType, resourceId, appRoleId } = write;
  const holder = holders[objectType];
  if (holder === undefined) return refused(`Objects of kind ${objectType} hold no app roles.`);
  const path = graphPath`/${holder}/${objectId}/appRoleAssignments`;
  if (write.kind === 'addAssignment') {
    const body = { principalId: objectId, resourceId, appRoleId };
    return { item: { method: 'POST', path, body } };
  }
  const found = (await assignmentsOf(connection, objectType, objectId)).find(
    (held) => held.resourceId === resourceId && held.appRoleId === appRoleId,
  );
  if (found === undefined) return alreadySo;
  return { item: { method: 'DELETE', path: `${path}${graphPath`/${found.id}`}` } };
}

async function grant(connection: Connection, write: Grant): Promise<Prepared> {
  const { objectId, resourceId, principalId, scope } = write;
  const held = (await grantsOf(connection, objectId)).find(
    (one) => one.resourceId === resourceId && one.principalId === principalId,
  );
  if (held !== undefined) {
    const path = graphPath`/oauth2PermissionGrants/${held.id}`;
    return scope === null
      ? { item: { method: 'DELETE', path } }
      : { item: { method: 'PATCH', path, body: { scope } } };
  }
  if (scope === null) return alreadySo;
  const body = {
    clientId: objectId,
    consentType: principalId === null ? 'AllPrincipals' : 'Principal',
    ...(principalId !== null && { principalId }),
    resourceId,
    scope,
  };
  return { item: { method: 'POST', path: '/oauth2PermissionGrants', body } };
}
