import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { TenantResponse } from '../../../local/tenant/exchange.js';
import { ids, origin, people, request, testIdentity } from './identity-world.js';

type World = ReturnType<typeof testIdentity>;

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

function post(world: World, path: string, form: Record<string, string>): Promise<TenantResponse> {
  const body = new URLSearchParams(form).toString();
  return world.identity.service(request('POST', `/${ids.tenantId}/${path}`, { body }), null);
}

const token = async (world: World, form: Record<string, string>) => {
  const answer = await post(world, 'oauth2/v2.0/token', form);
  return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> };
};

describe('client credentials', () => {
  const wish = { grant_type: 'client_credentials', scope: `${origin}/.default` };

  it('a secret earns an app-only token', async () => {
    const world = testIdentity();

    const answer = await token(world, {
      ...wish,
      client_id: ids.apiAppId,
      client_secret: world.identity.apiClientSecret,
    });

    expect(answer.status).toBe(200);
    expect(answer.body['token_type']).toBe('Bearer');
    expect(decodeJwt(String(answer.body['access_token']))).toMatchObject({
      aud: origin,
      idtyp: 'app',
      azp: ids.apiAppId,
    });
  });

  it('an assertion of the trusted managed identity earns a token, one of another does not', async () => {
    const world = testIdentity();
    const resource = 'api://AzureADTokenExchange';
    const trusted = await world.identity.issuer.toApp({ client: ids.ourAppId, resource });
    const other = await world.identity.issuer.toApp({ client: ids.rogueAppId, resource });
    const form = { ...wish, client_id: ids.apiAppId, client_assertion_type: assertionType };

    const accepted = await token(world, { ...form, client_assertion: trusted.accessToken });
    const refused = await token(world, { ...form, client_assertion: other.accessToken });

    expect(accepted.status).toBe(200);
    expect(refused).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it.each([
    ['a wrong secret', { client_secret: 'guess' }, 401, 7000215],
    ['no secret', {}, 401, 7000218],
    ['an unknown client', { client_id: 'nobody', client_secret: 'x' }, 400, 700016],
    ['no scope', { scope: '' }, 400, 900144],
    ['an assertion of no known form', { client_assertion: 'a.b.c' }, 401, 700211],
    ['an unknown grant', { grant_type: 'password' }, 400, 70003],
  ])('%s is refused with its AADSTS number', async (_what, change, status, number) => {
    const world = testIdentity();

    const answer = await token(world, { ...wish, client_id: ids.apiAppId, ...change });

    expect(answer.status).toBe(status);
    expect(answer.body['error_codes']).toEqual([number]);
    expect(answer.body['error_description']).toMatch(new RegExp(`^AADSTS${number}: `));
  });

  it.each([
    ['a resource nobody registered', 'https://unknown.example/.default', 500011],
    ['single permissions', `${origin}/User.Read.All`, 70011],
    ['two resources', `${origin}/.default api://${ids.apiAppId}/.default`, 70011],
  ])('%s cannot be asked for', async (_what, scope, number) => {
    const world = testIdentity();
    const client_secret = world.identity.apiClientSecret;

    const answer = await token(world, { ...wish, client_id: ids.apiAppId, client_secret, scope });

    expect(answer.body['error_codes']).toEqual([number]);
  });
});

describe('device code and refresh', () => {
  const scope = `api://${ids.apiAppId}/.default offline_access`;
  const start = async (world: World) =>
    JSON.parse(
      (await post(world, 'oauth2/v2.0/devicecode', { client_id: ids.apiAppId, scope })).body,
    ) as { device_code: string; user_code: string; verification_uri: string };
  const poll = (world: World, device_code: string) =>
    token(world, { grant_type: deviceGrant, client_id: ids.apiAppId, device_code });

  async function signIn(world: World): Promise<Record<string, unknown>> {
    const device = await start(world);
    world.identity.signIns.answerDevice(device.user_code, { userId: people.operator.id });
    return (await poll(world, device.device_code)).body;
  }

  it('a device waits until the person enters the code and then gets their token once', async () => {
    const world = testIdentity();
    const device = await start(world);

    const pending = await poll(world, device.device_code);
    world.identity.signIns.answerDevice(device.user_code.toLowerCase(), {
      userId: people.operator.id,
    });
    const done = await poll(world, device.device_code);
    const again = await poll(world, device.device_code);

    expect(pending.body['error']).toBe('authorization_pending');
    expect(decodeJwt(String(done.body['access_token']))['oid']).toBe(people.operator.id);
    expect(again.body['error']).toBe('invalid_grant');
  });

  it('the short grant name that MSAL sends is taken too', async () => {
    const world = testIdentity();
    const device = await start(world);
    world.identity.signIns.answerDevice(device.user_code, { userId: people.operator.id });

    const { device_code } = device;
    const form = { grant_type: 'device_code', client_id: ids.apiAppId, device_code };

    expect((await token(world, form)).status).toBe(200);
  });

  it('a declined and an expired code end the flow', async () => {
    const world = testIdentity();
    const declined = await start(world);
    const expired = await start(world);

    world.identity.signIns.answerDevice(declined.user_code, 'declined');
    const declinedAnswer = await poll(world, declined.device_code);
    world.clock.advance(16 * 60_000);
    const expiredAnswer = await poll(world, expired.device_code);

    expect(declinedAnswer.body['error']).toBe('authorization_declined');
    expect(expiredAnswer.body['error']).toBe('expired_token');
  });

  it('a refresh token gives a new token until the sessions are revoked', async () => {
    const world = testIdentity();
    const first = await signIn(world);
    const form = {
      grant_type: 'refresh_token',
      client_id: ids.apiAppId,
      refresh_token: String(first['refresh_token']),
    };

    const refreshed = await token(world, form);
    world.directory.users.get(people.operator.id)!.sessionsValidFrom = world.clock.now() + 1;
    const revoked = await token(world, form);

    expect(refreshed.status).toBe(200);
    expect(revoked.body).toMatchObject({ error: 'invalid_grant', error_codes: [50173] });
  });

  it('a refresh token of a disabled user gives nothing', async () => {
    const world = testIdentity();
    const first = await signIn(world);

    world.directory.users.get(people.operator.id)!.accountEnabled = false;
    const answer = await token(world, {
      grant_type: 'refresh_token',
      client_id: ids.apiAppId,
      refresh_token: String(first['refresh_token']),
    });

    expect(answer.body['error_codes']).toEqual([50057]);
  });

  it('a permission nobody consented to is refused', async () => {
    const world = testIdentity();
    const first = await signIn(world);

    const answer = await token(world, {
      grant_type: 'refresh_token',
      client_id: ids.apiAppId,
      refresh_token: String(first['refresh_token']),
      scope: `${origin}/Mail.Read`,
    });

    expect(answer.body['error_codes']).toEqual([65001]);
  });
});

describe('the managed identity endpoint', () => {
  const good = {
    resource: origin,
    'api-version': '2019-08-01',
    client_id: ids.ourAppId,
  };

  async function ask(world: World, change: Record<string, string> = {}, header?: string) {
    const query = new URLSearchParams({ ...good, ...change });
    const answer = await world.identity.managedIdentity(
      request('GET', `http://127.0.0.1:1/msi/token?${query.toString()}`, {
        headers: { 'x-identity-header': header ?? world.identity.managedIdentityHeader },
      }),
    );
    return { status: answer.status, body: JSON.parse(answer.body) as Record<string, string> };
  }

  it('answers with a day-long token and its end in whole seconds as text', async () => {
    const world = testIdentity();

    const answer = await ask(world);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      token_type: 'Bearer',
      resource: origin,
      client_id: ids.ourAppId,
      expires_on: String(world.clock.now() / 1000 + 24 * 3600),
    });
    expect(decodeJwt(answer.body['access_token']!)['roles']).toEqual([
      'User.Read.All',
      'AuditLog.Read.All',
    ]);
  });

  it('a role granted later shows only when the cached token is half used up', async () => {
    const world = testIdentity();
    const first = await ask(world);
    world.directory.appRoles.set(`${ids.ourServicePrincipalId} graph`, ['Group.Read.All']);

    world.clock.advance(11 * 3600_000);
    const cached = await ask(world);
    world.clock.advance(2 * 3600_000);
    const fresh = await ask(world);

    expect(cached.body['access_token']).toBe(first.body['access_token']);
    expect(decodeJwt(fresh.body['access_token']!)['roles']).toEqual(['Group.Read.All']);
  });

  it('a disabled identity gets nothing, not even the cached token', async () => {
    const world = testIdentity();
    await ask(world);

    world.directory.apps.get(ids.ourServicePrincipalId)!.accountEnabled = false;

    expect((await ask(world)).status).toBe(400);
  });

  it.each([
    ['a wrong header', {}, 'guess', 401],
    ['another api-version', { 'api-version': '2017-09-01' }, undefined, 400],
    ['no resource', { resource: '' }, undefined, 400],
    ['an unknown resource', { resource: 'https://unknown.example' }, undefined, 400],
    ['another client id', { client_id: ids.rogueAppId }, undefined, 400],
  ])('%s is refused', async (_what, change, header, status) => {
    const world = testIdentity();

    const answer = await ask(world, change, header);

    expect(answer.status).toBe(status);
    expect(answer.body).not.toHaveProperty('access_token');
  });
});

it('one seed gives one set of secrets and tenants', async () => {
  const [first, second] = [testIdentity(), testIdentity()];

  const digest = (text: string) => createHash('sha256').update(text).digest('hex');

  expect(digest(first.identity.apiClientSecret)).toBe(digest(second.identity.apiClientSecret));
  expect(first.identity.foreignTenantId).toBe(second.identity.foreignTenantId);
});
