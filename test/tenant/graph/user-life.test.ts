import { text } from '../../../local/tenant/directory/model.js';
import { rig, type Rig } from './support.js';

const lastRow = ({ world }: Rig) => world.directory.trail.events.at(-1);

function hire(userPrincipalName: string, extra: Record<string, unknown> = {}) {
  return {
    accountEnabled: true,
    displayName: 'Second Person',
    mailNickname: 'second',
    userPrincipalName,
    passwordProfile: { password: 'x' },
    ...extra,
  };
}

describe('users are hired', () => {
  it('with a name, an address and two rows', async () => {
    const outside = rig();

    const made = await outside.call('POST', '/users', hire('second@woodgrove.example'));

    expect(made).toMatchObject({ status: 201, body: { mail: 'second@woodgrove.example' } });
    const rows = outside.world.directory.trail.events.slice(-2);
    expect(rows.map(({ activity }) => activity)).toEqual(['Add user', 'Update PasswordProfile']);
  });

  it.each<[string, Record<string, unknown>]>([
    ['under a name that somebody has', {}],
    ['in a foreign domain', { userPrincipalName: 'second@elsewhere.example' }],
    ['without a password', { passwordProfile: undefined }],
    ['with an unknown property', { colour: 'red' }],
  ])('never %s', async (_what, change) => {
    const outside = rig();
    const taken = outside.world.ids.people.reader.userPrincipalName.toUpperCase();
    const name = taken.replace('WOODGROVE.EXAMPLE', 'woodgrove.example');

    expect((await outside.call('POST', '/users', hire(name, change))).status).toBe(400);
  });
});

describe('managers', () => {
  it('are set, replaced and taken away', async () => {
    const outside = rig();
    const { reader, operator, commander } = outside.world.ids.people;
    const path = `/users/${reader.id}/manager/$ref`;
    const reference = (id: string) => ({
      '@odata.id': `https://graph.microsoft.com/v1.0/users/${id}`,
    });

    const set = await outside.call('PUT', path, reference(operator.id));
    const replaced = await outside.call('PUT', path, reference(commander.id));
    const told = lastRow(outside);
    const removed = await outside.call('DELETE', path);
    const again = await outside.call('DELETE', path);

    expect([set, replaced, removed, again].map(({ status }) => status)).toEqual([
      204, 204, 204, 404,
    ]);
    expect(told?.targets[0]).toMatchObject({ id: reader.id });
    expect(told?.targets[0]?.modified[0]).toEqual({
      displayName: 'Manager',
      oldValue: JSON.stringify([operator.id]),
      newValue: JSON.stringify([commander.id]),
    });
  });

  it('are users', async () => {
    const outside = rig();
    const [group] = outside.world.directory.now.list('group');

    const answer = await outside.call(
      'PUT',
      `/users/${outside.world.ids.people.reader.id}/manager/$ref`,
      {
        '@odata.id': `https://graph.microsoft.com/v1.0/groups/${group?.id ?? ''}`,
      },
    );

    expect(answer.status).toBe(400);
  });
});

describe('a deleted user whose names were taken since', () => {
  async function deletedWithSuccessor(outside: Rig, successor: string) {
    const { id } = outside.world.ids.people.reader;
    await outside.call('DELETE', `/users/${id}`);
    await outside.call('POST', '/users', hire(successor));
    const restore = (body?: unknown) =>
      outside.call('POST', `/directory/deletedItems/${id}/restore`, body);
    return { id, restore };
  }

  it('does not come back under the name of another', async () => {
    const outside = rig();
    const { userPrincipalName } = outside.world.ids.people.reader;
    const { id, restore } = await deletedWithSuccessor(outside, userPrincipalName);

    const plain = await restore();
    const renamed = await restore({ newUserPrincipalName: 'rosa.2@woodgrove.example' });
    const both = await restore({
      newUserPrincipalName: 'rosa.2@woodgrove.example',
      autoReconcileProxyConflict: true,
    });

    expect(plain).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('userPrincipalName') } },
    });
    expect(renamed).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('proxyAddresses') } },
    });
    expect(both).toMatchObject({
      status: 200,
      body: { id, userPrincipalName: 'rosa.2@woodgrove.example' },
    });
    expect(outside.world.directory.object(id).properties['proxyAddresses']).toEqual([]);
  });

  it('comes back without the addresses that were taken, and with the others', async () => {
    const outside = rig();
    const { directory } = outside.world;
    const [id = ''] = outside.world.facts['damaged'] ?? [];
    const before = directory.object(id).properties;
    const [primary = '', second = ''] = before['proxyAddresses'] as string[];
    await outside.call('DELETE', `/users/${id}`);
    const successor = await outside.call('POST', '/users', hire('other@woodgrove.example'));
    const by = { kind: 'app', servicePrincipalId: null, displayName: 'Exchange' } as const;
    const taken = { proxyAddresses: [`smtp:${primary.slice(5).toUpperCase()}`] };
    directory.update(String(successor.body['id']), taken, by, outside.clock.now());
    const path = `/directory/deletedItems/${id}/restore`;

    const plain = await outside.call('POST', path);
    const reconciled = await outside.call('POST', path, { autoReconcileProxyConflict: true });

    expect([plain.status, reconciled.status]).toEqual([400, 200]);
    expect(directory.object(id).properties['proxyAddresses']).toEqual([second]);
    expect(text(directory.object(id).properties, 'userPrincipalName')).not.toBe('');
  });

  it('comes back under its name once the successor gave it up', async () => {
    const outside = rig();
    const { userPrincipalName } = outside.world.ids.people.reader;
    const { restore } = await deletedWithSuccessor(outside, userPrincipalName);
    const holder = outside.world.directory.idOfUser(userPrincipalName) ?? '';
    await outside.call('PATCH', `/users/${holder}`, {
      userPrincipalName: 'third@woodgrove.example',
    });

    const restored = await restore({ autoReconcileProxyConflict: true });

    expect(restored).toMatchObject({ status: 200, body: { userPrincipalName } });
  });

  it.each([{ newUserPrincipalName: 'nobody' }, { autoReconcile: true }])(
    'refuses %j',
    async (body) => {
      const outside = rig();
      const { restore } = await deletedWithSuccessor(outside, 'other@woodgrove.example');

      expect((await restore(body)).status).toBe(400);
    },
  );
});
