import type { ObjectType } from '../attribution/audit.js';
import {
  assignments,
  byHand,
  member,
  native,
  restorable,
  row,
  surgical,
  type CoverageRow,
  type ValueKind,
} from './coverage-row.js';

/** Written where the audit row states the value as Graph has it; another form is never written. */
const inGraphsForm = { note: 'only where the audit row states it in the form that Graph has' };
const complex: ValueKind = 'object';

const fixed = 'read-only in Graph';

/**
 * Credentials are never recovered and never shown (backup fact sheet 5.6): what the actor added is listed
 * by its key id, with the command that removes it.
 */
const credentials = (objectType: ObjectType): CoverageRow[] => [
  row(objectType, 'keyIdentifiers', 'keyIdentifiers', 'credentials', 'manual', {
    note: 'credentials are never recovered: remove what the actor added, rotate the rest',
  }),
  ...byHand(objectType, [
    [
      'KeyDescription',
      'credentials are never recovered: remove what the actor added, rotate the rest',
      { secret: true, aliases: ['Credential', 'KeyCredentials', 'PasswordCredentials'] },
    ],
    [
      'FederatedIdentityCredentials',
      'trusts of other issuers are never recovered: review them under Certificates & secrets and remove what the actor added',
      { secret: true },
    ],
  ]),
];

/**
 * Applications and service principals, and with them the objects of Agent ID (a blueprint is an
 * application; an agent identity and a blueprint principal are service principals): backup fact sheet 6.1
 * to 6.4, 5.6.
 */
export const applicationRows: readonly CoverageRow[] = [
  restorable('application', 'its service principal is an object of its own, restored after it'),
  ...surgical('application', [
    ['DisplayName', 'displayName', 'string', { neverEmpty: true }],
    ['Description', 'description', 'string'],
    ['Notes', 'notes', 'string'],
    ['ApplicationTag', 'tags', 'stringList', { aliases: ['Tags'] }],
    ['AppIdentifierUri', 'identifierUris', 'stringList', { aliases: ['IdentifierUris'] }],
    ['PublicClient', 'isFallbackPublicClient', 'boolean'],
    ['IsDeviceOnlyAuthSupported', 'isDeviceOnlyAuthSupported', 'boolean'],
    ['ServiceManagementReference', 'serviceManagementReference', 'string'],
    ['RequiredResourceAccess', 'requiredResourceAccess', complex, inGraphsForm],
    ['NativeAuthenticationApisEnabled', 'nativeAuthenticationApisEnabled', 'string'],
    ['SignInAudience', 'signInAudience', 'string', { neverEmpty: true }],
    ['GroupMembershipClaims', 'groupMembershipClaims', 'string'],
    ['OptionalClaims', 'optionalClaims', complex, inGraphsForm],
    ['IsDisabled', 'isDisabled', 'boolean'],
    ['AddIns', 'addIns', complex, inGraphsForm],
    [
      'ServicePrincipalLockConfiguration',
      'servicePrincipalLockConfiguration',
      complex,
      inGraphsForm,
    ],
    ['AppInformationalUrl', 'info', complex, inGraphsForm],
  ]),
  ...native('application', [
    ['AppCreatedDateTime', 'createdDateTime', 'dateTime', fixed],
    ['PublisherDomain', 'publisherDomain', 'string', fixed],
  ]),
  ...byHand('application', [
    [
      'AppAddress',
      'redirect URIs are outside every recovery: compare and set them under App registrations, Authentication',
    ],
    [
      'AppRole',
      'app roles are outside every recovery: compare and set them under App registrations, App roles',
    ],
    [
      'ExposedApi',
      'the exposed API is outside every recovery: compare and set it under App registrations, Expose an API',
    ],
    ['owners/*', 'owners are outside every recovery: add or remove each by hand'],
  ]),
  ...credentials('application'),

  restorable('servicePrincipal', 'its grants and assignments come back with it'),
  member('servicePrincipal', 'as member of static groups'),
  assignments('servicePrincipal'),
  row(
    'servicePrincipal',
    'oauth2PermissionGrants/*',
    'oauth2PermissionGrants/*',
    'scopes',
    'surgical',
    { note: 'delegated permissions by resource and principal, as words in any order' },
  ),
  ...surgical('servicePrincipal', [
    ['AccountEnabled', 'accountEnabled', 'boolean', { neverEmpty: true }],
    ['AlternativeNames', 'alternativeNames', 'stringList'],
    ['ExplicitAccessGrantRequired', 'appRoleAssignmentRequired', 'boolean', { neverEmpty: true }],
    ['DisplayName', 'displayName', 'string', { neverEmpty: true }],
    ['Description', 'description', 'string'],
    ['LoginUrl', 'loginUrl', 'string'],
    ['Notes', 'notes', 'string'],
    ['NotificationEmailAddresses', 'notificationEmailAddresses', 'stringList'],
    ['PreferredTokenSigningKeyThumbprint', 'preferredTokenSigningKeyThumbprint', 'string'],
    ['ServicePrincipalTag', 'tags', 'stringList', { aliases: ['Tags'] }],
    ['PreferredSingleSignOnMode', 'preferredSingleSignOnMode', 'string'],
    ['SamlSingleSignOnSettings', 'samlSingleSignOnSettings', complex, inGraphsForm],
    ['ServicePrincipalName', 'servicePrincipalNames', 'stringList', { neverEmpty: true }],
  ]),
  ...native('servicePrincipal', [
    ['ServicePrincipalType', 'servicePrincipalType', 'string', fixed],
    ['PublisherName', 'publisherName', 'string', fixed],
  ]),
  ...byHand('servicePrincipal', [
    [
      'AppAddress',
      'redirect URIs are outside every recovery: compare and set them under App registrations, Authentication',
    ],
    [
      'AppRole',
      'app roles are outside every recovery: compare and set them under App registrations, App roles',
    ],
    ['owners/*', 'owners are outside every recovery: add or remove each by hand'],
    ['AppRoleAssignment', 'the row does not say to whom: compare its assignments in the portal'],
    [
      'DelegatedPermissionGrant',
      'the row does not say for whom: compare its consents in the portal',
    ],
  ]),
  ...credentials('servicePrincipal'),
];
