import type { ObjectType } from './audit.js';
import type { CoverageRow, Support, ValueKind } from './coverage.js';

function row(
  objectType: ObjectType,
  auditProperty: string,
  graphProperty: string | null,
  kind: ValueKind,
  support: Support,
  note = '',
  secret = false,
): CoverageRow {
  return {
    objectType,
    auditProperty,
    aliases: [],
    graphProperty,
    kind,
    support,
    sensitive: false,
    dependsOnDirectoryRole: false,
    neverEmpty: false,
    secret,
    note,
  };
}

type Named = readonly [auditProperty: string, graphProperty: string, kind: ValueKind];

/** Properties that only a native recovery job puts back (backup fact sheet 6.2 and 6.3). */
const native = (objectType: ObjectType, named: readonly Named[]): CoverageRow[] =>
  named.map(([audit, graph, kind]) => row(objectType, audit, graph, kind, 'native'));

const manual = (objectType: ObjectType, named: readonly (readonly [string, string])[]) =>
  named.map(([audit, note]) => row(objectType, audit, null, 'object', 'manual', note));

const credentials = (objectType: ObjectType): CoverageRow[] =>
  ['KeyDescription', 'Credential', 'KeyCredentials', 'PasswordCredentials'].map((name) =>
    row(
      objectType,
      name,
      null,
      'object',
      'manual',
      'credentials are never recovered: remove what the actor added, rotate the rest',
      true,
    ),
  );

/** In the recycle bin for 30 days, brought back under their old id (graph fact sheet C). */
const restorable = (objectType: ObjectType, note: string): CoverageRow =>
  row(objectType, '*', '*', 'existence', 'surgical', note);

/** Everything that is not a user. Group memberships are rows of the member's kind. */
export const otherRows: readonly CoverageRow[] = [
  restorable('group', 'Microsoft 365 and cloud security groups that are in the recycle bin'),
  row('group', 'memberOf', 'memberOf', 'link', 'surgical', 'a group as member of a static group'),
  ...native('group', [
    ['Classification', 'classification', 'string'],
    ['Description', 'description', 'string'],
    ['DisplayName', 'displayName', 'string'],
    ['GroupType', 'groupTypes', 'stringList'],
    ['IsPublic', 'visibility', 'string'],
    ['Mail', 'mail', 'string'],
    ['MailEnabled', 'mailEnabled', 'boolean'],
    ['MailNickname', 'mailNickname', 'string'],
    ['PreferredDataLocation', 'preferredDataLocation', 'string'],
    ['PreferredLanguage', 'preferredLanguage', 'string'],
    ['SecurityEnabled', 'securityEnabled', 'boolean'],
    ['Theme', 'theme', 'string'],
  ]),
  ...manual('group', [
    ['MembershipRule', 'dynamic rules are outside every recovery: set the rule again by hand'],
    ['MembershipRuleProcessingState', 'switch the processing of the rule on again by hand'],
    ['Owners', 'set the owners again by hand'],
    ['AssignedLicense', 'assign the licences of the group again'],
  ]),

  restorable('application', 'its service principal is a separate object and restored separately'),
  ...native('application', [
    ['DisplayName', 'displayName', 'string'],
    ['Description', 'description', 'string'],
    ['Notes', 'notes', 'string'],
    ['ApplicationTag', 'tags', 'stringList'],
    ['AppIdentifierUri', 'identifierUris', 'stringList'],
    ['PublicClient', 'isFallbackPublicClient', 'boolean'],
    ['IsDeviceOnlyAuthSupported', 'isDeviceOnlyAuthSupported', 'boolean'],
    ['ServiceManagementReference', 'serviceManagementReference', 'string'],
    ['RequiredResourceAccess', 'requiredResourceAccess', 'object'],
    ['NativeAuthenticationApisEnabled', 'nativeAuthenticationApisEnabled', 'string'],
    ['SignInAudience', 'signInAudience', 'string'],
    ['GroupMembershipClaims', 'groupMembershipClaims', 'string'],
    ['OptionalClaims', 'optionalClaims', 'object'],
    ['IsDisabled', 'isDisabled', 'boolean'],
    ['AddIns', 'addIns', 'object'],
    ['ServicePrincipalLockConfiguration', 'servicePrincipalLockConfiguration', 'object'],
    ['AppInformationalUrl', 'info', 'object'],
  ]),
  ...manual('application', [
    ['AppAddress', 'redirect URIs are outside every recovery: compare and set them by hand'],
    ['AppRole', 'app roles are outside every recovery: compare and set them by hand'],
    ['ExposedApi', 'the exposed API is outside every recovery: compare and set it by hand'],
    ['Owners', 'set the owners again by hand'],
  ]),
  ...credentials('application'),

  restorable('servicePrincipal', 'grants and assignments come back with it where it is the target'),
  row('servicePrincipal', 'memberOf', 'memberOf', 'link', 'surgical', 'as member of static groups'),
  ...native('servicePrincipal', [
    ['AccountEnabled', 'accountEnabled', 'boolean'],
    ['AlternativeNames', 'alternativeNames', 'stringList'],
    ['ExplicitAccessGrantRequired', 'appRoleAssignmentRequired', 'boolean'],
    ['Description', 'description', 'string'],
    ['LoginUrl', 'loginUrl', 'string'],
    ['Notes', 'notes', 'string'],
    ['NotificationEmailAddresses', 'notificationEmailAddresses', 'stringList'],
    ['PreferredTokenSigningKeyThumbprint', 'preferredTokenSigningKeyThumbprint', 'string'],
    ['ServicePrincipalTag', 'tags', 'stringList'],
    ['PreferredSingleSignOnMode', 'preferredSingleSignOnMode', 'string'],
    ['SamlSingleSignOnSettings', 'samlSingleSignOnSettings', 'object'],
    ['ServicePrincipalName', 'servicePrincipalNames', 'stringList'],
  ]),
  ...credentials('servicePrincipal'),

  row('conditionalAccessPolicy', 'ConditionalAccessPolicy', null, 'object', 'native', 'as a whole'),
  row('namedLocation', 'NamedLocation', null, 'object', 'native', 'as a whole'),
  ...native('policy', [
    ['BlockMsolPowerShell', 'blockMsolPowerShell', 'boolean'],
    ['GuestUserRoleId', 'guestUserRoleId', 'string'],
  ]),

  row('device', 'memberOf', 'memberOf', 'link', 'surgical', 'as member of static groups'),
  ...manual('device', [
    ['AccountEnabled', 'devices are outside every recovery: switch it on in the portal'],
  ]),
  ...manual('role', [
    ['*', 'role definitions and assignments are outside every recovery: review them in PIM'],
  ]),
];
