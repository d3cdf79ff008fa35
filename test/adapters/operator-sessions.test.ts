import { randomBytes } from 'node:crypto';
import { createOperatorExchange } from '../../shared/adapters/identity/operator-exchange.js';
import { operatorProof } from '../../shared/adapters/identity/credentials.js';
import { createOperatorSessions } from '../../shared/adapters/identity/operator-sessions.js';
import { createRecoveryService } from '../../shared/adapters/graph/recovery-service.js';
import type { NativeChange } from '../../shared/domain/native/native-job.js';
import { createMemoryStore } from '../support/memory-store.js';
import { origin, tenantRig, type TenantRig } from './tenant-rig.js';

const incidentId = 'inc-0123456789abcdef0123456789abcdef';
const olga = { id: '22222222-0000-4000-8000-000000000001', name: 'Olga' };
const carl = { id: '22222222-0000-4000-8000-000000000003', name: 'Carl' };
const scopes = [
  'EntraBackup.Read.All',
  'EntraBackup.ReadWrite.Preview',
  'EntraBackup.ReadWrite.Recovery',
];

function sessionsOn(rig: TenantRig, key = randomBytes(32), store = createMemoryStore()) {
  const { ids } = rig.tenant.world;
  const exchange = createOperatorExchange({
    authority: `${origin}/${ids.tenantId}`,
    clientId: ids.apiAppId,
    proof: operatorProof({ kind: 'managedIdentity' }, rig.credential),
    scopes: scopes.map((scope) => `${origin}/${scope}`),
    now: () => rig.clock.now(),
    fetch: rig.fetch,
  });
  const sessions = createOperatorSessions({
    store,
    exchange,
    clock: rig.clock,
    key,
    unavailable: null,
  });
  const recovery = createRecoveryService({
    client: rig.client,
    sessions,
    endpoint: origin,
    clock: rig.clock,
    fetch: rig.fetch,
    random: () => 0.5,
  });
  return { sessions, recovery, store, key };
}

/** A token for our API, as the console has it. */
async function bearerOf(rig: TenantRig, person: string): Promise<string> {
  const answer = await rig.tenant.control({
    method: 'POST',
    url: new URL('http://127.0.0.1:1/token'),
    headers: { host: '127.0.0.1:1', 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ person })),
  });
  const { accessToken } = JSON.parse(answer.body) as { accessToken: string };
  return `Bearer ${accessToken}`;
}

async function lent(rig: TenantRig, person = 'operator') {
  const world = sessionsOn(rig);
  const authorization = await bearerOf(rig, person);
  const lending = await world.sessions.lend(incidentId, olga, authorization);
  return { ...world, authorization, lending };
}

test('an operator lends a session, and a whole native recovery runs under it', async () => {
  const rig = tenantRig({ scenario: 'bulk-disable', users: 9 });
  const { lending, recovery } = await lent(rig);
  expect(lending).toMatchObject({ ok: true, session: { by: olga } });

  const listed = await recovery.listRecoveryPoints();
  const point = listed.ok ? listed.points[0]! : null!;
  const { damaged = [], alsoMoved = [] } = rig.tenant.world.facts;
  const entries = [{ entityType: 'user', ids: damaged.filter((id) => !alsoMoved.includes(id)) }];
  const limits = { kind: 'ids', entries } as const;
  const job = { incidentId, pointId: point.id, limits };

  const preview = await recovery.startJob({ ...job, kind: 'preview' });
  expect(preview).toMatchObject({ started: true });
  const jobId = preview.started ? preview.jobId : '';
  expect(await recovery.startJob({ ...job, kind: 'recovery' })).toMatchObject({ why: 'busy' });
  await over('preview', jobId);

  const changes: NativeChange[] = [];
  for await (const change of recovery.readChanges({ pointId: point.id, jobId }))
    changes.push(change);
  expect(changes.length).toBeGreaterThan(0);
  expect(changes[0]).toMatchObject({ action: 'update', target: { accountEnabled: true } });

  const started = await recovery.startJob({ ...job, kind: 'recovery' });
  const recoveryId = started.started ? started.jobId : '';
  await over('recovery', recoveryId);
  const [first] = changes;
  expect(rig.tenant.world.directory.now.get(first!.objectId)?.properties['accountEnabled']).toBe(
    true,
  );
  expect((await recovery.listJobs()).map(({ kind }) => kind).sort()).toEqual([
    'preview',
    'recovery',
  ]);

  async function over(kind: 'preview' | 'recovery', id: string): Promise<void> {
    for (let look = 0; look < 500; look += 1) {
      const read = await recovery.readJob({ kind, pointId: point.id, jobId: id });
      if (read?.status === 'successful') return;
      expect(['initialized', 'loadingData', 'calculating', 'running']).toContain(read?.status);
      await rig.clock.sleep(60_000);
    }
    throw new Error(`the ${kind} job never ended`);
  }
});

