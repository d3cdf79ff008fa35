import type { Credential, Write } from '../../shared/ports/directory.js';
import { tenantRig, type TenantRig } from './tenant-rig.js';

const missing = '00000000-1111-4222-8333-444444444444';

function factsOf(rig: TenantRig, name: string): readonly string[] {
  const ids = rig.tenant.world.facts[name];
  if (ids === undefined || ids.length === 0) throw new Error(`the scenario has no ${name}`);
  return ids;
}
const one = (rig: TenantRig, name: string): string => factsOf(rig, name)[0] as string;
const truth = (rig: TenantRig, id: string) => rig.tenant.directory.object(id).properties;
/** A service principal of the tenant that holds credentials, itself or through its application. */
async function principalWithCredentials(rig: TenantRig): Promise<string> {
  for (const { id } of rig.tenant.directory.now.list('servicePrincipal')) {
    if ((await rig.directory.listCredentials(id)).length > 1) return id;
  }
  throw new Error('no service principal of the tenant has credentials');
}

const writesOf = (rig: TenantRig) => rig.requests().flatMap(({ writes }) => writes);

describe('identities', () => {
  it('our own is the service principal of our token', async () => {
    const rig = tenantRig();

    expect(await rig.directory.ownIdentity()).toBe(rig.tenant.world.ids.ourServicePrincipalId);
  });

  it('a person is found by object id and by name in any case, and only by an exact one', async () => {
    const { directory, tenant } = tenantRig();
    const { actor } = tenant.people;
    const hint = { kind: null, objectId: null, userPrincipalName: null, appId: null };

    const byId = await directory.findIdentity({ ...hint, objectId: actor.id });
    const byName = await directory.findIdentity({
      ...hint,
      userPrincipalName: actor.userPrincipalName.toUpperCase(),
    });

    expect(byId).toMatchObject({ kind: 'user', id: actor.id, enabled: true, directorySync: false });
    expect(byName?.id).toBe(actor.id);
    expect(
      await directory.findIdentity({ ...hint, userPrincipalName: 'nobody@x.example' }),
    ).toBeNull();
    expect(await directory.findIdentity({ ...hint, objectId: missing })).toBeNull();
    expect(await directory.findIdentity(hint)).toBeNull();
  });

  it('a name with quotes and a fragment sign finds nobody instead of somebody else', async () => {
    const { directory } = tenantRig();
    const name = "x' or userPrincipalName ne 'y#EXT#@contoso.com";

    const found = await directory.findIdentity({
      kind: 'user',
      objectId: null,
      userPrincipalName: name,
      appId: null,
    });

    expect(found).toBeNull();
  });

  it('an application is found by its application id', async () => {
    const { directory, tenant } = tenantRig();
    const { ourAppId, ourServicePrincipalId } = tenant.world.ids;

    const found = await directory.findIdentity({
      kind: 'servicePrincipal',
      objectId: null,
      userPrincipalName: null,
      appId: ourAppId,
    });

    expect(found).toMatchObject({
      kind: 'servicePrincipal',
      id: ourServicePrincipalId,
      appId: ourAppId,
      firstParty: false,
    });
  });
});

describe('containment', () => {
  it('disabling and revoking take effect and can be repeated', async () => {
    const rig = tenantRig({ scenario: 'bulk-disable' });
    const { id } = rig.tenant.people.actor;

    const disabled = await rig.directory.setAccountEnabled('user', id, false);
    const revoked = await rig.directory.revokeSessions(id);
    const again = await rig.directory.revokeSessions(id);

    expect(disabled).toMatchObject({ ok: true, changed: true });
    expect(revoked.ok && again.ok).toBe(true);
    expect(truth(rig, id)['accountEnabled']).toBe(false);
    await rig.clock.sleep(600_000);
    expect((await rig.directory.readIdentity('user', id))?.sessionsValidFrom).toMatch(
      /^2026-11-20T20:5/,
    );
  });

  it('a refusal is a value that carries the status and the words of Graph', async () => {
    const rig = tenantRig();

    const refused = await rig.directory.setAccountEnabled(
      'user',
      one(rig, 'roleGroupMembers'),
      true,
    );

    expect(refused).toMatchObject({
      ok: false,
      code: 'GRAPH_REJECTED',
      status: 403,
      message: expect.stringContaining('Authorization_RequestDenied'),
    });
  });

  it('an answer lost after the effect is repeated without doing it twice', async () => {
    const rig = tenantRig({ scenario: 'bulk-disable' });
    const { id } = rig.tenant.people.actor;
    rig.fail({
      match: { method: 'PATCH', path: `/users/${id}` },
      times: 1,
      answer: 'applyThenReset',
    });

    const effect = await rig.directory.setAccountEnabled('user', id, false);

    expect(effect.ok).toBe(true);
    expect(writesOf(rig).filter(({ objectId }) => objectId === id)).toHaveLength(1);
  });
});

