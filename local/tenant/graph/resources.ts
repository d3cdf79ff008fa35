import type { DirectoryObject, Json, ObjectType } from '../directory/model.js';
import { policyResources } from './resource-policies.js';
import { flag, moment, shape, text, words, type Resource } from './resource-shape.js';

const user: Resource = {
  name: 'user',
  set: 'users',
  properties: shape(
    `id accountEnabled ageGroup city companyName consentProvidedForMinor country
      createdDateTime creationType deletedDateTime department displayName employeeHireDate
      employeeId employeeLeaveDateTime employeeOrgData employeeType externalUserState
      faxNumber givenName jobTitle lastPasswordChangeDateTime mail mailNickname mobilePhone
      officeLocation onPremisesDistinguishedName onPremisesDomainName
      onPremisesExtensionAttributes onPremisesImmutableId onPremisesLastSyncDateTime
      onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled
      onPremisesUserPrincipalName passwordPolicies passwordProfile postalCode
      preferredDataLocation preferredLanguage securityIdentifier showInAddressList
      signInSessionsValidFromDateTime state streetAddress surname usageLocation
      userPrincipalName userType`,
    `assignedLicenses businessPhones identities otherMails proxyAddresses`,
  ),
  defaults: words(`businessPhones displayName givenName jobTitle mail mobilePhone officeLocation
      preferredLanguage surname userPrincipalName id`),
  filterable: {
    id: 'eq in|ne',
    userPrincipalName: text,
    mail: text,
    displayName: text,
    givenName: text,
    surname: text,
    department: text,
    jobTitle: text,
    city: text,
    country: text,
    state: text,
    companyName: '|eq in ne startswith',
    employeeId: text,
    employeeType: '|eq in ne startswith',
    officeLocation: '|eq in ne startswith',
    usageLocation: text,
    userType: flag,
    accountEnabled: flag,
    onPremisesSyncEnabled: flag,
    createdDateTime: moment,
    proxyAddresses: 'eq startswith|endswith',
    otherMails: 'eq startswith|endswith',
    'assignedLicenses/skuId': 'eq',
  },
};

const group: Resource = {
  name: 'group',
  set: 'groups',
  properties: shape(
    `id deletedDateTime classification createdDateTime description displayName
      expirationDateTime isAssignableToRole mail mailNickname membershipRule
      membershipRuleProcessingState onPremisesSyncEnabled onPremisesLastSyncDateTime
      onPremisesSecurityIdentifier preferredDataLocation preferredLanguage renewedDateTime
      securityIdentifier theme visibility`,
    `groupTypes proxyAddresses`,
    { mailEnabled: false, securityEnabled: true },
  ),
  defaults: words(`id deletedDateTime classification createdDateTime description displayName
      expirationDateTime groupTypes isAssignableToRole mail mailEnabled mailNickname
      membershipRule membershipRuleProcessingState onPremisesLastSyncDateTime
      onPremisesSyncEnabled proxyAddresses securityEnabled visibility`),
  filterable: {
    id: 'eq in|ne',
    displayName: text,
    mail: text,
    mailNickname: text,
    isAssignableToRole: 'eq|ne',
    mailEnabled: 'eq|ne',
    securityEnabled: flag,
    onPremisesSyncEnabled: flag,
    membershipRuleProcessingState: 'eq',
    groupTypes: 'eq|ne',
    createdDateTime: moment,
  },
};

const application: Resource = {
  name: 'application',
  set: 'applications',
  properties: shape(
    `id deletedDateTime appId createdDateTime description displayName isDisabled notes
      publisherDomain signInAudience`,
    `identifierUris keyCredentials passwordCredentials requiredResourceAccess tags`,
  ),
  defaults: [],
  filterable: { id: 'eq in', appId: 'eq in', displayName: text, identifierUris: 'eq startswith' },
};

const servicePrincipal: Resource = {
  name: 'servicePrincipal',
  set: 'servicePrincipals',
  properties: shape(
    `id deletedDateTime accountEnabled appDisplayName appId appOwnerOrganizationId
      description disabledByMicrosoftStatus displayName loginUrl notes servicePrincipalType
      signInAudience`,
    `alternativeNames appRoles keyCredentials oauth2PermissionScopes passwordCredentials
      servicePrincipalNames tags`,
    { appRoleAssignmentRequired: false },
  ),
  defaults: [],
  filterable: {
    id: 'eq in',
    appId: 'eq in',
    displayName: text,
    accountEnabled: flag,
    servicePrincipalType: 'eq in',
    servicePrincipalNames: 'eq startswith',
  },
};

const roleAssignment: Resource = {
  name: 'unifiedRoleAssignment',
  set: 'roleManagement/directory/roleAssignments',
  properties: shape(`id principalId roleDefinitionId directoryScopeId`, ``),
  defaults: [],
  filterable: { id: 'eq', principalId: 'eq in', roleDefinitionId: 'eq in', directoryScopeId: 'eq' },
};

const appRoleAssignment: Resource = {
  name: 'appRoleAssignment',
  set: 'appRoleAssignments',
  properties: shape(
    `id deletedDateTime appRoleId createdDateTime principalDisplayName principalId
      principalType resourceDisplayName resourceId`,
    ``,
  ),
  defaults: [],
  filterable: { resourceId: 'eq', principalId: 'eq' },
};

const oAuth2PermissionGrant: Resource = {
  name: 'oAuth2PermissionGrant',
  set: 'oauth2PermissionGrants',
  properties: shape(`id clientId consentType principalId resourceId scope`, ``),
  defaults: [],
  filterable: {
    clientId: 'eq',
    consentType: 'eq',
    principalId: 'eq',
    resourceId: 'eq',
    scope: 'eq',
  },
};

export const resources: Readonly<Record<ObjectType, Resource>> = {
  user,
  group,
  application,
  servicePrincipal,
  roleAssignment,
  appRoleAssignment,
  oAuth2PermissionGrant,
  ...policyResources,
};

/** A property as stored, or the value of an object that has none. */
export function read(object: DirectoryObject, name: string): Json {
  if (name === 'id') return object.id;
  const resource = resources[object.type];
  return object.properties[name] ?? resource.properties[name] ?? derivedOf(object)[name] ?? null;
}

/** The properties that an object has because of its derived type; empty for most objects. */
export function derivedOf(object: DirectoryObject): Readonly<Record<string, Json>> {
  const type = object.properties['@odata.type'];
  return (typeof type === 'string' ? resources[object.type].derived?.[type] : undefined) ?? {};
}
