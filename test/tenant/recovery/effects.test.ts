import { isDynamic } from '../../../local/tenant/directory/automation.js';
import { minute } from '../../../local/tenant/directory/instants.js';
import type { ObjectType, Properties } from '../../../local/tenant/directory/model.js';
import { ofIds, ofTypes, prefer, recoveryRig, type RecoveryRig } from './recovery-world.js';

const changed = { reason: 'changed' };

/** Previews a scope and answers its changes by object id. */
async function previewed(rig: RecoveryRig, scope?: unknown) {
  const job = await rig.start('preview', scope);
  await rig.finish(job);
  const path = `${job}/getChanges?$top=999`;
  const { body } = await rig.call('GET', path, undefined, { headers: prefer });
  return new Map((body.value ?? []).map((change) => [String(change['id']), change]));
}

async function recovered(rig: RecoveryRig, scope?: unknown) {
  const path = await rig.start('recovery', scope);
  const job = await rig.finish(path);
  const failed = await rig.call('GET', `${path}/getFailedChanges`);
  return { job, failed: failed.body.value ?? [] };
}

function first(rig: RecoveryRig, type: ObjectType, name: string): string {
  for (const object of rig.world.directory.now.list(type)) {
    if (object.properties['displayName'] === name) return object.id;
  }
  throw new Error(`No ${type} is called ${name}.`);
}

/** A static cloud group with members, and those members. */
function staticGroup({ world, staff }: RecoveryRig): { group: string; members: string[] } {
  const people = new Set(staff);
  for (const group of world.directory.now.list('group')) {
    const members = world.directory.now.links(group.id, 'members');
    const ours = members.filter((member) => people.has(member));
    if (ours.length < 4 || isDynamic(group) || group.properties['isAssignableToRole']) continue;
    if (group.properties['onPremisesSyncEnabled'] !== true)
      return { group: group.id, members: ours };
  }
  throw new Error('The company has no such group.');
}

describe('what was created since', () => {
  it('goes to the bin when its type is in scope, and stays when ids leave it out', async () => {
    const rig = recoveryRig();
    const { directory } = rig.world;
    const made = directory.newId();
    const properties = { displayName: 'New Hire', userPrincipalName: 'new@woodgrove.example' };
    directory.create('user', made, properties, rig.by, rig.clock.now());

    await recovered(rig, ofIds({ user: rig.staff.slice(0, 3) }));
    const afterIds = directory.now.state(made);
    const changes = await previewed(rig, ofTypes('user'));
    await recovered(rig, ofTypes('user'));

    expect(afterIds).toBe('live');
    expect(changes.get(made)).toMatchObject({
      recoveryAction: 'softDelete',
      deltaFromCurrent: { '@removed': changed, deletedDateTime: expect.any(String) },
      currentState: { deletedDateTime: null },
    });
    expect(directory.now.state(made)).toBe('deleted');
  });
});

describe('what was deleted for good', () => {
  it('is in no preview and never comes back', async () => {
    const rig = recoveryRig();
    const { directory } = rig.world;
    const [gone = ''] = rig.staff;
    directory.softDelete(gone, rig.by, rig.clock.now());
    directory.hardDelete(gone, rig.by, rig.clock.now());

    const changes = await previewed(rig);
    await recovered(rig);

    expect(changes.has(gone)).toBe(false);
    expect(directory.now.state(gone)).toBe('gone');
  });
});

