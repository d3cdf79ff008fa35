import { Directory } from '../directory/directory.js';
import { day, isoSeconds } from '../directory/instants.js';
import type { Properties } from '../directory/model.js';
import { guidFrom, seeded, type Random } from '../directory/random.js';
import { roleId } from '../directory/roles.js';
import { addAgents } from './company-agents.js';
import { addApplications } from './company-applications.js';
import { addGroups, type CompanyGroups } from './company-groups.js';
import { addPolicies, type CompanyPolicies } from './company-policies.js';
import { addSettings } from './company-settings.js';
import { employee } from './people.js';
import {
  personNames,
  type Person,
  type PersonName,
  type WorldIds,
  type WorldOptions,
} from './world.js';

export const domain = 'woodgrove.example';

/** The company before anything bad happened. */
export interface Company {
  readonly directory: Directory;
  readonly ids: WorldIds;
  readonly random: Random;
  /** Members without any role, cloud-mastered and enabled: whom an actor can damage. */
  readonly ordinary: readonly string[];
  /** Members mastered on-premises. */
  readonly synced: readonly string[];
  readonly admins: { readonly other: Person; readonly helpdesk: readonly string[] };
  readonly hrServicePrincipalId: string;
  readonly groups: CompanyGroups;
  readonly policies: CompanyPolicies;
}

export interface CompanyOptions extends WorldOptions {
  /** Directory roles of the product's own service principal. */
  readonly ourRoles: readonly string[];
  readonly staff?: number;
}

const displayNames: Readonly<Record<PersonName, string>> = {
  commander: 'Ines Commander',
  operator: 'Omar Operator',
  approver: 'Anna Approver',
  responder: 'Ravi Responder',
  reader: 'Rosa Reader',
  outsider: 'Olga Outsider',
  actor: 'Jonas Junior',
  breakGlass1: 'Emergency Access 1',
  breakGlass2: 'Emergency Access 2',
};

/** Builds the company: people of the drill, employees, groups, applications, roles. */
export function buildCompany(options: CompanyOptions): Company {
  const { seed, speed, start } = options;
  const random = seeded(seed, 'company');
  const ids = worldIds(seed);
  const directory = new Directory({ tenantId: ids.tenantId, seed, speed, start });
  const hire = (id: string, index: number, extra: Properties = {}): void => {
    directory.seed('user', id, Object.assign(employee(random, index, domain, start), extra));
  };

  personNames.forEach((name, index) => hire(ids.people[name].id, index, named(ids.people[name])));
  const other = person(seed, 'otherAdmin', 'Petra Administrator');
  hire(other.id, 20, named(other));
  const helpdesk = [0, 1, 2, 3].map((index) => guidFrom(seed, 'helpdesk', index));
  helpdesk.forEach((id, index) => hire(id, 30 + index, { department: 'Information Technology' }));

  const staff = options.staff ?? Math.max(320, Math.round(options.users * 0.25));
  const total = options.users + staff;
  const ordinary: string[] = [];
  const synced: string[] = [];
  for (let index = 0; index < total; index += 1) {
    const id = guidFrom(seed, 'employee', index);
    const kind = index % 50;
    if (kind === 7) {
      hire(id, 100 + index, { onPremisesSyncEnabled: true, onPremisesImmutableId: `${index}==` });
      synced.push(id);
    } else if (kind === 11) hire(id, 100 + index, { accountEnabled: false });
    else if (kind === 13) hire(id, 100 + index, { userType: 'Guest', assignedLicenses: [] });
    else {
      hire(id, 100 + index);
      ordinary.push(id);
    }
  }

  const hrServicePrincipalId = addApplications(directory, ids, seed, start);
  const groups = addGroups(directory, seed, { ordinary, synced, helpdesk });
  addAgents(directory, seed, domain);
  addSettings(directory, { id: ids.tenantId, domain, synced: synced.length > 0 });
  const policies = addPolicies(directory, ids, seed, groups);
  const grant = (principalId: string, role: string): void => {
    const properties = { principalId, roleDefinitionId: roleId(role), directoryScopeId: '/' };
    directory.seed('roleAssignment', guidFrom(seed, 'role', principalId, role), properties);
  };
  grant(ids.people.breakGlass1.id, 'Global Administrator');
  grant(ids.people.breakGlass2.id, 'Global Administrator');
  grant(ids.people.operator.id, 'Entra Backup Administrator');
  grant(ids.people.actor.id, 'User Administrator');
  grant(other.id, 'User Administrator');
  helpdesk.slice(0, 2).forEach((id) => grant(id, 'Helpdesk Administrator'));
  grant(groups.roleAssignable, 'Helpdesk Administrator');
  options.ourRoles.forEach((role) => grant(ids.ourServicePrincipalId, role));

  const admins = { other, helpdesk };
  return {
    directory,
    ids,
    random,
    ordinary,
    synced,
    admins,
    hrServicePrincipalId,
    groups,
    policies,
  };

  function named({ displayName, userPrincipalName }: Person): Properties {
    const [givenName = '', ...rest] = displayName.split(' ');
    return {
      displayName,
      givenName,
      surname: rest.join(' '),
      userPrincipalName,
      mail: userPrincipalName,
      mailNickname: userPrincipalName.split('@')[0] ?? '',
      proxyAddresses: [`SMTP:${userPrincipalName}`],
      department: 'Information Technology',
      signInSessionsValidFromDateTime: isoSeconds(start - 20 * day),
    };
  }
}

function worldIds(seed: number): WorldIds {
  const id = (name: string): string => guidFrom(seed, name);
  const people = Object.fromEntries(
    personNames.map((name) => [name, person(seed, name, displayNames[name])]),
  ) as Record<PersonName, Person>;
  return {
    tenantId: id('tenant'),
    workspaceId: id('workspace'),
    people,
    apiAppId: id('api app'),
    apiServicePrincipalId: id('api service principal'),
    botAppId: id('bot app'),
    ourAppId: id('our app'),
    ourServicePrincipalId: id('our service principal'),
    logicAppAppId: id('logic app'),
    logicAppServicePrincipalId: id('logic app service principal'),
    graphServicePrincipalId: id('graph service principal'),
  };
}

function person(seed: number, name: string, displayName: string): Person {
  const alias = displayName.toLowerCase().replaceAll(' ', '.');
  return {
    id: guidFrom(seed, 'person', name),
    displayName,
    userPrincipalName: `${alias}@${domain}`,
  };
}
