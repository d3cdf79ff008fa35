/** Between whom an assignment or a grant is, as plans name it: relations have no lasting id. */
export interface Relation {
  readonly ownerId: string;
  readonly property: string;
  readonly value: string;
}

/** Null for objects that are no relation. */
export function relationOf(object: {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}): Relation | null {
  const part = (name: string): string => String(object.properties[name]);
  if (object.type === 'appRoleAssignment') {
    const property = `appRoleAssignments/${part('resourceId')}/${part('appRoleId')}`;
    return { ownerId: part('principalId'), property, value: 'granted' };
  }
  if (object.type === 'oAuth2PermissionGrant') {
    const whom = object.properties['principalId'] == null ? 'all' : part('principalId');
    const property = `oauth2PermissionGrants/${part('resourceId')}/${whom}`;
    return { ownerId: part('clientId'), property, value: part('scope') };
  }
  return null;
}
