import type { DirectoryObject, Json, ObjectType } from '../directory/model.js';
import { appResources } from './resource-apps.js';
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
  derived: { '#microsoft.graph.agentUser': { identityParentId: null } },
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

export const resources: Readonly<Record<ObjectType, Resource>> = {
  user,
  group,
  ...appResources,
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
