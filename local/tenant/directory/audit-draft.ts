import type { AuditDraft, AuditTarget, ModifiedProperty } from './audit-event.js';
import { text, type DirectoryObject, type Initiator, type ObjectType } from './model.js';
import { auditCategories } from './property-names.js';

const targetTypes: Readonly<Partial<Record<ObjectType, AuditTarget['type']>>> = {
  user: 'User',
  group: 'Group',
  application: 'Application',
  servicePrincipal: 'ServicePrincipal',
  conditionalAccessPolicy: 'Policy',
  namedLocation: 'Policy',
  authorizationPolicy: 'Policy',
  authenticationMethodsPolicy: 'Policy',
  authenticationStrengthPolicy: 'Policy',
  organization: 'Directory',
};

/** A row about one object under an activity of its own. */
export function draft(
  object: DirectoryObject,
  activity: string,
  operationType: string,
  by: Initiator,
  modified: readonly ModifiedProperty[],
): AuditDraft {
  return {
    category: auditCategories[object.type],
    activity,
    operationType,
    by,
    targets: [targetOf(object, modified)],
  };
}

/** The object as a target, with the properties that the row tells. */
export function targetOf(
  object: DirectoryObject,
  modified: readonly ModifiedProperty[],
): AuditTarget {
  const userPrincipalName = text(object.properties, 'userPrincipalName') || null;
  const types = object.properties['groupTypes'];
  return {
    id: object.id,
    displayName: object.type === 'user' ? null : text(object.properties, 'displayName') || null,
    type: targetTypes[object.type] ?? 'Other',
    ...(userPrincipalName === null ? {} : { userPrincipalName }),
    ...(object.type === 'group'
      ? {
          groupType:
            Array.isArray(types) && types.includes('Unified') ? 'unifiedGroups' : 'azureAD',
        }
      : {}),
    modified,
  };
}
