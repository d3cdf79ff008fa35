import { byHand, native, restorable, row, surgical, type CoverageRow } from './coverage-row.js';

const needed = { neverEmpty: true };
const unreadable =
  'for rows whose policy text is cut off or unreadable: what it was is unknown to us, not to the service';
/** In rows of Core Directory the policy stands in a form of the directory's own. */
const directoryForm = ['PolicyDetail'];
const perUserMfa = 'settings of per-user MFA have no property in Graph v1.0';

/**
 * Policies and settings of the tenant (backup fact sheet 6.1 to 6.3). The audit rows of Conditional Access
 * state the whole policy, old and new (graph fact sheet D.5); of the authentication methods policy since April
 * 2026 only where it changed as a whole (Entra release notes).
 */
export const policyRows: readonly CoverageRow[] = [
  restorable(
    'conditionalAccessPolicy',
    'from the recycle bin of Conditional Access, within 30 days',
  ),
  ...surgical('conditionalAccessPolicy', [
    ['displayName', 'displayName', 'string', needed],
    ['state', 'state', 'string', needed],
    ['conditions', 'conditions', 'document', needed],
    ['grantControls', 'grantControls', 'document'],
    ['sessionControls', 'sessionControls', 'document'],
  ]),
  row('conditionalAccessPolicy', 'ConditionalAccessPolicy', null, 'document', 'native', {
    note: unreadable,
    aliases: directoryForm,
  }),

  restorable(
    'namedLocation',
    'from the recycle bin of Conditional Access, within 30 days; a trusted one of the actor is deleted by hand',
  ),
  ...surgical('namedLocation', [
    ['displayName', 'displayName', 'string', needed],
    ['isTrusted', 'isTrusted', 'boolean', needed],
    ['ipRanges', 'ipRanges', 'document', needed],
    ['countriesAndRegions', 'countriesAndRegions', 'stringList', needed],
    ['countryLookupMethod', 'countryLookupMethod', 'string', needed],
    ['includeUnknownCountriesAndRegions', 'includeUnknownCountriesAndRegions', 'boolean', needed],
  ]),
  row('namedLocation', 'NamedLocation', null, 'document', 'native', {
    note: unreadable,
    aliases: directoryForm,
  }),

  ...surgical('authorizationPolicy', [
    ['BlockMsolPowerShell', 'blockMsolPowerShell', 'boolean', needed],
    ['GuestUserRoleId', 'guestUserRoleId', 'string', needed],
    ['AllowInvitesFrom', 'allowInvitesFrom', 'string', needed],
    [
      'AllowedToSignUpEmailBasedSubscriptions',
      'allowedToSignUpEmailBasedSubscriptions',
      'boolean',
      needed,
    ],
    ['AllowedToUseSSPR', 'allowedToUseSSPR', 'boolean', needed],
    [
      'AllowEmailVerifiedUsersToJoinOrganization',
      'allowEmailVerifiedUsersToJoinOrganization',
      'boolean',
      needed,
    ],
    ['AllowUserConsentForRiskyApps', 'allowUserConsentForRiskyApps', 'boolean'],
    ['DefaultUserRolePermissions', 'defaultUserRolePermissions', 'document', needed],
    ['DisplayName', 'displayName', 'string', needed],
    ['Description', 'description', 'string'],
  ]),

  row(
    'authenticationMethodPolicy',
    'authenticationMethodConfigurations/*',
    'authenticationMethodConfigurations/*',
    'document',
    'surgical',
    { neverEmpty: true, note: 'method by method: who may register and use it' },
  ),
  ...surgical('authenticationMethodPolicy', [
    ['registrationEnforcement', 'registrationEnforcement', 'document', needed],
    ['reconfirmationInDays', 'reconfirmationInDays', 'number', needed],
    ['policyMigrationState', 'policyMigrationState', 'string', needed],
  ]),
  ...byHand('authenticationMethodPolicy', [
    ['displayName', 'read-only in Graph: the service gives this policy its name'],
    ['description', 'read-only in Graph: the service gives this policy its description'],
  ]),
  row('authenticationMethodPolicy', 'AuthenticationMethodsPolicy', null, 'document', 'native', {
    note: `${unreadable}; since April 2026 most rows state single settings only`,
  }),

  ...byHand('authenticationStrengthPolicy', [
    ['*', 'authentication strengths have no recycle bin: create it again by hand'],
  ]),
  ...surgical('authenticationStrengthPolicy', [
    ['displayName', 'displayName', 'string', needed],
    ['description', 'description', 'string'],
    ['allowedCombinations', 'allowedCombinations', 'stringList', needed],
  ]),
  row('authenticationStrengthPolicy', 'AuthenticationStrengthPolicy', null, 'document', 'native', {
    note: `${unreadable}; whether strengths are backed up is not published`,
  }),

  ...surgical('organization', [
    ['MarketingNotificationEmails', 'marketingNotificationEmails', 'stringList'],
    ['TechnicalNotificationMails', 'technicalNotificationMails', 'stringList'],
    ['SecurityComplianceNotificationMails', 'securityComplianceNotificationMails', 'stringList'],
    ['SecurityComplianceNotificationPhones', 'securityComplianceNotificationPhones', 'stringList'],
    ['PrivacyProfile', 'privacyProfile', 'document'],
  ]),
  ...native('organization', [
    ['StrongAuthenticationDetails', 'strongAuthenticationDetails', 'object', perUserMfa],
    ['StrongAuthenticationPolicy', 'strongAuthenticationPolicy', 'object', perUserMfa],
  ]),
  ...byHand('organization', [
    ['DisplayName', 'set the name of the tenant again in the portal'],
    ['DirSyncEnabled', 'the source of authority is not changed by any recovery'],
  ]),
];
