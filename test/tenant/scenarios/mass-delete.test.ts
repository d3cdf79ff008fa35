import { text } from '../../../local/tenant/directory/model.js';
import { differing, fact, start, together, world } from './scenario-world.js';

describe('mass-delete', () => {
  it.each([1, 48, 300])('with %i users every kind of deletion is there', (users) => {
    const made = world('mass-delete', users);
    const states = (name: string) =>
      new Set(fact(made, name).map((id) => made.directory.now.state(id)));
    const inBin = ['softDeleted', 'upnTaken', 'proxyTaken', 'groupsDeleted', 'leavers'];

    for (const name of [...inBin, 'applicationDeleted', 'servicePrincipalDeleted']) {
      expect([name, states(name)]).toEqual([name, new Set(['deleted'])]);
    }
    expect(states('hardDeleted')).toEqual(new Set(['gone']));
    expect(states('restoredAlready')).toEqual(new Set(['live']));
    expect(fact(made, 'hardDeleted')).toHaveLength(3);
    expect(fact(made, 'groupsDeleted')).toHaveLength(3);
    expect(
      together(made, ['softDeleted', 'hardDeleted', 'upnTaken', 'proxyTaken', 'restoredAlready']),
    ).toHaveLength(Math.max(10, users));
  });

  it('nothing differs from the snapshot but what the facts name', () => {
    const made = world('mass-delete', 60);
    const users = ['softDeleted', 'hardDeleted', 'upnTaken', 'proxyTaken', 'groupsDeleted'];
    const others = ['hiredAgain', 'addressHolder', 'leavers', 'movedBefore', 'movedMeanwhile'];

    expect(differing(made)).toEqual(together(made, [...users, ...others, 'ownNumber']));
  });

  it('the names of three deleted people belong to others now', () => {
    const { directory, ...made } = world('mass-delete', 48);
    const upns = (made.facts['upnTaken'] ?? []).map((id) =>
      text(directory.now.deleted(id)?.properties ?? {}, 'userPrincipalName'),
    );
    const [inBin = ''] = made.facts['proxyTaken'] ?? [];
    const [holder = ''] = made.facts['addressHolder'] ?? [];
    const addresses = (of: Readonly<Record<string, unknown>> | undefined): string[] =>
      (of?.['proxyAddresses'] ?? []) as string[];

    expect(upns.map((upn) => directory.idOfUser(upn))).toEqual(made.facts['hiredAgain']);
    const shared = addresses(directory.now.deleted(inBin)?.properties).filter((address) =>
      addresses(directory.object(holder).properties).includes(address),
    );
    expect(shared).toHaveLength(1);
  });

  it('the members of the deleted groups are all still there', () => {
    const made = world('mass-delete', 48);
    const then = made.directory.asOf(start - 10 * 60_000);

    for (const group of fact(made, 'groupsDeleted')) {
      expect(then.links(group, 'members').length).toBeGreaterThanOrEqual(10);
      for (const id of then.links(group, 'members')) {
        expect(made.directory.now.state(id)).toBe('live');
      }
    }
  });
});
