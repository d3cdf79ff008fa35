import type { TenantRequest } from '../../../local/tenant/exchange.js';
import { createTenant, type Tenant } from '../../../local/tenant/tenant.js';
import { minute } from '../../../local/tenant/directory/instants.js';
import { origin, start, VirtualClock } from '../graph/support.js';
import { createKeyRing } from '../../../local/tenant/identity/key-ring.js';
import { connectorKeys } from '../teams/teams-world.js';
import { allScopes, ofIds, ofTypes } from './recovery-world.js';

// Tests look into answers of many shapes.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = Record<string, any>;

interface Rig {
  readonly tenant: Tenant;
  readonly clock: VirtualClock;
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>;
  /** The product's identity reads. */
  read(path: string): Promise<Json>;
}

const keys = { identity: createKeyRing(), connector: connectorKeys() };

function tenantRig(): Rig {
  const clock = new VirtualClock(start);
  const tenant = createTenant({
    seed: 1,
    users: 10,
    scenario: 'quiet',
    speed: 1,
    clock,
    origin,
    start,
    keys,
  });
  const call = async (
    to: (request: TenantRequest) => Promise<{ status: number; body: string }>,
    method: string,
    url: string,
    headers: Record<string, string>,
    body?: unknown,
  ) => {
    const answer = await to({
      method,
      url: new URL(url),
      headers: { host: '127.0.0.1', 'content-type': 'application/json', ...headers },
      body: body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)),
    });
    return { status: answer.status, body: JSON.parse(answer.body === '' ? '{}' : answer.body) };
  };
  return {
    tenant,
    clock,
    control: (method, path, body) =>
      call((request) => tenant.control(request), method, `http://127.0.0.1${path}`, {}, body),
    async read(path) {
      const wish = { client: tenant.world.ids.ourAppId, resource: origin };
      const { accessToken } = await tenant.identity.issuer.toApp(wish);
      const headers = { authorization: `Bearer ${accessToken}` };
      const handle = (request: TenantRequest) => tenant.handle(request);
      return (await call(handle, 'GET', `${origin}/v1.0${path}`, headers)).body;
    },
  };
}

describe('a person in the portal', () => {
  it('starts a job that the product then sees, and cancels it', async () => {
    const { control, read, clock } = tenantRig();

    const started = await control('POST', '/recovery/jobs', {
      person: 'breakGlass1',
      ...ofTypes('user'),
    });
    const second = await control('POST', '/recovery/jobs', { kind: 'preview' });
    const { jobId } = started.body;
    const seen = await read('/directory/recovery/jobs');
    await control('POST', `/recovery/jobs/${jobId}/cancel`);
    await clock.sleep(minute);
    const after = await read('/directory/recovery/jobs');

    expect(started.status).toBe(200);
    expect(seen.value).toMatchObject([
      { id: jobId, status: 'initialized', ...ofTypes('user'), totalFailedChanges: null },
    ]);
    expect(second.status).toBe(409);
    expect(after.value).toMatchObject([{ id: jobId, status: 'abandoned' }]);
  });

  it.each(['eligible', 'missing'] as const)(
    'cannot start one while the role is %s, and the product can read why',
    async (backupAdministrator) => {
      const { control, read, tenant, clock } = tenantRig();
      const { id } = tenant.people.operator;
      await control('PUT', '/recovery/role', { backupAdministrator });
      await clock.sleep(minute);

      const refused = await control('POST', '/recovery/jobs');
      const instances = await read(
        `/roleManagement/directory/roleEligibilityScheduleInstances?$filter=principalId eq '${id}'`,
      );
      await control('PUT', '/recovery/role', { backupAdministrator: 'active' });
      const accepted = await control('POST', '/recovery/jobs');

      expect(refused.status).toBe(403);
      expect(instances.value).toHaveLength(backupAdministrator === 'eligible' ? 1 : 0);
      expect(accepted.status).toBe(200);
    },
  );
});

describe('the switches of the recovery service', () => {
  it('are kept, and the jobs are shown with what they wrote', async () => {
    const { control, tenant, clock } = tenantRig();
    const [user] = [...tenant.directory.now.list('user')];
    const by = { kind: 'app', servicePrincipalId: null, displayName: 'x' } as const;
    tenant.directory.update(user!.id, { city: 'Elsewhere' }, by, clock.now());

    const set = await control('PUT', '/recovery', {
      durations: { load: 60_000, accept: 0 },
      failChanges: { [user!.id]: 'Update failed: managed by another service.' },
      tokenLifetimeSeconds: 900,
    });
    await control('POST', '/recovery/jobs', ofIds({ user: [user!.id] }));
    await clock.sleep(5 * minute);
    const { body } = await control('GET', '/recovery');

    expect(set.body.settings).toMatchObject({ tokenLifetimeSeconds: 900, hundredIds: 'refuse' });
    expect(set.body.settings.durations).toMatchObject({ load: 60_000, cancel: 30_000 });
    expect(body.jobs[0]).toMatchObject({
      status: 'successful',
      objectsModified: 0,
      changes: [{ id: user!.id, action: 'update' }],
      failed: [{ id: user!.id, message: 'Update failed: managed by another service.' }],
    });
  });

  it.each([
    ['an unknown switch', { speed: 3 }],
    ['a context that does not exist', { stepUp: 'mfa' }],
    ['a duration before now', { durations: { load: -1 } }],
  ])('%s is refused', async (_what, body) => {
    expect((await tenantRig().control('PUT', '/recovery', body)).status).toBe(400);
  });

  it('a step-up is satisfied by a token asked for with its claims', async () => {
    const { control, tenant } = tenantRig();
    await control('PUT', '/recovery', { stepUp: 'c1' });
    const exchange = async (claims?: string) => {
      const { body } = await control('POST', '/token', { person: 'operator', claims });
      const form = new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        requested_token_use: 'on_behalf_of',
        client_id: tenant.world.ids.apiAppId,
        client_secret: tenant.identity.apiClientSecret,
        assertion: body.accessToken,
        scope: allScopes.map((scope) => `${origin}/${scope}`).join(' '),
      });
      const answer = await tenant.handle({
        method: 'POST',
        url: new URL(`${origin}/${tenant.world.ids.tenantId}/oauth2/v2.0/token`),
        headers: {},
        body: Buffer.from(form.toString()),
      });
      return { status: answer.status, body: JSON.parse(answer.body) };
    };

    const asked = await exchange();
    const answered = await exchange(asked.body.claims);

    expect(asked.body).toMatchObject({ error: 'interaction_required' });
    expect(answered.status).toBe(200);
  });
});
