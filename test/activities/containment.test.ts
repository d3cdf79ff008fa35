import { confirmCompromised } from '../../functions/activities/contain/confirm-compromised.js';
import { disableActor } from '../../functions/activities/contain/disable-actor.js';
import { proveContainment } from '../../functions/activities/contain/prove-containment.js';
import { removeAppRoles } from '../../functions/activities/contain/remove-app-roles.js';
import { removeCredentials } from '../../functions/activities/contain/remove-credentials.js';
import { removeDirectoryRoles } from '../../functions/activities/contain/remove-directory-roles.js';
import { revokeSessions } from '../../functions/activities/contain/revoke-sessions.js';
import { actor, createCase, incidentId, start, type Case } from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';
import { refusal } from '../support/fake-directory.js';

const on = { incidentId, actor };

async function opened(): Promise<Case> {
  const world = createCase();
  await world.open();
  return world;
}

describe('a measure', () => {
  it.each([
    ['revokeSessions', revokeSessions],
    ['disable', disableActor],
    ['confirmCompromised', confirmCompromised],
  ] as const)('%s leaves an intent before it and an outcome after it', async (measure, run) => {
    const world = await opened();
    let before: string[] = [];
    world.directory.script.measure = () => {
      before = world.kinds();
      return null;
    };

    const result = await run(world.services, on);

    expect(before).toEqual(['contain.intent']);
    expect(world.kinds()).toEqual(['contain.intent', 'contain.outcome']);
    expect(result).toEqual({ measure, ok: true, changed: true, refusal: null });
  });

  it.each([
    ['revokeSessions', revokeSessions, `Revoke-MgUserSignInSession -UserId ${actor.id}`],
    ['disable', disableActor, `Update-MgUser -UserId ${actor.id} -AccountEnabled:$false`],
  ] as const)(
    '%s that the tenant refuses comes back with the exact command',
    async (_measure, run, command) => {
      const world = await opened();
      world.directory.script.measure = () => refusal(403, 'Insufficient privileges');

      const result = await run(world.services, on);

      expect(result).toMatchObject({ ok: false, refusal: { code: 'GRAPH_REJECTED', command } });
      expect(world.summaries('contain.outcome').join()).toMatch(/refused \(403\)/);
    },
  );

  it('that was refused and later succeeds leaves an entry for each attempt', async () => {
    const world = await opened();
    world.directory.script.measure = () => refusal(403, 'Insufficient privileges');
    await disableActor(world.services, on);
    world.directory.script.measure = () => null;

    await disableActor(world.services, on);

    expect(world.kinds()).toHaveLength(4);
    expect(world.summaries('contain.outcome')).toEqual([
      expect.stringContaining('refused') as string,
      'disable of Ada: done.',
    ]);
  });

  it('on an identity that the directory has lost is a refusal and asks nothing of the tenant', async () => {
    const world = await opened();

    const result = await disableActor(world.services, {
      incidentId,
      actor: { ...actor, id: 'gone' },
    });

    expect(result).toMatchObject({ ok: false, refusal: { command: null } });
    expect(world.directory.measures).toEqual([]);
  });

  it('disable is not sent when the account is disabled already', async () => {
    const world = await opened();
    world.directory.addIdentity({ ...actor, enabled: false });

    const result = await disableActor(world.services, on);

    expect(result).toMatchObject({ ok: true, changed: false });
    expect(world.directory.measures).toEqual([]);
  });

  it.each([
    ['revokeSessions', revokeSessions],
    ['disable', disableActor],
  ] as const)(
    '%s whose answer was lost after its effect is not sent a second time',
    async (measure, run) => {
      const world = await opened();
      world.directory.script.measure = () => 'after';
      await expect(run(world.services, on)).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' });
      expect(world.kinds()).toEqual(['contain.intent', 'contain.outcome.unknown']);
      world.directory.script.measure = () => null;
      world.clock.advance(600_000);

      const again = await run(world.services, on);
      const proof = await proveContainment(world.services, { ...on, measures: [measure] });

      expect(world.directory.measures).toHaveLength(1);
      expect(again).toMatchObject({ ok: true, changed: false });
      expect(proof.proven).toBe(true);
    },
  );

  it('whose answer was lost before its effect is sent again', async () => {
    const world = await opened();
    world.directory.script.measure = () => 'before';
    await expect(revokeSessions(world.services, on)).rejects.toThrow();
    world.directory.script.measure = () => null;
    world.clock.advance(1000);

    await revokeSessions(world.services, on);

    expect(world.directory.measures).toHaveLength(2);
    expect(world.directory.identity(actor.id).sessionsValidFrom).toBe(world.clock.iso());
  });
});

