import type { ObjectType } from '../attribution/audit.js';

/**
 * What a native recovery reverts, in Graph's names (backup fact sheet 6.2 and 6.3, page of 2026-08-25).
 * It reverts all of it at once: nothing of the list can be left alone on an object in a job.
 */
const supported: Partial<Readonly<Record<ObjectType, readonly string[] | 'all'>>> = {
  user: [
    ...['accountEnabled', 'ageGroup', 'city', 'companyName', 'consentProvidedForMinor', 'country'],
    ...['department', 'displayName', 'employeeHireDate', 'employeeId', 'employeeLeaveDateTime'],
    ...['employeeOrgData', 'employeeType', 'faxNumber', 'givenName', 'jobTitle', 'mail'],
    ...['mailNickname', 'mobilePhone', 'otherMails', 'passwordPolicies'],
    ...['authentication/requirements/perUserMfaState', 'officeLocation', 'postalCode'],
    ...['preferredDataLocation', 'preferredLanguage', 'state', 'streetAddress', 'surname'],
    ...['businessPhones', 'usageLocation', 'userPrincipalName', 'userType'],
  ],
  group: [
    ...['classification', 'description', 'displayName', 'groupTypes', 'visibility', 'mail'],
    ...['mailEnabled', 'mailNickname', 'preferredDataLocation', 'preferredLanguage'],
    ...['securityEnabled', 'theme'],
  ],
  conditionalAccessPolicy: 'all',
  namedLocation: 'all',
  authorizationPolicy: ['blockMsolPowerShell', 'guestUserRoleId'],
  authenticationMethodPolicy: 'all',
  organization: 'all',
  application: [
    ...['displayName', 'description', 'notes', 'tags', 'identifierUris', 'isFallbackPublicClient'],
    ...['publisherDomain', 'isDeviceOnlyAuthSupported', 'serviceManagementReference'],
    ...['requiredResourceAccess', 'nativeAuthenticationApisEnabled', 'signInAudience'],
    ...['groupMembershipClaims', 'optionalClaims', 'isDisabled', 'addIns'],
    ...['servicePrincipalLockConfiguration', 'info'],
  ],
  servicePrincipal: [
    ...['accountEnabled', 'alternativeNames', 'appRoleAssignmentRequired', 'description'],
    ...['loginUrl', 'notes', 'notificationEmailAddresses', 'preferredTokenSigningKeyThumbprint'],
    ...['tags', 'servicePrincipalType', 'preferredSingleSignOnMode', 'publisherName'],
    ...['samlSingleSignOnSettings', 'servicePrincipalNames'],
  ],
};

/** Whether a native recovery of the object would revert this property. `property` as in plans. */
export function isRevertedNatively(objectType: ObjectType, property: string): boolean {
  const list = supported[objectType];
  if (list === undefined || property === '*') return false;
  return list === 'all' ? !property.includes('/') : list.includes(property);
}

/** Whether a native recovery brings such an object back from the recycle bin, or puts it there. */
export const hasNativeExistence = (objectType: ObjectType): boolean =>
  [
    'user',
    'group',
    'application',
    'servicePrincipal',
    'conditionalAccessPolicy',
    'namedLocation',
  ].includes(objectType);
