import { appCaller, origin, rig, type Rig } from './support.js';

const reference = (id: string): object => ({
  '@odata.id': `${origin}/v1.0/directoryObjects/${id}`,
});

function groupNamed({ world }: Rig, name: string): string {
  for (const group of world.directory.now.list('group')) {
    if (group.properties['displayName'] === name) return group.id;
  }
  throw new Error(`No group ${name}.`);
}

describe('members of a static group', () => {
  it('are added and removed by reference, and both leave a row with the member first', async () => {
    const outside = rig();
    const group = groupNamed(outside, 'Project 1');
    const { id } = outside.world.ids.people.reader;

    const added = await outside.call('POST', `/groups/${group}/members/$ref`, reference(id));
    const removed = await outside.call('DELETE', `/groups/${group}/members/${id}/$ref`);

    expect([added.status, removed.status]).toEqual([204, 204]);
    const [add, remove] = outside.world.directory.trail.events.slice(-2);
    expect(add?.activity).toBe('Add member to group');
    expect(add?.targets[0]?.id).toBe(id);
    expect(add?.targets[0]?.modified[0]).toEqual({
      displayName: 'Group.ObjectID',
      oldValue: null,
      newValue: `"${group}"`,
    });
    expect(remove?.activity).toBe('Remove member from group');
    expect(remove?.targets[0]?.modified[0]).toEqual({
      displayName: 'Group.ObjectID',
      oldValue: `"${group}"`,
      newValue: null,
    });
    expect(remove?.targets[1]).toMatchObject({ id: group, type: 'Group', modified: [] });
  });

  it('that are there already are refused, those that are not there are not found', async () => {
    const outside = rig();
    const group = groupNamed(outside, 'Project 1');
    const [member = ''] = outside.world.directory.now.links(group, 'members');
    const { id: stranger } = outside.world.ids.people.reader;

    const again = await outside.call('POST', `/groups/${group}/members/$ref`, reference(member));
    const never = await outside.call('DELETE', `/groups/${group}/members/${stranger}/$ref`);

    expect([again.status, never.status]).toEqual([400, 404]);
    expect(again.body.error?.message).toContain('already exist');
  });

  it('come 20 at a time by PATCH, all or none', async () => {
    const outside = rig({ users: 40 });
    const group = groupNamed(outside, 'Project 1');
    const ids = (outside.world.facts['damaged'] ?? []).filter(
      (id) => !outside.world.directory.now.linked(group, 'members', id),
    );
    const bind = (some: readonly string[]): object => ({
      'members@odata.bind': some.map((id) => `${origin}/v1.0/directoryObjects/${id}`),
    });

    const tooMany = await outside.call('PATCH', `/groups/${group}`, bind(ids.slice(0, 21)));
    const before = outside.world.directory.now.links(group, 'members').length;
    const allowed = await outside.call('PATCH', `/groups/${group}`, bind(ids.slice(0, 20)));

    expect([tooMany.status, allowed.status]).toEqual([400, 204]);
    expect(outside.world.directory.now.links(group, 'members')).toHaveLength(before + 20);
  });

  it.each([
    ['a dynamic group', 'Field service crew', 400],
    ['a synced group', 'Warehouse (synced)', 400],
    ['a distribution list', 'All announcements', 400],
  ])('cannot be added to %s', async (_, name, status) => {
    const outside = rig();
    const { id } = outside.world.ids.people.reader;

    const answer = await outside.call(
      'POST',
      `/groups/${groupNamed(outside, name)}/members/$ref`,
      reference(id),
    );

    expect(answer.status).toBe(status);
  });

  it('of a role-assignable group need the permission to manage roles', async () => {
    const outside = rig();
    const group = groupNamed(outside, 'Tier 1 support');
    const { id } = outside.world.ids.people.reader;
    const caller = appCaller(outside.world, ['Group.ReadWrite.All', 'GroupMember.ReadWrite.All']);

    const without = await outside.call('POST', `/groups/${group}/members/$ref`, reference(id), {
      caller,
    });
    const withRole = await outside.call('POST', `/groups/${group}/members/$ref`, reference(id));

    expect([without.status, withRole.status]).toEqual([403, 204]);
  });

  it.each([
    ['a foreign host', 'https://example.net/v1.0/directoryObjects/'],
    ['plain text', ''],
  ])('are refused when the reference is %s', async (_, prefix) => {
    const outside = rig();
    const group = groupNamed(outside, 'Project 1');
    const { id } = outside.world.ids.people.reader;

    const answer = await outside.call('POST', `/groups/${group}/members/$ref`, {
      '@odata.id': `${prefix}${id}`,
    });

    expect(answer.status).toBe(400);
  });
});

describe('finding groups and memberships', () => {
  it.each([
    ['isAssignableToRole eq true', ['Tier 1 support', 'Conditional Access exclusions']],
    ["groupTypes/any(c:c eq 'DynamicMembership')", ['Field service crew']],
    ["startswith(displayName,'Warehouse')", ['Warehouse (synced)']],
  ])('the filter %s answers the groups it means', async (filter, names) => {
    const { call } = rig();

    const answer = await call('GET', `/groups?$filter=${encodeURIComponent(filter)}`);

    expect(answer.body.value?.map((group) => group['displayName'])).toEqual(names);
  });

  it('members of every type carry their type', async () => {
    const outside = rig();
    const group = groupNamed(outside, 'Project 1');

    const answer = await outside.call('GET', `/groups/${group}/members?$select=id&$top=999`);

    expect(answer.body.value).toHaveLength(10);
    expect(answer.body.value?.[0]).toMatchObject({ '@odata.type': '#microsoft.graph.user' });
  });

  it('memberOf lists groups and roles; the typed form needs an advanced query', async () => {
    const { call, world } = rig();
    const { id } = world.ids.people.actor;
    const path = `/users/${id}/transitiveMemberOf/microsoft.graph.group?$select=id`;

    const all = await call('GET', `/users/${id}/memberOf`);
    const plain = await call('GET', path);
    const advanced = await call('GET', `${path}&$count=true`, undefined, {
      headers: { consistencylevel: 'eventual' },
    });

    expect(all.body.value?.map((entry) => entry['displayName'])).toContain('User Administrator');
    expect([plain.status, advanced.status]).toEqual([400, 200]);
  });

  it('checkMemberObjects knows groups and role templates and refuses more than 20 ids', async () => {
    const outside = rig();
    const [helper = ''] = outside.world.directory.now.links(
      groupNamed(outside, 'Tier 1 support'),
      'members',
    );
    const helpdeskRole = '729827e3-9c14-49f7-bb1b-9608f156bbb8';
    const group = groupNamed(outside, 'Tier 1 support');
    const path = `/users/${helper}/checkMemberObjects`;

    const some = await outside.call('POST', path, {
      ids: [helpdeskRole, group, groupNamed(outside, 'Project 1')],
    });
    const tooMany = await outside.call('POST', path, {
      ids: Array.from({ length: 21 }, () => group),
    });

    expect(some.body.value).toEqual([helpdeskRole, group]);
    expect(tooMany.status).toBe(400);
  });
});