describe('removals', () => {
  const app = { kind: 'servicePrincipal', id: 'app-1', name: 'Sync tool' } as const;

  async function withApp(): Promise<Case> {
    const world = await opened();
    world.directory.addIdentity(app);
    world.directory.credentials.push(
      { keyId: 'key-1', kind: 'password', holder: 'application', displayName: null },
      { keyId: 'key-2', kind: 'certificate', holder: 'servicePrincipal', displayName: null },
    );
    world.directory.appRoles.push({ id: 'given-1', resourceId: 'graph', appRoleId: 'role-1' });
    world.directory.grants.push({ id: 'grant-1', resourceId: 'graph', scope: 'User.Read' });
    world.directory.roles.push({ id: 'held-1', roleDefinitionId: 'admin', directoryScopeId: '/' });
    return world;
  }
  const removedOf = async (world: Case) =>
    (await world.store.readDocument<never>(incidentId, 'containments')) as unknown as Record<
      string,
      { removed: string[] }
    >;

  it('remember what they removed in words that a person can give back by', async () => {
    const world = await withApp();
    const job = { incidentId, actor: app };

    await removeCredentials(world.services, job);
    await removeAppRoles(world.services, job);
    await removeDirectoryRoles(world.services, job);

    expect((await removedOf(world))[app.id]!.removed).toEqual([
      'password key-1 of the application',
      'certificate key-2 of the servicePrincipal',
      'app role role-1 of resource graph',
      'delegated grant User.Read on resource graph',
      'directory role admin with scope /',
    ]);
    expect(world.directory.credentials).toEqual([]);
    expect(world.directory.grants).toEqual([]);
  });

  it.each([
    ['refused', refusal(403, 'no')],
    ['lost', 'after'],
  ] as const)(
    'stop at the first one that is %s and forget none before it',
    async (_how, answer) => {
      const world = await withApp();
      world.directory.script.measure = (name) =>
        name === 'removeCredential' && world.directory.measures.length === 2 ? answer : null;

      await removeCredentials(world.services, { incidentId, actor: app }).catch(() => null);

      expect((await removedOf(world))[app.id]!.removed).toEqual([
        'password key-1 of the application',
      ]);
    },
  );

  it('run again remove only what is still there', async () => {
    const world = await withApp();
    await removeCredentials(world.services, { incidentId, actor: app });

    const again = await removeCredentials(world.services, { incidentId, actor: app });

    expect(again).toMatchObject({ ok: true, changed: false });
    expect(world.directory.measures).toHaveLength(2);
  });
});

describe('the proof of containment', () => {
  const prove = (world: Case) =>
    proveContainment(world.services, { ...on, measures: ['revokeSessions', 'disable'] });

  it('is given once everything reads back, and keeps its time', async () => {
    const world = await opened();
    await revokeSessions(world.services, on);
    const early = await prove(world);
    await disableActor(world.services, on);
    const first = await prove(world);
    world.clock.advance(60_000);

    const second = await prove(world);

    expect(early).toMatchObject({
      proven: false,
      provenAt: null,
      why: expect.stringContaining('enabled') as string,
    });
    expect(first).toMatchObject({ proven: true, provenAt: new Date(start).toISOString() });
    expect(second.provenAt).toBe(first.provenAt);
  });

  it('is not given for a revocation that the tenant does not show', async () => {
    const world = await opened();
    await disableActor(world.services, on);
    await revokeSessions(world.services, on);
    world.directory.addIdentity({ ...actor, enabled: false });

    const proof = await prove(world);

    expect(proof).toMatchObject({
      proven: false,
      why: expect.stringContaining('sessions') as string,
    });
  });

  it('is not given for a measure that is not on record', async () => {
    const world = await opened();
    world.directory.addIdentity({ ...actor, enabled: false, sessionsValidFrom: world.clock.iso() });

    expect((await prove(world)).proven).toBe(false);
  });

  it('is not given while credentials or roles are still listed', async () => {
    const world = await opened();
    world.directory.credentials.push({
      ...{ keyId: 'key-1', kind: 'password', holder: 'application', displayName: null },
    });
    world.directory.roles.push({ id: 'held-1', roleDefinitionId: 'r', directoryScopeId: '/' });

    const proof = await proveContainment(world.services, {
      ...on,
      measures: ['removeCredentials', 'removeDirectoryRoles'],
    });

    expect(proof.why).toBe('credentials are still listed; directory roles are still listed');
  });

  it('names time, client and address of the last write after it, and none from before it', async () => {
    const world = await opened();
    await revokeSessions(world.services, on);
    await disableActor(world.services, on);
    world.auditLog.rows.push(
      auditRow({ byId: actor.id, at: '2026-11-20T20:59:59Z' }),
      auditRow({ byId: actor.id, at: '2026-11-20T21:00:10Z', succeeded: false }),
    );
    const quiet = await prove(world);
    world.clock.advance(60_000);
    world.auditLog.rows.push(auditRow({ byId: actor.id, at: '2026-11-20T21:00:30Z' }));

    const loud = await prove(world);

    expect(quiet.lastWriteAt).toBeNull();
    expect(loud).toMatchObject({
      proven: true,
      lastWriteAt: '2026-11-20T21:00:30Z',
      clientName: 'Script host',
      ipAddress: '203.0.113.9',
    });
  });

  it('still names writes after a containment that somebody has undone', async () => {
    const world = await opened();
    await revokeSessions(world.services, on);
    await disableActor(world.services, on);
    await prove(world);
    world.directory.addIdentity({ ...world.directory.identity(actor.id), enabled: true });
    world.auditLog.rows.push(auditRow({ byId: actor.id, at: '2026-11-20T21:00:30Z' }));
    world.clock.advance(60_000);

    expect(await prove(world)).toMatchObject({
      ...{ proven: false, provenAt: null, lastWriteAt: '2026-11-20T21:00:30Z' },
    });
  });
});
