import { text } from '../../../local/tenant/directory/model.js';
import { day } from '../../../local/tenant/directory/instants.js';
import { appCaller, rig } from './support.js';

describe('the recycle bin', () => {
  it('lists deleted users with their date and the id in front of the name', async () => {
    const { call, world } = rig({ scenario: 'mixed', users: 48 });
    const deleted = world.facts['softDeleted'] ?? [];

    const answer = await call('GET', '/directory/deletedItems/microsoft.graph.user');

    const listed = answer.body.value ?? [];
    expect(listed.map(({ id }) => id).sort()).toEqual([...deleted].sort());
    for (const user of listed) {
      const prefix = String(user['id']).replaceAll('-', '');
      expect(String(user['userPrincipalName']).startsWith(prefix)).toBe(true);
      expect(user['deletedDateTime']).toMatch(/Z$/);
    }
  });

  it('gives a user back with memberships and the old name', async () => {
    const { call, world, clock } = rig();
    const project = [...world.directory.now.list('group')].find(
      ({ properties }) => properties['displayName'] === 'Project 1',
    );
    const [id = ''] = world.directory.now.links(project?.id ?? '', 'members');
    const name = world.directory.object(id).properties['userPrincipalName'];

    const deleted = await call('DELETE', `/users/${id}`);
    const gone = world.directory.now.links(project?.id ?? '', 'members').includes(id);
    await clock.sleep(60_000);
    const one = await call('GET', `/directory/deletedItems/${id}`);
    const restored = await call('POST', `/directory/deletedItems/${id}/restore`);

    expect([deleted.status, one.status, restored.status]).toEqual([204, 200, 200]);
    expect(gone).toBe(false);
    expect(restored.body['userPrincipalName']).toBe(name);
    expect(world.directory.now.links(project?.id ?? '', 'members')).toContain(id);
  });

  it('rewrites the name in the row of the deletion itself', async () => {
    const { call, world } = rig();
    const [id = ''] = world.facts['damaged'] ?? [];
    const name = text(world.directory.object(id).properties, 'userPrincipalName');

    await call('DELETE', `/users/${id}`);

    const row = world.directory.trail.events.findLast((event) => event.activity === 'Delete user');
    expect(row?.targets[0]?.userPrincipalName).toBe(`${id.replaceAll('-', '')}${name}`);
    expect(row?.targets[0]?.modified).toEqual([
      { displayName: 'Is Hard Deleted', oldValue: null, newValue: '"False"' },
    ]);
  });

  it('refuses a restore into a name that somebody else has now', async () => {
    const { call, world } = rig();
    const [id = '', other = ''] = world.facts['damaged'] ?? [];
    const name = world.directory.object(id).properties['userPrincipalName'];
    await call('DELETE', `/users/${id}`);
    await call('PATCH', `/users/${other}`, { userPrincipalName: name });

    const clash = await call('POST', `/directory/deletedItems/${id}/restore`);
    const renamed = await call('POST', `/directory/deletedItems/${id}/restore`, {
      newUserPrincipalName: 'back@woodgrove.example',
    });

    expect([clash.status, renamed.status]).toEqual([400, 200]);
    expect(renamed.body['userPrincipalName']).toBe('back@woodgrove.example');
  });

  it('a hard delete is possible, final, and an alarm in the journal', async () => {
    const { call, world, journal } = rig();
    const [id = ''] = world.facts['damaged'] ?? [];
    await call('DELETE', `/users/${id}`);

    const purged = await call('DELETE', `/directory/deletedItems/${id}`);
    const restored = await call('POST', `/directory/deletedItems/${id}/restore`);

    expect([purged.status, restored.status]).toEqual([204, 404]);
    expect(journal.alarms()).toMatchObject([{ alarm: 'HARD_DELETE', method: 'DELETE' }]);
    const row = world.directory.trail.events.at(-1);
    expect(row?.activity).toBe('Hard Delete user');
    expect(row?.targets[0]).not.toHaveProperty('userPrincipalName');
  });

  it('forgets an object after 30 days', async () => {
    const { call, world, clock } = rig();
    const [id = ''] = world.facts['damaged'] ?? [];
    await call('DELETE', `/users/${id}`);

    await clock.sleep(30 * day + 1);
    const answer = await call('POST', `/directory/deletedItems/${id}/restore`);

    expect(answer.status).toBe(404);
    expect(world.directory.now.state(id)).toBe('gone');
  });

  it('each kind needs its own permission', async () => {
    const { call, world } = rig({ scenario: 'mixed', users: 48 });
    const [group = ''] = world.facts['groupsDeleted'] ?? [];
    const caller = appCaller(world, ['User.DeleteRestore.All']);

    const without = await call('POST', `/directory/deletedItems/${group}/restore`, undefined, {
      caller,
    });
    const withRight = await call('POST', `/directory/deletedItems/${group}/restore`);

    expect([without.status, withRight.status]).toEqual([403, 200]);
  });
});