describe('memberships', () => {
  it('come back and go again with the group, links told as deltas', async () => {
    const rig = recoveryRig();
    const { directory } = rig.world;
    const { group, members } = staticGroup(rig);
    const [lost = '', binned = ''] = members;
    const stranger = rig.staff.find((id) => !directory.now.linked(group, 'members', id)) ?? '';
    const now = rig.clock.now();
    directory.setLink('members', group, lost, false, rig.by, now);
    directory.setLink('members', group, stranger, true, rig.by, now);
    directory.softDelete(binned, rig.by, now);

    const changes = await previewed(rig, ofIds({ group: [group] }));
    const { job, failed } = await recovered(rig, ofIds({ group: [group], user: [binned] }));

    const type = '#microsoft.graph.user';
    expect(changes.get(group)).toMatchObject({
      recoveryAction: 'update',
      deltaFromCurrent: {
        'members@delta': [
          { '@odata.type': type, id: lost },
          { '@odata.type': type, id: stranger, '@removed': changed },
        ],
      },
      currentState: { '@odata.type': '#microsoft.graph.group' },
    });
    expect(job).toMatchObject({ totalObjectsModified: 2, totalLinksModified: 2 });
    expect(failed).toEqual([]);
    const back = directory.now.links(group, 'members');
    expect(back).toEqual(expect.arrayContaining([lost, binned]));
    expect(back).not.toContain(stranger);
  });

  it('that point to somebody still in the bin fail alone and are listed', async () => {
    const rig = recoveryRig();
    const { directory } = rig.world;
    const { group, members } = staticGroup(rig);
    const [lost = '', binned = ''] = members;
    const now = rig.clock.now();
    for (const id of [lost, binned]) directory.setLink('members', group, id, false, rig.by, now);
    directory.softDelete(binned, rig.by, now);

    const { job, failed } = await recovered(rig, ofIds({ group: [group] }));

    expect(job).toMatchObject({
      status: 'successful',
      totalLinksModified: 1,
      totalFailedChanges: 1,
    });
    expect(failed).toMatchObject([
      {
        id: group,
        deltaFromCurrent: { 'members@delta': [{ id: binned }] },
        failureMessage: 'Link update failed: the other object does not exist.',
      },
    ]);
    expect(directory.now.linked(group, 'members', lost)).toBe(true);
  });
});

describe('objects mastered on-premises', () => {
  it('are in the preview and left alone by the recovery', async () => {
    const rig = recoveryRig();
    const { directory } = rig.world;
    const synced = [...directory.now.list('user')].find(
      ({ properties }) => properties['onPremisesSyncEnabled'] === true,
    );
    const id = synced?.id ?? '';
    rig.change(id, { city: 'Elsewhere' });

    const changes = await previewed(rig, ofIds({ user: [id] }));
    const { job } = await recovered(rig, ofIds({ user: [id] }));

    expect(changes.has(id)).toBe(true);
    expect(job).toMatchObject({ totalObjectsModified: 0, totalFailedChanges: 0 });
    expect(directory.object(id).properties['city']).toBe('Elsewhere');
  });
});

describe('a name taken since', () => {
  it('fails the restore of its earlier holder and nothing else', async () => {
    const rig = recoveryRig();
    const { directory } = rig.world;
    const [deleted = '', taker = '', other = ''] = rig.staff;
    const name = directory.object(deleted).properties['userPrincipalName'] ?? null;
    directory.softDelete(deleted, rig.by, rig.clock.now());
    rig.change(taker, { userPrincipalName: name });
    rig.change(other, { city: 'Elsewhere' });

    const { failed } = await recovered(rig, ofIds({ user: [deleted, other] }));

    expect(failed).toMatchObject([
      { id: deleted, recoveryAction: 'restore', failureMessage: expect.stringMatching(/^Restore/) },
    ]);
    expect(directory.now.state(deleted)).toBe('deleted');
    expect(directory.object(other).properties['city']).not.toBe('Elsewhere');
  });
});

