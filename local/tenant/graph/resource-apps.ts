import { flag, shape, text, type Resource } from './resource-shape.js';

const application: Resource = {
  name: 'application',
  set: 'applications',
  properties: shape(
    `id deletedDateTime appId applicationTemplateId api createdDateTime description
      disabledByMicrosoftStatus displayName groupMembershipClaims info isDeviceOnlyAuthSupported
      isDisabled isFallbackPublicClient nativeAuthenticationApisEnabled notes optionalClaims
      parentalControlSettings publicClient publisherDomain samlMetadataUrl
      serviceManagementReference servicePrincipalLockConfiguration signInAudience spa
      tokenEncryptionKeyId verifiedPublisher web`,
    `addIns appRoles identifierUris keyCredentials passwordCredentials requiredResourceAccess tags`,
  ),
  defaults: [],
  filterable: { id: 'eq in', appId: 'eq in', displayName: text, identifierUris: 'eq startswith' },
  derived: { '#microsoft.graph.agentIdentityBlueprint': {} },
};

const servicePrincipal: Resource = {
  name: 'servicePrincipal',
  set: 'servicePrincipals',
  properties: shape(
    `id deletedDateTime accountEnabled appDescription appDisplayName appId appOwnerOrganizationId
      applicationTemplateId createdDateTime description disabledByMicrosoftStatus displayName
      homepage info loginUrl logoutUrl notes preferredSingleSignOnMode
      preferredTokenSigningKeyThumbprint publisherName samlSingleSignOnSettings
      servicePrincipalType signInAudience tokenEncryptionKeyId verifiedPublisher`,
    `addIns alternativeNames appRoles keyCredentials notificationEmailAddresses
      oauth2PermissionScopes passwordCredentials replyUrls resourceSpecificApplicationPermissions
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
    tags: 'eq',
  },
  derived: {
    '#microsoft.graph.agentIdentityBlueprintPrincipal': {},
    '#microsoft.graph.agentIdentity': { agentIdentityBlueprintId: null },
  },
};

const roleAssignment: Resource = {
  name: 'unifiedRoleAssignment',
  set: 'roleManagement/directory/roleAssignments',
  properties: shape(`id principalId roleDefinitionId directoryScopeId`, ``),
  defaults: [],
  filterable: { id: 'eq', principalId: 'eq in', roleDefinitionId: 'eq in', directoryScopeId: 'eq' },
};

const roleEligibility: Resource = {
  name: 'unifiedRoleEligibilityScheduleInstance',
  set: 'roleManagement/directory/roleEligibilityScheduleInstances',
  properties: shape(
    `id principalId roleDefinitionId directoryScopeId appScopeId startDateTime endDateTime memberType
      roleEligibilityScheduleId`,
    ``,
  ),
  defaults: [],
  filterable: { id: 'eq', principalId: 'eq', roleDefinitionId: 'eq', directoryScopeId: 'eq' },
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

/** Applications, what they and others were granted. */
export const appResources = {
  application,
  servicePrincipal,
  roleAssignment,
  roleEligibility,
  appRoleAssignment,
  oAuth2PermissionGrant,
};
