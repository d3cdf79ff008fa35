import { draft, targetOf } from './audit-draft.js';
import { told, untold, type AuditDraft } from './audit-event.js';
import { text, type DirectoryObject, type Initiator, type Properties } from './model.js';

export function roleRow(
  principal: DirectoryObject,
  role: { readonly id: string; readonly displayName: string },
  added: boolean,
  by: Initiator,
): AuditDraft {
  const tell = added ? told : untold;
  return {
    category: 'RoleManagement',
    activity: added ? 'Add member to role' : 'Remove member from role',
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

/** The target is the resource; the grantee is told by name and application id only (D.5). */
export function appRoleRow(
  resource: DirectoryObject,
  grantee: DirectoryObject,
  role: { readonly id: string; readonly value: string },
  added: boolean,
  by: Initiator,
): AuditDraft {
  const tell = added ? told : untold;
  const subject = grantee.type === 'user' ? 'user' : 'service principal';
  return {
    category: grantee.type === 'user' ? 'UserManagement' : 'ApplicationManagement',
    activity: `${added ? 'Add' : 'Remove'} app role assignment ${added ? 'to' : 'from'} ${subject}`,
    operationType: added ? 'Assign' : 'Unassign',
    by,
    targets: [
      targetOf(resource, [
        tell('AppRole.Id', role.id),
        tell('AppRole.Value', role.value),
        tell('AppRole.DisplayName', role.value),
        tell('ServicePrincipal.DisplayName', text(grantee.properties, 'displayName') || null),
        tell('ServicePrincipal.AppId', text(grantee.properties, 'appId') || null),
      ]),
    ],
  };
}

/** The end of a delegated grant, told on its client. */
export function grantEndRow(
  client: DirectoryObject,
  grant: Readonly<Properties>,
  by: Initiator,
): AuditDraft {
  return draft(client, 'Remove delegated permission grant', 'Unassign', by, [
    untold('DelegatedPermissionGrant.Scope', text(grant, 'scope')),
  ]);
}
