import type { ObjectType } from '../directory/model.js';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/**
 * What the service backs up and reverts, by Graph's names (backup fact sheet 6.2, 6.3). Kinds that are
 * missing are not backed up. `perUserMfaState` is no property of the users of this tenant, so there is
 * none to revert. Whether authentication strengths are backed up is unknown; here they are not.
 */
export const covered: Readonly<Partial<Record<ObjectType, readonly string[]>>> = {
  user: words(`
    accountEnabled ageGroup city companyName consentProvidedForMinor country department displayName
    employeeHireDate employeeId employeeLeaveDateTime employeeOrgData employeeType faxNumber givenName
    jobTitle mail mailNickname mobilePhone otherMails passwordPolicies officeLocation postalCode
    preferredDataLocation preferredLanguage state streetAddress surname businessPhones usageLocation
    userPrincipalName userType`),
  group: words(`
    classification description displayName groupTypes visibility mail mailEnabled mailNickname
    preferredDataLocation preferredLanguage securityEnabled theme`),
  conditionalAccessPolicy: words(`displayName state conditions grantControls sessionControls`),
  namedLocation: words(`
    displayName isTrusted ipRanges countriesAndRegions includeUnknownCountriesAndRegions
    countryLookupMethod`),
  authorizationPolicy: words(`blockMsolPowerShell guestUserRoleId`),
  authenticationMethodsPolicy: words(`authenticationMethodConfigurations`),
  application: words(`
    displayName description notes tags identifierUris isFallbackPublicClient publisherDomain
    isDeviceOnlyAuthSupported serviceManagementReference requiredResourceAccess
    nativeAuthenticationApisEnabled signInAudience groupMembershipClaims optionalClaims isDisabled
    addIns servicePrincipalLockConfiguration info`),
  servicePrincipal: words(`
    accountEnabled alternativeNames appRoleAssignmentRequired description loginUrl notes
    notificationEmailAddresses preferredTokenSigningKeyThumbprint tags servicePrincipalType
    preferredSingleSignOnMode publisherName samlSingleSignOnSettings servicePrincipalNames`),
  oAuth2PermissionGrant: words(`scope`),
  appRoleAssignment: [],
  organization: words(`strongAuthenticationDetails strongAuthenticationPolicy`),
};

/** Kinds with a recycle bin: they can be soft-deleted and restored. */
export const binned: ReadonlySet<ObjectType> = new Set<ObjectType>([
  'user',
  'group',
  'application',
  'servicePrincipal',
  'conditionalAccessPolicy',
  'namedLocation',
]);

/** Kinds that live with the service principal they give access to (fact sheet 5.4). */
export const riding: ReadonlySet<ObjectType> = new Set<ObjectType>([
  'oAuth2PermissionGrant',
  'appRoleAssignment',
]);