test('the token is nowhere: not in the store, not in what is answered', async () => {
  const rig = tenantRig({ scenario: 'quiet' });
  const { lending, store, authorization, sessions } = await lent(rig);
  const held = await sessions.credentialFor(incidentId).getToken('x');
  const kept = JSON.stringify([await store.readDocument(incidentId, 'operator-session'), lending]);

  expect(held?.token.length).toBeGreaterThan(100);
  for (const secret of [held!.token, authorization.slice(7)]) {
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(secret.slice(0, 60));
    expect(kept).not.toContain(secret.split('.')[2]);
  }
});

test('a session belongs to one incident, and to whoever holds the key', async () => {
  const rig = tenantRig({ scenario: 'quiet' });
  const { store, sessions, key } = await lent(rig);
  expect(await sessions.current(incidentId)).toMatchObject({ by: olga });

  const other = `${incidentId.slice(0, -1)}0`;
  const document = await store.readDocument(incidentId, 'operator-session');
  await store.updateDocument(other, 'operator-session', () => document as never);
  expect(await sessions.current(other)).toBeNull();

  expect(await sessionsOn(rig, key, store).sessions.current(incidentId)).toMatchObject({
    by: olga,
  });
  expect(await sessionsOn(rig, randomBytes(32), store).sessions.current(incidentId)).toBeNull();

  await sessions.end(incidentId);
  expect(await sessions.current(incidentId)).toBeNull();
});

test('without a session no job is started, and the service says who may start one', async () => {
  const rig = tenantRig({ scenario: 'quiet' });
  const { recovery } = sessionsOn(rig);
  const listed = await recovery.listRecoveryPoints();
  const pointId = listed.ok ? listed.points[0]!.id : '';
  const limits = { kind: 'ids', entries: [{ entityType: 'user', ids: [olga.id] }] } as const;
  const answer = await recovery.startJob({ incidentId, kind: 'preview', pointId, limits });
  expect(answer).toMatchObject({ started: false, why: 'session' });

  const { people } = rig.tenant.world.ids;
  expect(await recovery.jobRights(people['operator'].id)).toMatchObject({
    backupAdministrator: 'active',
  });
  expect(await recovery.jobRights(people['reader'].id)).toMatchObject({
    backupAdministrator: 'missing',
  });
});

test('somebody without the role lends nothing that the service takes', async () => {
  const rig = tenantRig({ scenario: 'quiet' });
  const { recovery, lending } = await lent(rig, 'responder');
  expect(lending.ok).toBe(true);
  const listed = await recovery.listRecoveryPoints();
  const pointId = listed.ok ? listed.points[0]!.id : '';
  const limits = { kind: 'ids', entries: [{ entityType: 'user', ids: [olga.id] }] } as const;
  expect(await recovery.startJob({ incidentId, kind: 'preview', pointId, limits })).toMatchObject({
    started: false,
    why: 'refused',
    message: expect.stringContaining('403'),
  });
});

test('a step-up that the authority asks for is passed on', async () => {
  const rig = tenantRig({ scenario: 'quiet' });
  rig.tenant.identity.operatorPlane.stepUp = 'c1';
  const { lending, sessions } = await lent(rig);
  expect(lending).toMatchObject({ ok: false, why: 'stepUp' });
  expect(!lending.ok && lending.why === 'stepUp' && lending.claims).toContain('c1');
  expect(await sessions.current(incidentId)).toBeNull();
});

