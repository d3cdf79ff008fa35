import { draft, targetOf } from './audit-draft.js';
import {
  quotedValue,
  told,
  untold,
  type AuditDraft,
  type ModifiedProperty,
} from './audit-event.js';
import { text, type DirectoryObject, type Initiator, type ObjectType } from './model.js';
import { auditCategories, typeNouns } from './property-names.js';

export function roleRow(
  principal: DirectoryObject,
  role: { readonly id: string; readonly displayName: string },
  added: boolean,
  by: Initiator,
  noun: 'member' | 'eligible member',
): AuditDraft {
  const tell = added ? told : untold;
  return {
    category: 'RoleManagement',
    activity: added ? `Add ${noun} to role` : `Remove ${noun} from role`,
    operationType: added ? 'Assign' : 'Unassign',
    by,
    targets: [
      targetOf(principal, [
        tell('Role.ObjectID', role.id),
        tell('Role.DisplayName', role.displayName),
        tell('Role.TemplateId', role.id),
        tell('Role.WellKnownObjectName', role.displayName.replaceAll(' ', '')),
      ]),
      { id: role.id, displayName: null, type: 'Role', modified: [] },
    ],
  };
}

/** The target is the resource; who was granted the role is told in its properties (D.5). */
export function appRoleRow(
  resource: DirectoryObject,
  grantee: DirectoryObject,
  role: { readonly id: string; readonly value: string },
  added: boolean,
  by: Initiator,
): AuditDraft {
  const tell = added ? told : untold;
  const modified = [
    tell('AppRole.Id', role.id),
    tell('AppRole.Value', role.value),
    tell('AppRole.DisplayName', role.value),
    ...facts(grantee, tell),
  ];
  return {
    category: auditCategories[grantee.type],
    activity: appRoleActivity(grantee.type, added),
    operationType: added ? 'Assign' : 'Unassign',
    by,
    targets: [targetOf(resource, modified)],
  };
}

/** Only the grant to a user is called one. */
function appRoleActivity(type: ObjectType, added: boolean): string {
  if (!added) return `Remove app role assignment from ${typeNouns[type]}`;
  const grant = type === 'user' ? 'grant ' : '';
  return `Add app role assignment ${grant}to ${typeNouns[type]}`;
}

const prefixes: Readonly<Partial<Record<ObjectType, string>>> = {
  user: 'User',
  group: 'Group',
  servicePrincipal: 'ServicePrincipal',
};

function facts({ id, type, properties }: DirectoryObject, tell: typeof told): ModifiedProperty[] {
  const prefix = prefixes[type] ?? 'Object';
  const own = { user: ['UPN', 'userPrincipalName'], servicePrincipal: ['AppId', 'appId'] } as const;
  const [name, property] =
    (own as Partial<Record<ObjectType, readonly [string, string]>>)[type] ?? [];
  return [
    tell(`${prefix}.ObjectID`, id),
    tell(`${prefix}.DisplayName`, text(properties, 'displayName') || null),
    ...(name === undefined || property === undefined
      ? []
      : [tell(`${prefix}.${name}`, text(properties, property) || null)]),
  ];
}

/** The grant's side of a row: the resource API is the first target, the client the second. */
export interface GrantEnds {
  readonly resource: DirectoryObject;
  readonly client: DirectoryObject;
  /** The one person who consented; absent for everybody. */
  readonly principal?: DirectoryObject;
}

/**
 * A delegated grant that begins, changes or ends; a scope of null is none. A change is told twice, as an
 * addition and as a removal, and both rows state old and new (seen in two tenants, September 2026).
 */
export function grantRow(
  ends: GrantEnds,
  scope: { readonly before: string | null; readonly after: string | null },
  by: Initiator,
): AuditDraft {
  const ended = scope.after === null;
  const tell = ended ? untold : told;
  const { resource, client, principal } = ends;
  const isAmended = scope.before !== null && scope.after !== null;
  const consentType = principal ? 'Principal' : 'AllPrincipals';
  const modified: ModifiedProperty[] = [
    {
      displayName: 'DelegatedPermissionGrant.Scope',
      oldValue: quotedValue(scope.before),
      newValue: quotedValue(scope.after),
    },
    isAmended
      ? unchanged('DelegatedPermissionGrant.ConsentType', consentType)
      : tell('DelegatedPermissionGrant.ConsentType', consentType),
    ...facts(client, tell),
    ...(principal === undefined ? [] : facts(principal, tell)),
  ];
  const removal: AuditDraft = {
    category: 'ApplicationManagement',
    activity: 'Remove delegated permission grant',
    operationType: 'Unassign',
    by,
    targets: [targetOf(resource, modified), targetOf(client, [])],
  };
  if (ended) return removal;
  const addition = {
    ...removal,
    activity: 'Add delegated permission grant',
    operationType: 'Assign',
  };
  return isAmended ? { ...addition, again: removal } : addition;
}

/** A fact that is the same before and after. */
const unchanged = (name: string, value: string): ModifiedProperty => ({
  displayName: name,
  oldValue: quotedValue(value),
  newValue: quotedValue(value),
});

/** What the consent page leaves beside the grant itself. */
export function consentRow(
  { resource, client, principal }: GrantEnds,
  grant: { readonly id: string; readonly scope: string },
  by: Initiator,
): AuditDraft {
  const everybody = principal === undefined;
  const entry = [
    `Id: ${grant.id}`,
    `ClientId: ${client.id}`,
    `PrincipalId: ${principal?.id ?? ''}`,
    `ResourceId: ${resource.id}`,
    `ConsentType: ${everybody ? 'AllPrincipals' : 'Principal'}`,
    `Scope: ${grant.scope}`,
  ].join(', ');
  return draft(client, 'Consent to application', 'Assign', by, [
    told('ConsentContext.IsAdminConsent', everybody ? 'True' : 'False'),
    told('ConsentContext.IsAppOnly', 'False'),
    told('ConsentContext.OnBehalfOfAll', everybody ? 'True' : 'False'),
    told('ConsentContext.Tags', 'WindowsAzureActiveDirectoryIntegratedApp'),
    told('ConsentAction.Permissions', `[] => [[${entry}]]; `),
  ]);
}
