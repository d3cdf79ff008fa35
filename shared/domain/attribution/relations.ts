/** The natural key of an assignment or a grant, as plans name it: `RELATION/RESOURCE/KEY`. */
export type RelationKey =
  | { readonly relation: 'assignment'; readonly resourceId: string; readonly appRoleId: string }
  | {
      readonly relation: 'grant';
      readonly resourceId: string;
      /** Null: for all principals. */
      readonly principalId: string | null;
    };

/** The key in a property's name; null for every other property. */
export function relationKey(property: string): RelationKey | null {
  const [relation, resourceId, key] = property.split('/');
  if (resourceId === undefined || key === undefined) return null;
  if (relation === 'appRoleAssignments') {
    return { relation: 'assignment', resourceId, appRoleId: key };
  }
  if (relation !== 'oauth2PermissionGrants') return null;
  return { relation: 'grant', resourceId, principalId: key === 'all' ? null : key };
}

/** The object at the other end of a relation or a membership, lower case; null for other properties. */
export function otherEndOf({ property }: { readonly property: string }): string | null {
  const [relation = '', id = ''] = property.split('/');
  return relation === 'memberOf' && id !== ''
    ? id.toLowerCase()
    : (relationKey(property)?.resourceId.toLowerCase() ?? null);
}