describe('containing a service principal', () => {
  it('its passwords and certificates are found on both objects and each is removed', async () => {
    const rig = tenantRig({ scenario: 'quiet' });
    const holder = await principalWithCredentials(rig);
    const before = await rig.directory.listCredentials(holder);

    const effects = [];
    for (const credential of before) {
      effects.push(await rig.directory.removeCredential(holder, credential));
      await rig.clock.sleep(600_000);
    }
    const again = await rig.directory.removeCredential(holder, before[0] as Credential);

    expect(effects.every((effect) => effect.ok && effect.changed)).toBe(true);
    expect(again).toMatchObject({ ok: true, changed: false });
    expect(await rig.directory.listCredentials(holder)).toEqual([]);
  });

  it('its app roles and directory roles are ended, a second time without a change', async () => {
    const rig = tenantRig({ scenario: 'mixed' });
    const { ourServicePrincipalId } = rig.tenant.world.ids;
    const roles = await rig.directory.listRoleAssignments(rig.tenant.people.actor.id);
    const assignments = await rig.directory.listAppRoleAssignments(ourServicePrincipalId);
    const reading = assignments.at(-1)?.id as string;

    const ended = await rig.directory.removeRoleAssignment(roles[0]?.id as string);
    const endedAgain = await rig.directory.removeRoleAssignment(roles[0]?.id as string);
    const removed = await rig.directory.removeAppRoleAssignment(ourServicePrincipalId, reading);
    const removedAgain = await rig.directory.removeAppRoleAssignment(
      ourServicePrincipalId,
      reading,
    );

    expect([ended, removed]).toEqual(
      Array(2).fill(expect.objectContaining({ ok: true, changed: true })),
    );
    expect([endedAgain, removedAgain]).toEqual(
      Array(2).fill(expect.objectContaining({ ok: true, changed: false })),
    );
  });
});

describe('delegated grants of a service principal', () => {
  it('are listed, and one that is gone already is no change', async () => {
    const rig = tenantRig({ scenario: 'quiet' });
    const { ourServicePrincipalId } = rig.tenant.world.ids;

    expect(await rig.directory.listGrants(ourServicePrincipalId)).toEqual([]);
    expect(await rig.directory.removeGrant('no-such-grant')).toMatchObject({
      ok: true,
      changed: false,
    });
  });
});

