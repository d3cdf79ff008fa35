import { blockingPolicy } from '../../../local/tenant/conditional-access/evaluation.js';
import { policySchema } from '../../../local/tenant/conditional-access/policy.js';
import type { Initiator, Properties } from '../../../local/tenant/directory/model.js';
import { graphAppId } from '../../../local/tenant/scenarios/company-applications.js';
import type { World } from '../../../local/tenant/scenarios/world.js';
import { rig } from '../graph/support.js';

const somebody: Initiator = { kind: 'app', servicePrincipalId: null, displayName: 'somebody' };
const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1';

interface Draft {
  readonly state?: string;
  readonly users?: Properties;
  readonly applications?: Properties;
  readonly when?: Properties;
  readonly controls?: readonly string[];
}

function addPolicy({ directory }: World, draft: Draft): string {
  const { state = 'enabled', users, applications, when, controls = ['block'] } = draft;
  const policy = policySchema.parse({
    displayName: 'Made by somebody',
    state,
    conditions: {
      clientAppTypes: ['all'],
      users: users ?? { includeUsers: ['All'] },
      applications: applications ?? { includeApplications: ['All'] },
      ...when,
    },
    grantControls: { operator: 'OR', builtInControls: controls },
  }) as unknown as Properties;
  const id = directory.newId();
  directory.create('conditionalAccessPolicy', id, policy, somebody, Date.now());
  return id;
}

/** The people whom the draft keeps out, by their name in the drill. */
function keptOut(world: World, draft: Draft): string[] {
  const id = addPolicy(world, draft);
  return Object.entries(world.ids.people)
    .filter(([, person]) => {
      const wish = { userId: person.id, resourceAppId: graphAppId };
      return blockingPolicy(world.directory.now, wish)?.id === id;
    })
    .map(([name]) => name)
    .sort();
}

describe('who can sign in', () => {
  const { world } = rig();
  const { people } = world.ids;
  const everybody = Object.keys(people).sort();
  const [group] = world.directory.now.list('group');
  world.directory.setLink('members', group?.id ?? '', people.operator.id, true, somebody, 1);

  it('everybody, under the policies of the company', () => {
    const blocked = everybody.filter((name) => {
      const { id } = people[name as keyof typeof people];
      return blockingPolicy(world.directory.now, { userId: id, resourceAppId: graphAppId });
    });

    expect(blocked).toEqual([]);
  });

  it.each<[string, Draft, readonly string[]]>([
    ['a block of everybody keeps everybody out', {}, everybody],
    [
      'a policy that only reports keeps nobody out',
      { state: 'enabledForReportingButNotEnforced' },
      [],
    ],
    ['a disabled one keeps nobody out', { state: 'disabled' }, []],
    ['a demand for MFA keeps nobody out', { controls: ['mfa'] }, []],
    [
      'an excluded user comes in',
      { users: { includeUsers: ['All'], excludeUsers: [people.breakGlass1.id] } },
      everybody.filter((name) => name !== 'breakGlass1'),
    ],
    ['a named user stays out', { users: { includeUsers: [people.approver.id] } }, ['approver']],
    [
      'members of a named group stay out',
      { users: { includeGroups: [group?.id ?? ''] } },
      ['operator'],
    ],
    [
      'holders of a named role stay out',
      { users: { includeRoles: [userAdministrator] } },
      ['actor'],
    ],
    [
      'an excluded group wins over an included user',
      { users: { includeUsers: [people.operator.id], excludeGroups: [group?.id ?? ''] } },
      [],
    ],
    ['another application does not matter', { applications: { includeApplications: ['x'] } }, []],
    [
      'an excluded application does not matter',
      { applications: { includeApplications: ['All'], excludeApplications: [graphAppId] } },
      [],
    ],
    [
      'legacy clients are nobody',
      { when: { clientAppTypes: ['exchangeActiveSync', 'other'] } },
      [],
    ],
    [
      'all places count, trusted ones are never where people are',
      { when: { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } } },
      everybody,
    ],
    [
      'a named place is never where people are',
      { when: { locations: { includeLocations: ['x'] } } },
      [],
    ],
    ['nobody is at risk', { when: { userRiskLevels: ['high'] } }, []],
    ['nobody signs in with a device code', { when: { authenticationFlows: {} } }, []],
  ])('%s', (_what, draft, expected) => {
    const id = keptOut(world, draft);
    for (const policy of world.directory.now.list('conditionalAccessPolicy')) {
      if (policy.properties['displayName'] !== 'Made by somebody') continue;
      world.directory.softDelete(policy.id, somebody, Date.now());
    }

    expect(id).toEqual(expected);
  });

  it('a confirmed risk counts', () => {
    world.directory.confirmCompromised(people.reader.id, somebody, Date.now());

    expect(keptOut(world, { when: { userRiskLevels: ['high'] } })).toEqual(['reader']);
  });
});
