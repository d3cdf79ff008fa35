import {
  assignments,
  byHand,
  member,
  native,
  restorable,
  surgical,
  type CoverageRow,
} from './coverage-row.js';

const roles =
  'roles are outside every recovery: review the assignment in PIM, Microsoft Entra roles';
const exchange = 'read-only in Graph: Exchange or the type of the group decides it';

/**
 * Groups: the properties of backup fact sheet 6.2 that Graph lets an application write, and what no
 * recovery covers (6.4). Group memberships are rows of the member's kind.
 */
export const groupRows: readonly CoverageRow[] = [
  restorable('group', 'Microsoft 365 and cloud security groups that are in the recycle bin'),
  member('group', 'a group as member of a static group'),
  assignments('group'),
  ...surgical('group', [
    ['Classification', 'classification', 'string'],
    ['Description', 'description', 'string'],
    ['DisplayName', 'displayName', 'string', { neverEmpty: true }],
    ['IsPublic', 'visibility', 'string', { neverEmpty: true, aliases: ['Visibility'] }],
    ['MailNickname', 'mailNickname', 'string', { neverEmpty: true }],
    ['PreferredDataLocation', 'preferredDataLocation', 'string'],
    ['PreferredLanguage', 'preferredLanguage', 'string'],
    ['SecurityEnabled', 'securityEnabled', 'boolean', { neverEmpty: true }],
    ['Theme', 'theme', 'string'],
  ]),
  ...native('group', [
    ['GroupType', 'groupTypes', 'stringList', 'the type of a group is fixed in Graph'],
    ['Mail', 'mail', 'string', exchange],
    ['MailEnabled', 'mailEnabled', 'boolean', exchange],
  ]),
  ...byHand('group', [
    ['MembershipRule', 'dynamic rules are outside every recovery: set the rule again by hand'],
    ['MembershipRuleProcessingState', 'switch the processing of the rule on again by hand'],
    ['owners/*', 'owners are outside every recovery: add or remove each by hand'],
    [
      'AssignedLicense',
      'assign the licences of the group again: Microsoft 365 admin center, Billing, Licenses',
    ],
    ['IsAssignableToRole', 'fixed when the group is made: create the group again'],
    ['ProxyAddresses', 'read-only in Graph: change it in Exchange'],
  ]),
];

/** Kinds of objects that no recovery covers beyond their memberships (backup fact sheet 6.4). */
export const otherRows: readonly CoverageRow[] = [
  member('device', 'as member of static groups'),
  ...byHand('device', [
    ['*', 'devices are outside every recovery: let the device join again'],
    [
      'AccountEnabled',
      'devices are outside every recovery: switch it on in the admin center, Devices, Enable',
    ],
  ]),
  ...byHand('role', [
    ['*', 'role definitions and assignments are outside every recovery: review them in PIM'],
  ]),
  ...byHand('user', [['DirectoryRole/*', roles, { aliases: ['DirectoryRole'] }]]),
  ...byHand('group', [['DirectoryRole/*', roles, { aliases: ['DirectoryRole'] }]]),
  ...byHand('servicePrincipal', [['DirectoryRole/*', roles, { aliases: ['DirectoryRole'] }]]),
  ...byHand('policy', [
    ['*', 'policies of this kind are outside every recovery: compare with the audit row by hand'],
  ]),
];
