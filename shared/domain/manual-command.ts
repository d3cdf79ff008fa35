import type { ObjectType } from './audit.js';
import type { Json } from './json.js';
import { writeBody } from './property-paths.js';

/**
 * Graph PowerShell commands for a person to paste. Values come from the audit trail, so an attacker may
 * have written them: bodies are ASCII JSON inside single quotes with every quote escaped, and an id that
 * is not a GUID gives no command at all (null).
 */

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const collections: Partial<Record<ObjectType, string>> = {
  user: 'users',
  group: 'groups',
  application: 'applications',
  servicePrincipal: 'servicePrincipals',
};

/** Sets one property, named as in plans, to `value`. */
export function updateCommand(
  objectType: ObjectType,
  id: string,
  property: string,
  value: Json,
): string | null {
  const collection = collections[objectType];
  if (collection === undefined) return null;
  return request('PATCH', `/v1.0/${collection}/`, [id], '', writeBody({ [property]: value }));
}

/** Brings an object back from the recycle bin. */
export const restoreCommand = (id: string): string | null =>
  request('POST', '/v1.0/directory/deletedItems/', [id], '/restore');

/** Adds `memberId` to the group, or takes it out. */
export function membershipCommand(
  action: 'addMember' | 'removeMember',
  groupId: string,
  memberId: string,
): string | null {
  if (action === 'removeMember')
    return request('DELETE', '/v1.0/groups/', [groupId, '/members/', memberId], '/$ref');
  if (!guid.test(memberId)) return null;
  return request('POST', '/v1.0/groups/', [groupId], '/members/$ref', {
    '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${memberId}`,
  });
}

/** Every second part of `ids` is an id, the others are path. */
function request(
  method: string,
  before: string,
  ids: readonly string[],
  after: string,
  body?: Json,
): string | null {
  if (!ids.every((part, index) => index % 2 === 1 || guid.test(part))) return null;
  const uri = `${before}${ids.join('')}${after}`;
  const sent = body === undefined ? '' : ` -Body '${quotable(body)}'`;
  return `Invoke-MgGraphRequest -Method ${method} -Uri '${uri}'${sent}`;
}

/** JSON text of printable ASCII without a single quote: curly quotes end a PowerShell text too. */
const quotable = (body: Json): string =>
  JSON.stringify(body).replace(/[^\x20-\x26\x28-\x7e]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
