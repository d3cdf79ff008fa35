import type { Json, Properties } from '../directory/model.js';
import { roleId } from '../directory/roles.js';

/** One policy in short; what a row does not say is as for all apps and all clients. */
export interface PolicyRow {
  readonly name: string;
  readonly state?: string;
  readonly users: Properties;
  readonly applications?: Properties;
  readonly when?: Properties;
  readonly grant?: readonly [operator: 'AND' | 'OR', ...controls: string[]];
  readonly session?: Properties;
}

const administrators = [
  'Global Administrator',
  'Privileged Role Administrator',
  'Privileged Authentication Administrator',
  'Security Administrator',
  'Conditional Access Administrator',
  'Application Administrator',
  'Cloud Application Administrator',
  'Exchange Administrator',
  'SharePoint Administrator',
  'User Administrator',
  'Authentication Administrator',
  'Helpdesk Administrator',
].map(roleId);

const range = (cidrAddress: string): Json => ({
  '@odata.type': '#microsoft.graph.iPv4CidrRange',
  cidrAddress,
});

const countries = (...countriesAndRegions: string[]): Properties => ({
  '@odata.type': '#microsoft.graph.countryNamedLocation',
  countriesAndRegions,
  countryLookupMethod: 'clientIpAddress',
  includeUnknownCountriesAndRegions: false,
});

/** By display name. */
export const namedLocations: Readonly<Record<string, Properties>> = {
  Headquarters: {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    isTrusted: true,
    ipRanges: [range('192.0.2.0/26'), range('192.0.2.64/27')],
  },
  'VPN egress': {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    isTrusted: true,
    ipRanges: [range('192.0.2.128/28')],
  },
  'Countries of our offices': countries('DE', 'FR', 'PT', 'US'),
  'Countries we never visit': countries('AQ', 'KP'),
};

/** The company's policies; `named` are ids of its own objects that they point to. */
export function policyRows(named: {
  readonly finance: string;
  readonly expenseDesk: string;
  readonly forbidden: string;
}): PolicyRow[] {
  const everybody = { includeUsers: ['All'] };
  const guests = {
    guestOrExternalUserTypes: 'b2bCollaborationGuest,b2bCollaborationMember,otherExternalUser',
    externalTenants: {
      '@odata.type': '#microsoft.graph.conditionalAccessAllExternalTenants',
      membershipKind: 'all',
    },
  };
  return [
    {
      name: 'CA001: Require MFA for administrators',
      users: { includeRoles: administrators },
      grant: ['OR', 'mfa'],
    },
    {
      name: 'CA002: Block legacy authentication',
      users: everybody,
      when: { clientAppTypes: ['exchangeActiveSync', 'other'] },
      grant: ['OR', 'block'],
    },
    { name: 'CA003: Require MFA for everybody', users: everybody, grant: ['OR', 'mfa'] },
    {
      name: 'CA004: Require a compliant device in Finance',
      users: { includeGroups: [named.finance] },
      applications: { includeApplications: ['Office365'] },
      grant: ['AND', 'mfa', 'compliantDevice'],
    },
    {
      name: 'CA005: Require MFA for the admin portals',
      users: everybody,
      applications: { includeApplications: ['MicrosoftAdminPortals'] },
      grant: ['OR', 'mfa'],
    },
    {
      name: 'CA006: Block countries we never visit',
      users: everybody,
      when: {
        locations: { includeLocations: [named.forbidden], excludeLocations: ['AllTrusted'] },
      },
      grant: ['OR', 'block'],
    },
    {
      name: 'CA007: Secure the registration of security info',
      users: everybody,
      applications: { includeUserActions: ['urn:user:registersecurityinfo'] },
      when: { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } },
      grant: ['OR', 'mfa'],
    },
    {
      name: 'CA008: Require MFA for risky sign-ins',
      users: everybody,
      when: { signInRiskLevels: ['high', 'medium'] },
      grant: ['OR', 'mfa'],
    },
    {
      name: 'CA009: Require a new password for risky users',
      users: everybody,
      when: { userRiskLevels: ['high'] },
      grant: ['AND', 'mfa', 'passwordChange'],
    },
    {
      name: 'CA010: Require MFA for guests',
      users: { includeGuestsOrExternalUsers: guests },
      grant: ['OR', 'mfa'],
      session: { signInFrequency: { value: 8, type: 'hours', isEnabled: true } },
    },
    {
      name: 'CA011: Expense Desk from managed devices only',
      users: everybody,
      applications: { includeApplications: [named.expenseDesk] },
      grant: ['OR', 'compliantDevice', 'domainJoinedDevice'],
    },
    {
      name: 'CA012: Block the device code flow',
      state: 'enabledForReportingButNotEnforced',
      users: everybody,
      when: { authenticationFlows: { transferMethods: 'deviceCodeFlow' } },
      grant: ['OR', 'block'],
    },
  ];
}
