import type { ObjectType } from './model.js';

/** Graph's names whose audit name is not simply the same with a capital (backup fact sheet 6.3). */
const internalNames: Readonly<Record<string, string>> = {
  officeLocation: 'PhysicalDeliveryOfficeName',
  businessPhones: 'TelephoneNumber',
  mobilePhone: 'Mobile',
  otherMails: 'OtherMail',
  visibility: 'IsPublic',
  groupTypes: 'GroupType',
  identifierUris: 'AppIdentifierUri',
  info: 'AppInformationalUrl',
  isFallbackPublicClient: 'PublicClient',
  appRoles: 'AppRole',
  api: 'ExposedApi',
  web: 'AppAddress',
  spa: 'AppAddress',
  publicClient: 'AppAddress',
  replyUrls: 'AppAddress',
  servicePrincipalNames: 'ServicePrincipalName',
  appRoleAssignmentRequired: 'ExplicitAccessGrantRequired',
  employeeLeaveDateTime: 'EmployeeLeaveDate',
  assignedLicenses: 'AssignedLicense',
  signInSessionsValidFromDateTime: 'StsRefreshTokensValidFrom',
};

const tagNames: Readonly<Partial<Record<ObjectType, string>>> = {
  application: 'ApplicationTag',
  servicePrincipal: 'ServicePrincipalTag',
};

/** What the audit trail calls a property of a kind of object. */
export function auditName(type: ObjectType, property: string): string {
  const extension = /^extensionAttribute(\d+)$/.exec(property);
  if (extension) return `ExtensionAttribute${extension[1]}`;
  if (property === 'tags') return tagNames[type] ?? 'Tags';
  return internalNames[property] ?? property.charAt(0).toUpperCase() + property.slice(1);
}

/** The noun in activity names such as "Update user". */
export const typeNouns: Readonly<Record<ObjectType, string>> = {
  user: 'user',
  group: 'group',
  application: 'application',
  servicePrincipal: 'service principal',
  roleAssignment: 'role assignment',
  roleEligibility: 'role eligibility',
  appRoleAssignment: 'app role assignment',
  oAuth2PermissionGrant: 'delegated permission grant',
  conditionalAccessPolicy: 'Conditional Access policy',
  namedLocation: 'named location',
  authorizationPolicy: 'authorization policy',
  authenticationMethodsPolicy: 'authentication methods policy',
  authenticationStrengthPolicy: 'authentication strength policy',
  organization: 'company',
};

export const auditCategories: Readonly<Record<ObjectType, string>> = {
  user: 'UserManagement',
  group: 'GroupManagement',
  application: 'ApplicationManagement',
  servicePrincipal: 'ApplicationManagement',
  roleAssignment: 'RoleManagement',
  roleEligibility: 'RoleManagement',
  appRoleAssignment: 'ApplicationManagement',
  oAuth2PermissionGrant: 'ApplicationManagement',
  conditionalAccessPolicy: 'Policy',
  namedLocation: 'Policy',
  authorizationPolicy: 'AuthorizationPolicy',
  authenticationMethodsPolicy: 'ApplicationManagement',
  authenticationStrengthPolicy: 'ApplicationManagement',
  organization: 'DirectoryManagement',
};
