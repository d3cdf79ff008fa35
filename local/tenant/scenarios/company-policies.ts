import { policySchema } from '../conditional-access/policy.js';
import type { Directory } from '../directory/directory.js';
import { text, type Properties } from '../directory/model.js';
import { guidFrom } from '../directory/random.js';
import type { CompanyGroups } from './company-groups.js';
import { namedLocations, policyRows, type PolicyRow } from './company-policy-rows.js';
import type { WorldIds } from './world.js';

/** Ids by the names that the tables below give. */
export interface CompanyPolicies {
  readonly policies: Readonly<Record<string, string>>;
  readonly locations: Readonly<Record<string, string>>;
  /** The group whose members no policy concerns. */
  readonly exclusions: string;
}

/** The company's Conditional Access: twelve policies, four named locations, emergency access left out. */
export function addPolicies(
  directory: Directory,
  ids: WorldIds,
  seed: number,
  groups: CompanyGroups,
): CompanyPolicies {
  const { breakGlass1, breakGlass2 } = ids.people;
  const exclusions = guidFrom(seed, 'group', 'conditional access exclusions');
  directory.seed('group', exclusions, {
    displayName: 'Conditional Access exclusions',
    description: 'Emergency access accounts only',
    groupTypes: [],
    mailEnabled: false,
    mailNickname: 'ConditionalAccessExclusions',
    securityEnabled: true,
    isAssignableToRole: true,
    createdDateTime: '2021-03-01T08:00:00Z',
  });
  for (const { id } of [breakGlass1, breakGlass2]) directory.seedLink(exclusions, 'members', id);

  const locations: Record<string, string> = {};
  for (const [name, properties] of Object.entries(namedLocations)) {
    const id = (locations[name] = guidFrom(seed, 'named location', name));
    directory.seed('namedLocation', id, { displayName: name, ...dates, ...properties });
  }

  const expenseDesk = [...directory.now.list('servicePrincipal')].find(
    ({ properties }) => properties['displayName'] === 'Expense Desk',
  );
  const policies: Record<string, string> = {};
  const rows = policyRows({
    finance: groups.byDepartment.get('Finance') ?? '',
    expenseDesk: text(expenseDesk?.properties ?? {}, 'appId'),
    forbidden: locations['Countries we never visit'] ?? '',
  });
  for (const row of rows) {
    const id = (policies[row.name] = guidFrom(seed, 'policy', row.name));
    const excluded = {
      excludeUsers: [breakGlass1.id, breakGlass2.id],
      excludeGroups: [exclusions],
    };
    directory.seed('conditionalAccessPolicy', id, policyOf(row, excluded));
  }
  return { policies, locations, exclusions };
}

const dates = {
  createdDateTime: '2022-02-07T09:30:00Z',
  modifiedDateTime: '2024-09-16T13:05:00Z',
};

function policyOf(row: PolicyRow, excluded: Properties): Properties {
  const policy = policySchema.parse({
    displayName: row.name,
    state: row.state ?? 'enabled',
    conditions: {
      clientAppTypes: ['all'],
      applications: row.applications ?? { includeApplications: ['All'] },
      users: { ...row.users, ...excluded },
      ...row.when,
    },
    ...(row.grant === undefined ? {} : { grantControls: grantOf(row.grant) }),
    ...(row.session === undefined ? {} : { sessionControls: row.session }),
  });
  return { ...policy, templateId: null, ...dates };
}

function grantOf([operator, ...builtInControls]: NonNullable<PolicyRow['grant']>): Properties {
  return { operator, builtInControls };
}
