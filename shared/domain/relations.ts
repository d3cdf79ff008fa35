import type { Delta } from './plan.js';

/**
 * Relations are deltas of the object they belong to, under a natural key: `memberOf/{groupId}`,
 * `appRoleAssignments/{resourceId}/{appRoleId}`, `oauth2PermissionGrants/{resourceId}/{principalId|all}`.
 */
const kinds: ReadonlySet<string> = new Set([
  'memberOf',
  'appRoleAssignments',
  'oauth2PermissionGrants',
]);

/** The object at the other end of a relation, e.g. the group; null when the delta is no relation. */
export function otherEndOf({ property }: Pick<Delta, 'property'>): string | null {
  const [kind = '', id = ''] = property.split('/');
  return kinds.has(kind) && id !== '' ? id.toLowerCase() : null;
}
