import {
  assignments,
  row,
  type Traits,
  type CoverageRow,
  type Support,
  type ValueKind,
} from './coverage-row.js';

const user = (
  auditProperty: string,
  graphProperty: string | null,
  kind: ValueKind,
  support: Support,
  traits: Traits = {},
): CoverageRow => row('user', auditProperty, graphProperty, kind, support, traits);

const text = (auditProperty: string, graphProperty: string, traits: Traits = {}): CoverageRow =>
  user(auditProperty, graphProperty, 'string', 'surgical', traits);

const byHand = (auditProperty: string, note: string, traits: Traits = {}): CoverageRow =>
  user(auditProperty, null, 'object', 'manual', { note, ...traits });

const byJob = (
  auditProperty: string,
  graphProperty: string,
  kind: ValueKind,
  note: string,
  traits: Traits = {},
): CoverageRow => user(auditProperty, graphProperty, kind, 'native', { note, ...traits });

const extensionAttributes = Array.from(
  { length: 15 },
  (_, index) => `extensionAttribute${index + 1}`,
);

/**
 * Users: properties and their Graph names by backup fact sheet 6.2 and 6.3, sensitive properties by
 * graph fact sheet A.2, what no executor reaches by 5.4, 5.6 and 6.4.
 */
export const userRows: readonly CoverageRow[] = [
  user('*', '*', 'existence', 'surgical', {
    sensitive: true,
    note: 'restored from the recycle bin within 30 days; never hard-deleted',
  }),
  user('memberOf', 'memberOf', 'link', 'surgical', {
    note: 'static groups mastered in the cloud; dynamic groups follow their rule',
  }),
  assignments('user'),
  user('AccountEnabled', 'accountEnabled', 'boolean', 'surgical', {
    sensitive: true,
    neverEmpty: true,
  }),
  text('UserPrincipalName', 'userPrincipalName', { sensitive: true, neverEmpty: true }),
  text('Mobile', 'mobilePhone', { sensitive: true, aliases: ['MobilePhone'] }),
  user('TelephoneNumber', 'businessPhones', 'stringList', 'surgical', { sensitive: true }),
  user('OtherMail', 'otherMails', 'stringList', 'surgical', {
    sensitive: true,
    aliases: ['AlternateEmailAddress'],
  }),
  text('DisplayName', 'displayName', { neverEmpty: true }),
  text('MailNickname', 'mailNickname', { neverEmpty: true }),
  text('UserType', 'userType', { neverEmpty: true }),
  text('GivenName', 'givenName'),
  text('Surname', 'surname', { aliases: ['Sn'] }),
  text('JobTitle', 'jobTitle', { aliases: ['Title'] }),
  text('Department', 'department'),
  text('CompanyName', 'companyName', { aliases: ['Company'] }),
  text('PhysicalDeliveryOfficeName', 'officeLocation'),
  text('City', 'city', { aliases: ['L'] }),
  text('State', 'state', { aliases: ['St'] }),
  text('Country', 'country', { aliases: ['Co'] }),
  text('PostalCode', 'postalCode'),
  text('StreetAddress', 'streetAddress'),
  text('FaxNumber', 'faxNumber', { aliases: ['FacsimileTelephoneNumber'] }),
  text('EmployeeId', 'employeeId'),
  text('EmployeeType', 'employeeType'),
  user('EmployeeHireDate', 'employeeHireDate', 'dateTime', 'surgical'),
  text('PreferredLanguage', 'preferredLanguage'),
  text('UsageLocation', 'usageLocation', {
    note: 'a change of it alone was seen without an audit row: then only a recovery point tells it',
  }),
  text('AgeGroup', 'ageGroup'),
  text('ConsentProvidedForMinor', 'consentProvidedForMinor'),
  text('PasswordPolicies', 'passwordPolicies'),
  ...extensionAttributes.map((name) =>
    text(`E${name.slice(1)}`, `onPremisesExtensionAttributes/${name}`),
  ),

  byJob('Mail', 'mail', 'string', 'read-only in Graph for mailbox users: Exchange owns it'),
  byJob(
    'EmployeeLeaveDateTime',
    'employeeLeaveDateTime',
    'dateTime',
    'needs lifecycle rights that this product does not ask for',
    { aliases: ['EmployeeLeaveDate'] },
  ),
  byJob('EmployeeOrgData', 'employeeOrgData', 'object', 'a nested value with several audit forms'),
  byJob(
    'PreferredDataLocation',
    'preferredDataLocation',
    'string',
    'a change can move the mailbox to another region',
  ),
  byJob(
    'PerUserMfaState',
    'authentication/requirements/perUserMfaState',
    'string',
    'check with an authentication administrator as well',
    { sensitive: true, aliases: ['StrongAuthenticationRequirement'] },
  ),

  byHand('Manager', 'set the manager again in the portal or with Set-MgUserManagerByRef'),
  byHand('Sponsors', 'set the sponsors again: admin center, the user, Properties, Job information'),
  byHand('AssignedLicense', 'assign the licences again, or repair the licensing group', {
    aliases: ['AssignedLicenses', 'AssignedPlan', 'LicenseAssignmentDetail', 'ProvisionedPlan'],
  }),
  byHand(
    'ProxyAddresses',
    'read-only in Graph: change it in Exchange (Set-Mailbox -EmailAddresses)',
    {
      aliases: ['SignInNames', 'EmailAddresses'],
    },
  ),
  byHand(
    'StrongAuthenticationMethod',
    'have the person register again: admin center, the user, Authentication methods, Require re-register multifactor authentication',
    {
      secret: true,
      sensitive: true,
      aliases: [
        'StrongAuthenticationUserDetails',
        'StrongAuthenticationPhoneAppDetail',
        'SearchableDeviceKey',
        'DeviceKey',
      ],
    },
  ),
  byHand(
    'PasswordProfile',
    'passwords are never restored: reset it with the person (admin center, the user, Reset password)',
    {
      secret: true,
      sensitive: true,
      aliases: ['Password', 'ForceChangePassword', 'StrongPasswordRequired'],
    },
  ),
  byHand('OnPremisesImmutableId', 'the anchor of directory sync: involve the directory team', {
    sensitive: true,
    aliases: ['ImmutableId', 'SourceAnchor'],
  }),
  byHand('DirSyncEnabled', 'the source of authority is not changed by any recovery', {
    aliases: ['OnPremisesSyncEnabled'],
  }),
  byHand('ShowInAddressList', 'change it in Exchange (Set-Mailbox -HiddenFromAddressListsEnabled)'),
  byHand(
    'ExternalUserState',
    'invite the guest again: admin center, the user, B2B collaboration, Resend invitation',
  ),
  byHand(
    'CustomSecurityAttributes',
    'outside every recovery: set it again (admin center, the user, Custom security attributes)',
  ),
];
