import type { ObjectType } from '../attribution/audit.js';
import type { Json, Known } from '../json.js';
import { writeBody } from '../attribution/property-paths.js';
import { displayValue, isEmpty } from '../attribution/values.js';

/**
 * Graph PowerShell commands for a person to paste. Values come from the audit trail, so an attacker may
 * have written them: bodies are ASCII JSON inside single quotes with every quote escaped, and an id that
 * is not a GUID gives no command at all (null).
 */

const guidForm = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export const isGuid = (text: string): boolean => guidForm.test(text);

const policySets = {
  conditionalAccessPolicy: 'policies',
  namedLocation: 'namedLocations',
} as const;

/** Where Graph keeps the objects of a kind. */
export const collections: Partial<Record<ObjectType, string>> = {
  user: 'users',
  group: 'groups',
  application: 'applications',
  servicePrincipal: 'servicePrincipals',
  conditionalAccessPolicy: 'identity/conditionalAccess/policies',
  namedLocation: 'identity/conditionalAccess/namedLocations',
};

/** Sets one property, named as in plans, to `value`. Of a kind with variants Graph must be told which. */
export function updateCommand(
  { objectType, objectId, variant }: Holder & { readonly variant?: string },
  property: string,
  value: Json,
): string | null {
  const collection = collections[objectType];
  if (collection === undefined) return null;
  const type = variant === undefined ? {} : { '@odata.type': variant };
  const body = { ...type, ...writeBody({ [property]: value }) };
  return request('PATCH', `/v1.0/${collection}/`, [objectId], '', body);
}

/** Brings an object back from the recycle bin. */
export const restoreCommand = (id: string): string | null =>
  request('POST', '/v1.0/directory/deletedItems/', [id], '/restore');

/** Brings a Conditional Access policy or named location back from its own recycle bin. */
export const restorePolicyCommand = (
  objectType: 'conditionalAccessPolicy' | 'namedLocation',
  id: string,
): string | null =>
  request(
    'POST',
    `/v1.0/identity/conditionalAccess/deletedItems/${policySets[objectType]}/`,
    [id],
    '/restore',
  );

/** Brings a user back although another holds their name or an address of theirs. */
export const reconcileCommand = (id: string, newUserPrincipalName: string | null): string | null =>
  request('POST', '/v1.0/directory/deletedItems/', [id], '/restore', {
    autoReconcileProxyConflict: true,
    ...(newUserPrincipalName !== null && { newUserPrincipalName }),
  });

/**
 * Takes one credential away; `key` is `password:GUID` or `certificate:GUID`. A certificate has no command
 * without a proof of possession (graph fact sheet A.5), so it is said where to find it.
 */
export function removeCredentialCommand(objectType: ObjectType, id: string, key: string): string {
  const [kind = '', keyId = ''] = key.split(':');
  const collection = collections[objectType];
  const command =
    kind === 'password' && collection !== undefined && isGuid(keyId)
      ? request('POST', `/v1.0/${collection}/`, [id], '/removePassword', { keyId })
      : null;
  return (
    command ??
    `In the portal, under Certificates & secrets of ${id}, delete the certificate with key id ${keyId}.`
  );
}

/** What a person does about an assignment or a delegated grant, named as in plans. */
export function relationTodo(
  property: string,
  then: Known,
  { objectType, objectId }: Holder,
): string {
  const [relation, resourceId = '', key = ''] = property.split('/');
  const collection = collections[objectType];
  const safe = [objectId, resourceId].every((id) => isGuid(id)) && /^[0-9a-z-]+$/i.test(key);
  if (collection === undefined || !safe) return 'Compare it with its audit rows in the portal.';
  const list = request('GET', `/v1.0/${collection}/`, [objectId], `/${relation ?? ''}`);
  const entry = `the entry with resource ${resourceId} and ${key}`;
  if (!then.known) return `Look at ${entry} and decide: ${list ?? ''}`;
  if (relation === 'appRoleAssignments' && then.value === true) {
    const body = { principalId: objectId, resourceId, appRoleId: key };
    return request('POST', `/v1.0/${collection}/`, [objectId], '/appRoleAssignments', body) ?? '';
  }
  const wanted =
    isEmpty(then.value) || then.value === false
      ? 'delete it'
      : `set its scope to "${displayValue(then, 500)}"`;
  return `Find ${entry} and ${wanted}: ${list ?? ''}`;
}

interface Holder {
  readonly objectType: ObjectType;
  readonly objectId: string;
}

/** Deletes an object of a kind that lands in a recycle bin; it stays there for 30 days. */
export function softDeleteCommand(objectType: ObjectType, id: string): string | null {
  const collection = collections[objectType];
  return collection === undefined ? null : request('DELETE', `/v1.0/${collection}/`, [id], '');
}

/** Shows one audit row; null for an id of another form. */
export const auditRowCommand = (eventId: string): string | null =>
  /^[\w-]{1,200}$/.test(eventId)
    ? `Invoke-MgGraphRequest -Method GET -Uri '/v1.0/auditLogs/directoryAudits/${eventId}'`
    : null;

/** Shows by which rule a dynamic group takes its members. */
export const ruleCommand = (groupId: string): string | null =>
  request('GET', '/v1.0/groups/', [groupId], '?$select=displayName,membershipRule');

/** Adds `memberId` to the group, or takes it out. */
export function membershipCommand(
  action: 'addMember' | 'removeMember',
  groupId: string,
  memberId: string,
): string | null {
  if (action === 'removeMember')
    return request('DELETE', '/v1.0/groups/', [groupId, '/members/', memberId], '/$ref');
  if (!isGuid(memberId)) return null;
  return request('POST', '/v1.0/groups/', [groupId], '/members/$ref', {
    '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${memberId}`,
  });
}

/**
 * One request to Graph, null when an id is not a GUID. Every second part of `ids` is an id, the others are
 * path.
 */
export function request(
  method: string,
  before: string,
  ids: readonly string[],
  after: string,
  body?: Json,
): string | null {
  if (!ids.every((part, index) => index % 2 === 1 || isGuid(part))) return null;
  const uri = `${before}${ids.join('')}${after}`;
  const sent = body === undefined ? '' : ` -Body '${quotable(body)}'`;
  return `Invoke-MgGraphRequest -Method ${method} -Uri '${uri}'${sent}`;
}

/**
 * JSON text of printable ASCII without a single quote (curly quotes end a PowerShell text too) and without
 * two blanks in a row, which a page would show as one.
 */
const quotable = (body: Json): string =>
  JSON.stringify(body).replace(/[^\x20-\x26\x28-\x7e]| (?= )/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
