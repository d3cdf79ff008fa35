import { differencesSince } from '../../../local/tenant/differences.js';
import { Journal, journalled } from '../../../local/tenant/journal.js';
import { guidFrom } from '../../../local/tenant/directory/random.js';
import type { Initiator } from '../../../local/tenant/directory/model.js';
import { start, world } from '../scenarios/scenario-world.js';

const made = world('bulk-disable', 6);
const { directory, ids } = made;
const ourId = ids.ourServicePrincipalId;
const us: Initiator = { kind: 'app', servicePrincipalId: ourId, displayName: 'us' };
const them: Initiator = { kind: 'app', servicePrincipalId: guidFrom('them'), displayName: 'them' };
const journal = new Journal({ now: () => start + 1000, sleep: () => Promise.resolve() });
const [first = '', second = '', third = ''] = made.facts['damaged'] ?? [];
const [group = ''] = directory.now.incoming(first, 'members');

/** Lets the product do something, which the journal tells. */
function byUs(change: () => ReturnType<typeof directory.update>): void {
  const caller = { kind: 'app', appId: ids.ourAppId, servicePrincipalId: ourId } as never;
  const request = { method: 'PATCH', path: '/v1.0/users', status: 204 };
  journal.record({ ...request, writes: journalled(change()), caller });
}

const differences = () => differencesSince({ directory, journal, ourId }, start);

describe('what is different from an earlier instant', () => {
  it('is nothing when nothing was written since', () => {
    expect(differences()).toEqual([]);
  });

  it('is told for each property and link, and whether the product wrote it', () => {
    byUs(() => directory.update(first, { accountEnabled: true }, us, start + 1));
    byUs(() => directory.setLink('members', group, first, false, us, start + 2));
    directory.update(second, { city: 'Oslo' }, them, start + 3);

    expect(differences()).toEqual([
      {
        ...{ objectId: first, type: 'user', what: 'accountEnabled' },
        ...{ before: false, after: true, ours: true },
      },
      {
        ...{ objectId: second, type: 'user', what: 'city' },
        ...{ before: expect.any(String) as string, after: 'Oslo', ours: false },
      },
      {
        ...{ objectId: group, type: 'group', what: `members/${first}` },
        ...{ before: true, after: false, ours: true },
      },
    ]);
  });

  it('is gone again when everything is as it was', () => {
    byUs(() => directory.update(first, { accountEnabled: false }, us, start + 4));
    byUs(() => directory.setLink('members', group, first, true, us, start + 5));

    expect(differences().map(({ objectId }) => objectId)).toEqual([second]);
  });

  it('counts a life that ended, and a right that was taken and given under another id as none', () => {
    const [role] = [...directory.now.list('appRoleAssignment')];
    const { principalId, resourceId, appRoleId } = role?.properties as Record<string, string>;
    byUs(() => directory.softDelete(third, us, start + 6));
    byUs(() => directory.endAssignment(role?.id ?? '', us, start + 7));

    expect(differences().map(({ what, ours }) => [what, ours])).toEqual(
      expect.arrayContaining([
        ['lifeState', true],
        [`appRoleAssignment/${resourceId}/${appRoleId}`, true],
      ]),
    );
    const grant = { principalId, resourceId, appRoleId } as Record<
      'principalId' | 'resourceId' | 'appRoleId',
      string
    >;
    directory.grantAppRole(guidFrom('again'), grant, us, start + 8);
    directory.restore(third, us, start + 9);
    expect(differences().map(({ objectId }) => objectId)).toEqual([second]);
  });
});
