import type { Directory } from '../directory/directory.js';
import { day, isoSeconds } from '../directory/instants.js';
import type { Json, Properties } from '../directory/model.js';
import { guidFrom } from '../directory/random.js';
import type { PersonName, WorldIds } from './world.js';

export const graphAppId = '00000003-0000-0000-c000-000000000000';

/** Graph permissions that the product's own identity was granted. */
const ourPermissions = [
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'AuditLog.Read.All',
  'DelegatedPermissionGrant.ReadWrite.All',
  'Directory.Read.All',
  'EntraBackup.Read.All',
  'Group.ReadWrite.All',
  'GroupMember.ReadWrite.All',
  'IdentityRiskyUser.ReadWrite.All',
  'Organization.ReadWrite.All',
  'Policy.Read.All',
  'Policy.ReadWrite.AuthenticationMethod',
  'Policy.ReadWrite.Authorization',
  'Policy.ReadWrite.ConditionalAccess',
  'RoleManagement.ReadWrite.Directory',
  'User.DeleteRestore.All',
  'User.EnableDisableAccount.All',
  'User.Read.All',
  'User.ReadWrite.All',
  'User.RevokeSessions.All',
] as const;

/** Further permissions that Graph has, for whoever grants them. */
const otherPermissions = [
  'Directory.ReadWrite.All',
  'Files.Read.All',
  'Mail.Read',
  'Mail.ReadWrite',
];

const incidentRoles: Readonly<Partial<Record<PersonName, readonly string[]>>> = {
  commander: ['Incident.Commander'],
  operator: ['Incident.Operator'],
  approver: ['Incident.Approver'],
  responder: ['Incident.Responder'],
  reader: ['Incident.Reader'],
  actor: ['Incident.Approver', 'Incident.Operator'],
  breakGlass1: ['Incident.Approver', 'Incident.Operator'],
  breakGlass2: ['Incident.Approver', 'Incident.Operator'],
};

/** Applications, service principals and who was granted what. Answers the HR connector's id. */
export function addApplications(
  directory: Directory,
  ids: WorldIds,
  seed: number,
  start: number,
): string {
  const roleIdOf = (resource: string, value: string): string => guidFrom(seed, resource, value);
  const roles = (resource: string, values: readonly string[]): Json =>
    values.map((value) => ({
      id: roleIdOf(resource, value),
      value,
      displayName: value,
      isEnabled: true,
      allowedMemberTypes: ['Application', 'User'],
    }));
  const principal = (id: string, appId: string, name: string, extra: Properties = {}): string => {
    directory.seed('servicePrincipal', id, { ...servicePrincipal(appId, name), ...extra });
    return id;
  };
  const assign = (principalId: string, type: string, resourceId: string, value: string): void => {
    const resource = resourceId === ids.graphServicePrincipalId ? 'graph' : 'api';
    directory.seed('appRoleAssignment', guidFrom(seed, 'assigned', principalId, value), {
      principalId,
      principalType: type,
      resourceId,
      appRoleId: roleIdOf(resource, value),
      createdDateTime: isoSeconds(start - 90 * day),
    });
  };

  const hr = guidFrom(seed, 'hr service principal');
  const graphValues = [...new Set([...ourPermissions, ...otherPermissions])];
  const apiValues = [
    'Incident.Trigger',
    'ActionGroupsSecureWebhook',
    ...new Set(Object.values(incidentRoles).flat()),
  ];
  principal(ids.graphServicePrincipalId, graphAppId, 'Microsoft Graph', {
    appOwnerOrganizationId: 'f8cdef31-a31e-4b4a-93e4-5f571e91255a',
    appRoles: roles('graph', graphValues),
  });
  principal(ids.apiServicePrincipalId, ids.apiAppId, 'Entra incident response API', {
    appRoles: roles('api', apiValues),
  });
  principal(ids.ourServicePrincipalId, ids.ourAppId, 'entra-rewind-identity', {
    servicePrincipalType: 'ManagedIdentity',
  });
  principal(ids.logicAppServicePrincipalId, ids.logicAppAppId, 'sentinel-playbook', {
    servicePrincipalType: 'ManagedIdentity',
  });
  principal(guidFrom(seed, 'bot service principal'), ids.botAppId, 'Entra incident response bot');
  principal(hr, guidFrom(seed, 'hr app'), 'People System Connector');
  addExpenseApp(directory, seed, start, ids);

  for (const value of ourPermissions) {
    assign(ids.ourServicePrincipalId, 'ServicePrincipal', ids.graphServicePrincipalId, value);
  }
  assign(hr, 'ServicePrincipal', ids.graphServicePrincipalId, 'User.ReadWrite.All');
  assign(
    ids.logicAppServicePrincipalId,
    'ServicePrincipal',
    ids.apiServicePrincipalId,
    'Incident.Trigger',
  );
  for (const [name, values] of Object.entries(incidentRoles)) {
    const { id } = ids.people[name as PersonName];
    for (const value of values) assign(id, 'User', ids.apiServicePrincipalId, value);
  }
  return hr;
}

/** An application of the company's own with a secret on either object, a certificate and a consent. */
function addExpenseApp(directory: Directory, seed: number, start: number, ids: WorldIds): void {
  const appId = guidFrom(seed, 'expense app');
  const secret = (name: string): Json => ({
    keyId: guidFrom(seed, name),
    displayName: name,
    hint: 'x7Q',
    startDateTime: isoSeconds(start - 100 * day),
    endDateTime: isoSeconds(start + 200 * day),
  });
  const common = {
    keyCredentials: [
      { keyId: guidFrom(seed, 'certificate'), type: 'AsymmetricX509Cert', usage: 'Verify' },
    ],
  };
  directory.seed('application', guidFrom(seed, 'expense application'), {
    appId,
    displayName: 'Expense Desk',
    signInAudience: 'AzureADMyOrg',
    identifierUris: [`api://${appId}`],
    passwordCredentials: [secret('deployment')],
    isDisabled: null,
    createdDateTime: '2022-05-04T10:00:00Z',
    ...common,
  });
  const servicePrincipalId = guidFrom(seed, 'expense service principal');
  directory.seed('servicePrincipal', servicePrincipalId, {
    ...servicePrincipal(appId, 'Expense Desk'),
    passwordCredentials: [secret('legacy')],
    ...common,
  });
  directory.seed('oAuth2PermissionGrant', guidFrom(seed, 'expense grant'), {
    clientId: servicePrincipalId,
    consentType: 'AllPrincipals',
    principalId: null,
    resourceId: ids.graphServicePrincipalId,
    scope: 'User.Read Mail.Read',
  });
}

function servicePrincipal(appId: string, displayName: string): Properties {
  return {
    accountEnabled: true,
    appId,
    displayName,
    appDisplayName: displayName,
    servicePrincipalType: 'Application',
    appRoleAssignmentRequired: false,
    servicePrincipalNames: [appId],
    appRoles: [],
    tags: [],
    passwordCredentials: [],
    keyCredentials: [],
  };
}