describe('policies, applications and what was granted', () => {
  it('go back as whole values; properties that are not covered stay', async () => {
    const rig = recoveryRig();
    const { directory } = rig.world;
    const [policy] = [...directory.now.list('conditionalAccessPolicy')];
    const [location] = [...directory.now.list('namedLocation')];
    const application = first(rig, 'application', 'Expense Desk');
    const principal = first(rig, 'servicePrincipal', 'Expense Desk');
    const was = { ...policy!.properties };
    const now = rig.clock.now();
    rig.change(policy!.id, { state: 'disabled', conditions: { users: {} } });
    directory.softDelete(location!.id, rig.by, now);
    rig.change(application, {
      displayName: 'Renamed',
      web: { redirectUris: ['https://evil.example'] },
    });
    rig.change(principal, { accountEnabled: false });

    const changes = await previewed(rig);
    const { failed } = await recovered(rig);

    expect(changes.get(policy!.id)).toMatchObject({
      entityTypeName: 'conditionalAccessPolicy',
      deltaFromCurrent: { state: was['state'], conditions: was['conditions'] },
    });
    expect(changes.get(location!.id)).toMatchObject({
      entityTypeName: 'namedLocationPolicy',
      recoveryAction: 'restore',
    });
    expect(failed).toEqual([]);
    expect(directory.object(policy!.id).properties).toEqual(was);
    expect(directory.now.state(location!.id)).toBe('live');
    expect(directory.object(application).properties).toMatchObject({
      displayName: 'Expense Desk',
      web: { redirectUris: ['https://evil.example'] },
    });
    expect(directory.object(principal).properties['accountEnabled']).toBe(true);
  });

  it.each<[string, string, ObjectType, Properties]>([
    ['authorizationPolicy', 'guestUserRoleId', 'authorizationPolicy', {}],
    [
      'authenticationMethodPolicy',
      'authenticationMethodConfigurations',
      'authenticationMethodsPolicy',
      {},
    ],
    ['organization', 'strongAuthenticationPolicy', 'organization', { enabled: false }],
  ])('settings of the tenant go back too: %s', async (type, name, objectType, value) => {
    const rig = recoveryRig();
    const { directory } = rig.world;
    const [settings] = [...directory.now.list(objectType)];
    const was = settings!.properties[name];
    rig.change(settings!.id, { [name]: value, displayName: 'Renamed' });

    const changes = await previewed(rig, ofIds({ [type]: [settings!.id] }));
    await recovered(rig, ofTypes(type));

    expect(changes.get(settings!.id)).toMatchObject({
      entityTypeName: type,
      deltaFromCurrent: { [name]: was },
    });
    expect(directory.object(settings!.id).properties).toMatchObject({
      [name]: was,
      displayName: 'Renamed',
    });
  });

  it('grants for everybody ride on the service principal they give access to', async () => {
    const rig = recoveryRig();
    const { directory, ids } = rig.world;
    const [grant] = [...directory.now.list('oAuth2PermissionGrant')];
    const resourceId = ids.graphServicePrincipalId;
    const ends = { clientId: grant!.properties['clientId'] as string, resourceId };
    const [forAll, forOne] = [directory.newId(), directory.newId()];
    const now = rig.clock.now();
    directory.endAssignment(grant!.id, rig.by, now);
    directory.grantScopes(forAll, { ...ends, principalId: null, scope: 'Mail.Read' }, rig.by, now);
    const one = { ...ends, principalId: rig.staff[0] ?? '', scope: 'Mail.Read' };
    directory.grantScopes(forOne, one, rig.by, now);

    const job = await rig.start('preview', ofIds({ servicePrincipal: [resourceId] }));
    await rig.finish(job);
    const plain = await rig.call('GET', `${job}/getChanges`);
    await recovered(rig, ofTypes('servicePrincipal'));

    expect(plain.body.value?.map((change) => [change['id'], change['entityTypeName']])).toEqual([
      [forAll, 'unknownFutureValue'],
      [grant!.id, 'unknownFutureValue'],
    ]);
    expect([grant!.id, forAll, forOne].map((id) => directory.now.state(id))).toEqual([
      'live',
      'gone',
      'live',
    ]);
  });
});

