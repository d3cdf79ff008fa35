import { flag, shape, words, type Resource } from './resource-shape.js';

const conditionalAccessPolicy: Resource = {
  name: 'conditionalAccessPolicy',
  set: 'identity/conditionalAccess/policies',
  properties: shape(
    `id deletedDateTime templateId displayName createdDateTime modifiedDateTime state conditions
      grantControls sessionControls`,
    ``,
  ),
  defaults: [],
  filterable: { id: 'eq in', displayName: 'eq startswith', state: 'eq' },
};

const namedLocation: Resource = {
  name: 'namedLocation',
  set: 'identity/conditionalAccess/namedLocations',
  properties: shape(`id deletedDateTime displayName createdDateTime modifiedDateTime`, ``),
  defaults: [],
  filterable: { id: 'eq in', displayName: 'eq startswith' },
  derived: {
    '#microsoft.graph.ipNamedLocation': shape(``, `ipRanges`, { isTrusted: false }),
    '#microsoft.graph.countryNamedLocation': shape(``, `countriesAndRegions`, {
      countryLookupMethod: 'clientIpAddress',
      includeUnknownCountriesAndRegions: false,
    }),
  },
};

const authorizationPolicy: Resource = {
  name: 'authorizationPolicy',
  set: 'policies/authorizationPolicy',
  properties: shape(
    `id deletedDateTime displayName description guestUserRoleId allowInvitesFrom
      allowedToSignUpEmailBasedSubscriptions allowedToUseSSPR
      allowEmailVerifiedUsersToJoinOrganization allowUserConsentForRiskyApps blockMsolPowerShell
      defaultUserRolePermissions`,
    ``,
  ),
  defaults: [],
  filterable: {},
};

const authenticationMethodsPolicy: Resource = {
  name: 'authenticationMethodsPolicy',
  set: 'authenticationMethodsPolicy',
  properties: shape(
    `id displayName description lastModifiedDateTime policyVersion policyMigrationState
      reconfirmationInDays registrationEnforcement`,
    `authenticationMethodConfigurations`,
  ),
  defaults: [],
  filterable: {},
};

const authenticationStrengthPolicy: Resource = {
  name: 'authenticationStrengthPolicy',
  set: 'policies/authenticationStrengthPolicies',
  properties: shape(
    `id createdDateTime modifiedDateTime displayName description policyType requirementsSatisfied`,
    `allowedCombinations`,
  ),
  defaults: [],
  filterable: { id: 'eq in', displayName: 'eq', policyType: 'eq' },
};

const organization: Resource = {
  name: 'organization',
  set: 'organization',
  properties: shape(
    `id deletedDateTime displayName tenantType onPremisesSyncEnabled createdDateTime countryLetterCode
      city country postalCode preferredLanguage state street privacyProfile
      defaultUsageLocation`,
    `assignedPlans businessPhones marketingNotificationEmails provisionedPlans
      securityComplianceNotificationMails securityComplianceNotificationPhones
      technicalNotificationMails verifiedDomains`,
  ),
  defaults: words(`id deletedDateTime businessPhones city country countryLetterCode createdDateTime
      defaultUsageLocation displayName marketingNotificationEmails onPremisesSyncEnabled postalCode
      preferredLanguage privacyProfile provisionedPlans securityComplianceNotificationMails
      securityComplianceNotificationPhones state street technicalNotificationMails tenantType
      assignedPlans verifiedDomains`),
  filterable: { id: 'eq', onPremisesSyncEnabled: flag },
};

/** Policies and settings of the tenant. */
export const policyResources = {
  conditionalAccessPolicy,
  namedLocation,
  authorizationPolicy,
  authenticationMethodsPolicy,
  authenticationStrengthPolicy,
  organization,
};
