import { appCaller, rig, type Rig } from './support.js';

const lastRow = ({ world }: Rig) => world.directory.trail.events.at(-1);

function groupNamed({ world }: Rig, displayName: string): string {
  const groups = [...world.directory.now.list('group')];
  return groups.find(({ properties }) => properties['displayName'] === displayName)?.id ?? '';
}

const security = {
  displayName: 'Newcomers',
  mailNickname: 'newcomers',
  mailEnabled: false,
  securityEnabled: true,
};

describe('groups are created', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['a security group', security, { mail: null, groupTypes: [] }],
    [
      'a Microsoft 365 group',
      { ...security, groupTypes: ['Unified'], mailEnabled: true, securityEnabled: false },
      { mail: 'newcomers@woodgrove.example', proxyAddresses: ['SMTP:newcomers@woodgrove.example'] },
    ],
    [
      'a dynamic group',
      { ...security, groupTypes: ['DynamicMembership'], membershipRule: 'user.city -eq "Porto"' },
      { membershipRuleProcessingState: 'On' },
    ],
  ])('%s', async (_what, body, expected) => {
    const outside = rig();

    const made = await outside.call('POST', '/groups', body);

    expect(made).toMatchObject({ status: 201, body: { ...body, ...expected } });
    expect(lastRow(outside)).toMatchObject({ activity: 'Add group', category: 'GroupManagement' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['without a name', { ...security, displayName: undefined }],
    ['as a distribution list', { ...security, mailEnabled: true, securityEnabled: false }],
    ['as neither kind', { ...security, securityEnabled: false }],
    ['dynamic without a rule', { ...security, groupTypes: ['DynamicMembership'] }],
    ['with a nickname of blanks', { ...security, mailNickname: 'new comers' }],
    ['with an unknown property', { ...security, colour: 'red' }],
  ])('never %s', async (_what, body) => {
    expect((await rig().call('POST', '/groups', body)).status).toBe(400);
  });

  it('that carry roles need the right to manage roles', async () => {
    const outside = rig();
    const body = { ...security, isAssignableToRole: true };
    const caller = appCaller(outside.world, ['Group.ReadWrite.All']);

    const without = await outside.call('POST', '/groups', body, { caller });
    const withRight = await outside.call('POST', '/groups', body);

    expect([without.status, withRight.status]).toEqual([403, 201]);
  });
});

describe('groups are changed', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ description: 'x' }, 'Description'],
    [{ displayName: 'x' }, 'DisplayName'],
    [{ mailNickname: 'x' }, 'MailNickname'],
    [{ visibility: 'Public' }, 'IsPublic'],
    [{ securityEnabled: true }, 'SecurityEnabled'],
    [{ theme: 'Red' }, 'Theme'],
    [{ preferredLanguage: 'de-DE' }, 'PreferredLanguage'],
    [{ preferredDataLocation: 'EUR' }, 'PreferredDataLocation'],
    [{ classification: null }, 'Classification'],
    [{ membershipRule: 'user.city -eq "Porto"' }, 'MembershipRule'],
    [{ groupTypes: ['Unified', 'DynamicMembership'] }, 'GroupType'],
  ])('%j is told as %s', async (patch, name) => {
    const outside = rig();
    const id = groupNamed(outside, 'Team Atlas');

    const answer = await outside.call('PATCH', `/groups/${id}`, patch);

    expect(answer.status).toBe(204);
    expect(lastRow(outside)?.targets[0]).toMatchObject({ id, groupType: 'unifiedGroups' });
    expect(lastRow(outside)?.targets[0]?.modified[0]?.displayName).toBe(name);
  });

  it.each<[string, Record<string, unknown>]>([
    ['its kind', { groupTypes: [] }],
    ['its address', { mail: 'x@woodgrove.example' }],
    ['whether it has mail', { mailEnabled: false }],
    ['to hidden membership', { visibility: 'HiddenMembership' }],
    ['to a theme that does not exist', { theme: 'Black' }],
    ['to no name', { displayName: '' }],
    ['to a rule that cannot be read', { membershipRule: 'everybody' }],
  ])('but not %s', async (_what, patch) => {
    const outside = rig();

    const answer = await outside.call(
      'PATCH',
      `/groups/${groupNamed(outside, 'Team Atlas')}`,
      patch,
    );

    expect(answer.status).toBe(400);
  });
});

describe('groups are deleted', () => {
  it.each(['Team Atlas', 'Project 1'])('%s comes back with members and address', async (name) => {
    const outside = rig();
    const { now } = outside.world.directory;
    const id = groupNamed(outside, name);
    const members = now.links(id, 'members');

    const deleted = await outside.call('DELETE', `/groups/${id}`);
    const restored = await outside.call('POST', `/directory/deletedItems/${id}/restore`);

    expect([deleted.status, restored.status]).toEqual([204, 200]);
    expect(now.links(id, 'members')).toEqual(members);
    expect(members).toHaveLength(10);
  });

  it('but not mailing lists', async () => {
    const outside = rig();
    const id = groupNamed(outside, 'All announcements');

    expect((await outside.call('DELETE', `/groups/${id}`)).status).toBe(400);
  });

  it('and do not come back where their address was taken', async () => {
    const outside = rig();
    const id = groupNamed(outside, 'Team Atlas');
    await outside.call('DELETE', `/groups/${id}`);
    const unified = { groupTypes: ['Unified'], mailEnabled: true, securityEnabled: false };
    await outside.call('POST', '/groups', { ...security, ...unified, mailNickname: 'atlas' });

    const restored = await outside.call('POST', `/directory/deletedItems/${id}/restore`);

    expect(restored).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('proxyAddresses') } },
    });
  });
});