describe('reading objects', () => {
  it('every id is answered as present, in the bin or gone', async () => {
    const rig = tenantRig();
    const present = one(rig, 'actorOnly');
    const binned = one(rig, 'softDeleted');
    const lost = one(rig, 'hardDeleted');

    const objects = await rig.directory.readObjects(
      'user',
      [lost, present, missing, binned],
      [
        'accountEnabled',
        'department',
        'onPremisesExtensionAttributes/extensionAttribute1',
        '*',
        'memberOf',
      ],
      [],
    );

    expect(objects.map(({ objectId, presence }) => [objectId, presence])).toEqual([
      [lost, 'absent'],
      [present, 'present'],
      [missing, 'absent'],
      [binned, 'softDeleted'],
    ]);
    expect(objects[1]?.properties).toEqual({
      accountEnabled: truth(rig, present)['accountEnabled'],
      department: truth(rig, present)['department'],
      'onPremisesExtensionAttributes/extensionAttribute1': expect.anything(),
    });
    expect(objects[3]?.daysLeft).toBeGreaterThanOrEqual(29);
    expect(objects[0]?.properties).toEqual({});
  });

  it('synced and privileged people are marked', async () => {
    const rig = tenantRig();
    const ids = [
      one(rig, 'synced'),
      one(rig, 'roleHolders'),
      one(rig, 'roleGroupMembers'),
      one(rig, 'actorOnly'),
    ];

    const objects = await rig.directory.readObjects('user', ids, ['accountEnabled'], []);

    expect(objects.map(({ synced }) => synced)).toEqual([true, false, false, false]);
    expect(objects.map(({ privileged }) => privileged)).toEqual([false, true, true, false]);
  });

  it('memberships are the direct ones of the groups asked for, from few ids and from many', async () => {
    const rig = tenantRig();
    const [first = '', second = ''] = factsOf(rig, 'membershipGroups');
    const members = [...factsOf(rig, 'membersAdded'), ...factsOf(rig, 'membersRemoved')];
    const many = [...members, ...rig.tenant.directory.now.links(first, 'members')];
    const everyone = [
      ...new Set([...many, ...[...rig.tenant.directory.now.list('user')].map(({ id }) => id)]),
    ].slice(0, 60);
    await rig.clock.sleep(600_000);

    const few = await rig.directory.readObjects('user', members, [], [first, second]);
    const all = await rig.directory.readObjects('user', everyone, [], [first, second]);

    for (const object of [...few, ...all]) {
      const expected = [first, second].filter((group) =>
        rig.tenant.directory.now.links(group, 'members').includes(object.objectId),
      );
      expect([...object.memberOf].sort()).toEqual(expected.sort());
    }
  });

  it('a thousand people are read in a handful of requests', async () => {
    const rig = tenantRig({ scenario: 'bulk-disable', users: 1000 });
    const ids = factsOf(rig, Object.keys(rig.tenant.world.facts)[0] as string).slice(0, 1000);
    const before = rig.requests().length;

    const objects = await rig.directory.readObjects('user', ids, ['accountEnabled'], []);

    expect(objects).toHaveLength(ids.length);
    expect(objects.every(({ presence }) => presence === 'present')).toBe(true);
    expect(rig.requests().length - before).toBeLessThan(15);
  });

  it('a kind that cannot be read is said, not guessed', async () => {
    const { directory } = tenantRig();

    await expect(directory.readObjects('role', [missing], [], [])).rejects.toMatchObject({
      code: 'GRAPH_REJECTED',
    });
  });
});

describe('groups and entitlements', () => {
  it('facts of static, dynamic, role-assignable, deleted and unknown groups', async () => {
    const rig = tenantRig();
    const [group = ''] = factsOf(rig, 'membershipGroups');
    const dynamic = one(rig, 'groupMadeDynamic');
    const deleted = one(rig, 'groupsDeleted');

    const facts = await rig.directory.readGroups([group, dynamic, deleted, missing]);

    expect(facts.map(({ id }) => id)).toEqual([group, dynamic, deleted, missing]);
    expect(facts.map((fact) => fact.dynamic)).toEqual([false, true, false, false]);
    expect(facts.map((fact) => fact.deleted)).toEqual([false, false, true, true]);
    expect(facts[1]?.rule).toContain('user.employeeId');
  });

  it('dynamic groups are found by the properties their rule names', async () => {
    const rig = tenantRig();

    const byEmployee = await rig.directory.dynamicGroupsNaming(['employeeId']);
    const byNothing = await rig.directory.dynamicGroupsNaming(['employee']);

    expect(byEmployee.map(({ id }) => id)).toContain(one(rig, 'groupMadeDynamic'));
    expect(byNothing).toEqual([]);
    expect(await rig.directory.dynamicGroupsNaming([])).toEqual([]);
  });

  it('entitlements list groups and licences, and leave out people who are gone', async () => {
    const rig = tenantRig();
    const id = one(rig, 'membersAdded');

    const read = await rig.directory.readEntitlements([id, missing]);

    expect(read).toHaveLength(1);
    expect(read[0]?.groupIds).toEqual([...rig.tenant.directory.now.incoming(id, 'members')].sort());
  });
});

it('what the recycle bin does not show of an object is left out, never taken for empty', async () => {
  const rig = tenantRig();
  const binned = one(rig, 'softDeleted');
  const asked = [
    'accountEnabled',
    'faxNumber',
    'onPremisesExtensionAttributes/extensionAttribute15',
  ];

  const [object] = await rig.directory.readObjects('user', [binned], asked, []);

  expect(object).toMatchObject({ presence: 'softDeleted' });
  expect(Object.keys(object?.properties ?? {})).not.toContain('faxNumber');
  expect(object?.properties).toHaveProperty('accountEnabled');
});

