import type { Directory } from '../directory/directory.js';
import { text, type Properties } from '../directory/model.js';
import { guidFrom } from '../directory/random.js';
import { departments } from './people.js';

export interface CompanyGroups {
  /** Static security groups, by the department whose people are in them. */
  readonly byDepartment: ReadonlyMap<string, string>;
  /** Static security groups of ten each. */
  readonly projects: readonly string[];
  readonly dynamic: string;
  readonly roleAssignable: string;
  readonly synced: string;
  readonly distribution: string;
  /** A Microsoft 365 group. */
  readonly unified: string;
}

/** The company's groups, every kind that Graph treats differently. */
export function addGroups(
  directory: Directory,
  seed: number,
  staff: {
    readonly ordinary: readonly string[];
    readonly synced: readonly string[];
    readonly helpdesk: readonly string[];
  },
): CompanyGroups {
  const add = (name: string, members: readonly string[], extra: Properties = {}): string => {
    const id = guidFrom(seed, 'group', name);
    directory.seed('group', id, { ...security(name), ...extra });
    for (const member of members) directory.seedLink(id, 'members', member);
    return id;
  };
  const inDepartment = new Map<string, string[]>(departments.map((name) => [name, []]));
  for (const id of staff.ordinary) {
    inDepartment.get(text(directory.object(id).properties, 'department'))?.push(id);
  }
  const byDepartment = new Map(
    departments.map((name) => [name, add(`Department ${name}`, inDepartment.get(name) ?? [])]),
  );
  const projects = Array.from({ length: 8 }, (_, index) =>
    add(`Project ${index + 1}`, staff.ordinary.slice(index * 10, index * 10 + 10)),
  );
  return {
    byDepartment,
    projects,
    dynamic: add('Field service crew', inDepartment.get('Field Service') ?? [], {
      groupTypes: ['DynamicMembership'],
      membershipRule: 'user.department -eq "Field Service"',
      membershipRuleProcessingState: 'On',
    }),
    roleAssignable: add('Tier 1 support', staff.helpdesk.slice(2), { isAssignableToRole: true }),
    synced: add('Warehouse (synced)', staff.synced.slice(0, 5), { onPremisesSyncEnabled: true }),
    distribution: add('All announcements', staff.ordinary.slice(0, 20), {
      mailEnabled: true,
      securityEnabled: false,
      mail: 'announcements@woodgrove.example',
    }),
    unified: add('Team Atlas', staff.ordinary.slice(80, 90), {
      groupTypes: ['Unified'],
      mailEnabled: true,
      securityEnabled: false,
      mailNickname: 'atlas',
      mail: 'atlas@woodgrove.example',
      proxyAddresses: ['SMTP:atlas@woodgrove.example'],
      visibility: 'Private',
      theme: 'Teal',
      preferredLanguage: 'en-GB',
      classification: 'Internal',
    }),
  };
}

function security(displayName: string): Properties {
  return {
    displayName,
    description: null,
    groupTypes: [],
    mailEnabled: false,
    mailNickname: displayName.replace(/\W/g, ''),
    securityEnabled: true,
    isAssignableToRole: null,
    membershipRule: null,
    membershipRuleProcessingState: null,
    onPremisesSyncEnabled: null,
    visibility: null,
    createdDateTime: '2021-03-01T08:00:00Z',
  };
}
