import { text } from './model.js';
import type { Directory } from './directory.js';

/** Values of the app roles that a user or service principal was granted on one resource. */
export function appRolesOf(
  directory: Directory,
  principalId: string,
  resourceServicePrincipalId: string,
): string[] {
  const resource = directory.now.get(resourceServicePrincipalId);
  const defined = (resource?.properties['appRoles'] ?? []) as unknown as readonly {
    readonly id: string;
    readonly value: string;
  }[];
  const values = new Map(defined.map(({ id, value }) => [id, value]));
  const granted: string[] = [];
  for (const { properties } of directory.now.list('appRoleAssignment')) {
    if (properties['principalId'] !== principalId) continue;
    if (properties['resourceId'] !== resourceServicePrincipalId) continue;
    const value = values.get(text(properties, 'appRoleId'));
    if (value !== undefined) granted.push(value);
  }
  return granted;
}