describe('a recovery', () => {
  it('compares anew: a change after the preview goes as well', async () => {
    const rig = recoveryRig();
    const [early = '', late = ''] = rig.staff;
    const city = rig.world.directory.object(late).properties['city'];
    rig.change(early, { city: 'Elsewhere' });
    const changes = await previewed(rig, ofIds({ user: [early, late] }));
    rig.change(late, { city: 'Moved for good reason' });

    await recovered(rig, ofIds({ user: [early, late] }));

    expect([...changes.keys()]).toEqual([early]);
    expect(rig.world.directory.object(late).properties['city']).toBe(city);
  });

  it('that is cancelled keeps what it wrote so far', async () => {
    const rig = recoveryRig();
    const { recovery, directory } = rig.world;
    recovery.settings.durations = { ...recovery.settings.durations, writePerChange: minute };
    const damaged = rig.staff.slice(0, 20);
    for (const id of damaged) rig.change(id, { city: 'Elsewhere' });
    await previewed(rig, ofIds({ user: damaged }));
    const job = await rig.start('recovery', ofIds({ user: damaged }));

    await rig.clock.sleep(7.5 * minute);
    const cancel = `/directory/recovery/jobs/${job.split('/').at(-1)}/cancel`;
    await rig.call('POST', cancel, undefined, { caller: rig.operator });
    const ended = await rig.finish(job);

    const left = damaged.filter((id) => directory.object(id).properties['city'] === 'Elsewhere');
    expect(ended['status']).toBe('abandoned');
    expect(left.length).toBe(20 - Number(ended['totalObjectsModified']));
    expect(left.length).toBeGreaterThan(5);
    expect(left.length).toBeLessThan(20);
  });

  it('that fails has written half, and the next one is free to start', async () => {
    const rig = recoveryRig();
    rig.world.recovery.settings.failJobs = 1;
    const damaged = rig.staff.slice(0, 4);
    for (const id of damaged) rig.change(id, { city: 'Elsewhere' });

    const { job } = await recovered(rig, ofIds({ user: damaged }));
    const second = await recovered(rig, ofIds({ user: damaged }));

    expect(job).toMatchObject({ status: 'failed', totalObjectsModified: 2 });
    expect(second.job).toMatchObject({ status: 'successful', totalObjectsModified: 2 });
  });

  it('is told in the audit trail: by the person its start, by the service what it wrote', async () => {
    const rig = recoveryRig();
    const [damaged = ''] = rig.staff;
    rig.change(damaged, { city: 'Elsewhere' });
    const before = rig.world.directory.trail.events.length;

    await recovered(rig, ofIds({ user: [damaged] }));

    const told = rig.world.directory.trail.events
      .slice(before)
      .map(({ category, activity, by }) => ({
        category,
        activity,
        by: by.kind === 'user' ? by.id : by.displayName,
      }));
    const service = 'Microsoft Entra Backup and Recovery';
    const category = 'Backup and Recovery';
    const operator = rig.world.ids.people.operator.id;
    expect(told).toEqual([
      { category, activity: 'Start recovery job', by: operator },
      { category: 'UserManagement', activity: 'Update user', by: service },
      { category, activity: 'Complete recovery job', by: service },
    ]);
  });
});

describe('the time a job takes', () => {
  it.each([1, 60])('is the documented one divided by a speed of %s', async (speed) => {
    const rig = recoveryRig({ speed });
    const damaged = rig.staff.slice(0, 100);
    for (const id of damaged) rig.change(id, { city: 'Elsewhere' });
    const begun = rig.clock.now();

    await rig.start('recovery', ofIds({ user: damaged }));
    await rig.clock.sleep((3 * 60 * minute) / speed);
    rig.world.directory.advance(rig.clock.now());

    const [job] = rig.world.recovery.jobs(rig.clock.now());
    const minutes = (((job?.completedAt ?? 0) - begun) * speed) / minute;
    expect(job?.objectsModified).toBe(100);
    // An hour of loading, a minute each of comparing and writing, and the wait to begin.
    expect(minutes).toBeGreaterThan(62);
    expect(minutes).toBeLessThan(63);
  });
});