test('a session is renewed while the authority renews it, and gone when the person is disabled', async () => {
  const rig = tenantRig({ scenario: 'quiet' });
  const { sessions } = await lent(rig);
  const first = await sessions.current(incidentId);
  await rig.clock.sleep(25 * 3_600_000);
  const second = await sessions.current(incidentId);
  expect(Date.parse(second!.expiresAt)).toBeGreaterThan(Date.parse(first!.expiresAt));

  const { directory, ids } = rig.tenant.world;
  directory.update(
    ids.people['operator'].id,
    { accountEnabled: false },
    { kind: 'app', servicePrincipalId: null, displayName: 'HR' },
    rig.clock.now(),
  );
  await rig.clock.sleep(25 * 3_600_000);
  expect(await sessions.current(incidentId)).toBeNull();
});

describe('while the authority is asked to renew', () => {
  /** A session that has to be renewed, and what happens to it before the authority has answered. */
  async function meanwhile(
    happens: (at: { lend: () => Promise<unknown>; end: () => Promise<void> }) => Promise<unknown>,
    refuse = false,
  ) {
    const rig = tenantRig({ scenario: 'quiet' });
    const asked = rig.fetch;
    let isRenewal = false;
    const held = sessionsOn({
      ...rig,
      fetch: async (input, init) => {
        const body = await new Response(init?.body ?? null).text();
        if (isRenewal && body.includes('refresh_token')) {
          isRenewal = false;
          const answer = await asked(input, init);
          await happens({ lend, end: () => held.sessions.end(incidentId) });
          return refuse ? Response.json({ error: 'invalid_grant' }, { status: 400 }) : answer;
        }
        return asked(input, init);
      },
    });
    const lend = async () => held.sessions.lend(incidentId, carl, await bearerOf(rig, 'operator'));
    await held.sessions.lend(incidentId, olga, await bearerOf(rig, 'operator'));
    await rig.clock.sleep(25 * 3_600_000);
    isRenewal = true;
    const renewed = await held.sessions.current(incidentId);
    expect(isRenewal).toBe(false);
    return { renewed, after: await held.sessions.current(incidentId) };
  }

  test('a session that is ended stays ended', async () => {
    expect(await meanwhile(({ end }) => end())).toEqual({ renewed: null, after: null });
  });

  test.each([false, true])('one that is lent anew stays (renewal refused: %s)', async (refuse) => {
    const { renewed, after } = await meanwhile(({ lend }) => lend(), refuse);
    expect([renewed?.by, after?.by]).toEqual([carl, carl]);
  });
});

test('nobody else can be put in the place of the lender', async () => {
  const rig = tenantRig({ scenario: 'quiet' });
  const { store, sessions } = await lent(rig);
  await store.updateDocument(incidentId, 'operator-session', (document) => ({
    ...(document as object),
    by: carl,
  }));
  expect(await sessions.current(incidentId)).toMatchObject({ by: olga });
});

test('a preview may be of whole kinds, a recovery never', async () => {
  const rig = tenantRig({ scenario: 'bulk-disable', users: 3 });
  const { recovery } = await lent(rig);
  const listed = await recovery.listRecoveryPoints();
  const pointId = listed.ok ? listed.points[0]!.id : '';
  const limits = { kind: 'types', types: ['user', 'group'] } as const;

  const started = await recovery.startJob({ incidentId, kind: 'preview', pointId, limits });
  expect(started).toMatchObject({ started: true });
  expect((await recovery.listJobs()).map(({ scope }) => scope)).toEqual([limits]);

  for (const job of [
    { incidentId, kind: 'recovery', pointId, limits },
    { incidentId, kind: 'preview', pointId, limits: { kind: 'types', types: [] } },
  ] as const) {
    const asked = recovery.startJob(job as Parameters<typeof recovery.startJob>[0]);
    await expect(asked).rejects.toMatchObject({ code: 'INVARIANT_BROKEN' });
  }
});

test('a job is never asked for without ids, or for more than the service takes', async () => {
  const rig = tenantRig({ scenario: 'quiet' });
  const { recovery } = await lent(rig);
  const many = Array.from(
    { length: 101 },
    (_, n) => `55555555-0000-4000-8000-${String(n).padStart(12, '0')}`,
  );
  for (const ids of [[], many]) {
    const job = {
      incidentId,
      kind: 'recovery',
      pointId: 'x',
      limits: { kind: 'ids', entries: [{ entityType: 'user', ids }] },
    } as const;
    await expect(recovery.startJob(job)).rejects.toMatchObject({ code: 'INVARIANT_BROKEN' });
  }
});