describe('writing', () => {
  it('updates, restores and memberships land in one batch and in the order given', async () => {
    const rig = tenantRig();
    const [first = '', second = ''] = factsOf(rig, 'membershipGroups');
    const [user, binned, removed, added] = [
      one(rig, 'actorOnly'),
      one(rig, 'softDeleted'),
      one(rig, 'membersRemoved'),
      one(rig, 'membersAdded'),
    ];
    const before = rig.requests().length;

    const answers = await rig.directory.writeBatch([
      {
        kind: 'update',
        objectId: user,
        objectType: 'user',
        properties: { accountEnabled: true, jobTitle: 'Clerk' },
      },
      { kind: 'restore', objectId: binned, objectType: 'user' },
      { kind: 'addMember', objectId: removed, groupId: first },
      { kind: 'removeMember', objectId: added, groupId: second },
    ]);

    expect(answers).toEqual(Array(4).fill(expect.objectContaining({ ok: true, changed: true })));
    expect(rig.requests().length - before).toBe(1);
    expect(truth(rig, user)).toMatchObject({ accountEnabled: true, jobTitle: 'Clerk' });
    expect(rig.tenant.directory.now.get(binned)).toBeDefined();
    expect(rig.tenant.directory.now.links(first, 'members')).toContain(removed);
    expect(rig.tenant.directory.now.links(second, 'members')).not.toContain(added);
  });

  it('what is already so is a success without a change', async () => {
    const rig = tenantRig();
    const [first = '', second = ''] = factsOf(rig, 'membershipGroups');
    const writes: Write[] = [
      { kind: 'restore', objectId: one(rig, 'softDeleted'), objectType: 'user' },
      { kind: 'addMember', objectId: one(rig, 'membersRemoved'), groupId: first },
      { kind: 'removeMember', objectId: one(rig, 'membersAdded'), groupId: second },
    ];
    await rig.directory.writeBatch(writes);
    await rig.clock.sleep(600_000);

    const again = await rig.directory.writeBatch(writes);

    expect(again).toEqual(Array(3).fill(expect.objectContaining({ ok: true, changed: false })));
  });

  it('an object restored and repaired in one batch is repaired after it is back', async () => {
    const rig = tenantRig();
    const objectId = one(rig, 'softDeleted');

    const answers = await rig.directory.writeBatch([
      { kind: 'restore', objectId, objectType: 'user' },
      { kind: 'update', objectId, objectType: 'user', properties: { jobTitle: 'Clerk' } },
    ]);

    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(truth(rig, objectId)['jobTitle']).toBe('Clerk');
  });

  it('refusals and throttling are told apart, item by item', async () => {
    const rig = tenantRig();
    const ids = factsOf(rig, 'actorOnly');
    const [allowed = '', throttled = ''] = ids;
    rig.fail({
      match: { path: `/users/${throttled}` },
      times: 1,
      answer: {
        status: 429,
        headers: { 'retry-after': '2.5' },
        body: { error: { code: 'TooManyRequests', message: 'x' } },
      },
    });

    const answers = await rig.directory.writeBatch(
      [allowed, throttled, one(rig, 'roleGroupMembers')].map((objectId): Write => ({
        kind: 'update',
        objectId,
        objectType: 'user',
        properties: { accountEnabled: true },
      })),
    );

    expect(answers[0]).toMatchObject({ ok: true });
    expect(answers[1]).toEqual({ ok: false, code: 'THROTTLED', retryAfterMs: 2500 });
    expect(answers[2]).toMatchObject({ ok: false, code: 'GRAPH_REJECTED', status: 403 });
  });

  it('a security group is put into the bin only when it was seen to come out of it', async () => {
    const rig = tenantRig();
    const group = [...rig.tenant.directory.now.list('group')].find(
      ({ properties }) =>
        JSON.stringify(properties['groupTypes']) === '[]' &&
        properties['isAssignableToRole'] !== true,
    );
    const objectId = group?.id ?? '';
    const softDelete = { kind: 'softDelete', objectId, objectType: 'group' } as const;

    const [doubtful] = await rig.directory.writeBatch([softDelete]);
    const [proven] = await rig.directory.writeBatch([{ ...softDelete, cameFromBin: true }]);

    expect(doubtful).toMatchObject({ ok: false, code: 'GRAPH_REJECTED', status: 0 });
    expect(proven).toMatchObject({ ok: true, changed: true });
    await rig.clock.sleep(120_000);
    const [now] = await rig.directory.readObjects('group', [objectId], [], []);
    expect(now?.presence).toBe('softDeleted');
  });

  it('a batch throttled as a whole was not applied and says how long to wait', async () => {
    const rig = tenantRig();
    rig.fail({
      match: { path: 'batch' },
      times: 1,
      answer: { status: 429, headers: { 'retry-after': '9' } },
    });

    const answers = await rig.directory.writeBatch([
      {
        kind: 'update',
        objectId: one(rig, 'actorOnly'),
        objectType: 'user',
        properties: { jobTitle: 'x' },
      },
    ]);

    expect(answers).toEqual([{ ok: false, code: 'THROTTLED', retryAfterMs: 9000 }]);
    expect(writesOf(rig)).toEqual([]);
  });

  it.each(['html', 'empty', { status: 200, body: { value: [] } }] as const)(
    'one write of a batch answered with %j leaves the outcome of the batch unknown',
    async (fault) => {
      const rig = tenantRig();
      const objectId = one(rig, 'actorOnly');
      rig.fail({ match: { path: objectId }, times: 1, answer: fault });

      const sending = rig.directory.writeBatch([
        { kind: 'update', objectId, objectType: 'user', properties: { jobTitle: 'x' } },
      ]);

      await expect(sending).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE', retryable: true });
      expect(writesOf(rig)).toEqual([]);
    },
  );

  it.each(['applyThenReset', 'reset', 'html', 'empty'] as const)(
    'a batch answered with %s is thrown as unknown and never sent again by itself',
    async (fault) => {
      const rig = tenantRig();
      rig.fail({ match: { path: 'batch' }, times: 1, answer: fault });

      const sending = rig.directory.writeBatch([
        {
          kind: 'update',
          objectId: one(rig, 'actorOnly'),
          objectType: 'user',
          properties: { jobTitle: 'x' },
        },
      ]);

      await expect(sending).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE', retryable: true });
      expect(writesOf(rig).length).toBe(fault === 'applyThenReset' ? 1 : 0);
    },
  );

  it('an item with an unclear answer makes the whole batch unknown', async () => {
    const rig = tenantRig();
    const [first = '', second = ''] = factsOf(rig, 'actorOnly');
    rig.fail({ match: { path: `/users/${second}` }, times: 1, answer: { status: 503 } });

    const sending = rig.directory.writeBatch(
      [first, second].map((objectId): Write => ({
        kind: 'update',
        objectId,
        objectType: 'user',
        properties: { jobTitle: 'x' },
      })),
    );

    await expect(sending).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' });
  });

  it('deleting is softly or not at all', async () => {
    const rig = tenantRig();
    const [group = ''] = factsOf(rig, 'membershipGroups');
    const created = one(rig, 'created');

    const answers = await rig.directory.writeBatch([
      { kind: 'softDelete', objectId: created, objectType: 'user' },
      { kind: 'softDelete', objectId: group, objectType: 'group' },
      { kind: 'softDelete', objectId: missing, objectType: 'authenticationStrengthPolicy' },
    ]);

    expect(answers[0]).toMatchObject({ ok: true, changed: true });
    expect(answers[1]).toMatchObject({ ok: false, status: 0 });
    expect(answers[2]).toMatchObject({ ok: false, status: 0 });
    expect(rig.tenant.directory.now.deleted(created)).toBeDefined();
    expect(rig.tenant.directory.now.get(group)).toBeDefined();
    expect(rig.tenant.journal.alarms()).toEqual([]);
  });
});

describe('roles on our own API', () => {
  it('are those a person was given, and unknown when they cannot be read', async () => {
    const rig = tenantRig({ scenario: 'quiet' });
    const { approver, outsider } = rig.tenant.people;

    expect(await rig.directory.appRolesOnOurApi(approver.id)).toEqual(['Incident.Approver']);
    expect(await rig.directory.appRolesOnOurApi(outsider.id)).toEqual([]);
    rig.fail({
      match: { path: 'appRoleAssignedTo' },
      answer: { status: 403, body: { error: { code: 'x', message: 'x' } } },
    });
    expect(await rig.directory.appRolesOnOurApi(approver.id)).toBeNull();
  });
});

describe('recovery points', () => {
  it('are the snapshots, newest first', async () => {
    const rig = tenantRig();
    const { createRecoveryPoints } = await import('../../shared/adapters/graph/recovery-points.js');

    const answer = await createRecoveryPoints(rig.client).listRecoveryPoints();

    expect(
      answer.ok && answer.points.map(({ createdDateTime }) => Date.parse(createdDateTime)),
    ).toEqual(rig.tenant.world.snapshots);
  });
});
