import { ConfidentialClientApplication, type INetworkModule } from '@azure/msal-node';
import { decodeJwt } from 'jose';
import { roleId } from '../../../local/tenant/directory/roles.js';
import { challengeFor } from '../../../local/tenant/identity/wishes.js';
import { ids, origin, people, request, testIdentity } from './identity-world.js';

type World = ReturnType<typeof testIdentity>;

const scope = `${origin}/EntraBackup.Read.All ${origin}/EntraBackup.ReadWrite.Recovery`;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const onBehalfOf = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

async function post(world: World, form: Record<string, string>) {
  const body = new URLSearchParams(form).toString();
  const path = `/${ids.tenantId}/oauth2/v2.0/token`;
  const answer = await world.identity.service(request('POST', path, { body }), null);
  return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> };
}

async function operatorToken(world: World, contexts: readonly string[] = []): Promise<string> {
  const wish = { userId: people.operator.id, clientId: ids.apiAppId, resource: ids.apiAppId };
  return (await world.identity.issuer.toUser({ ...wish, contexts })).accessToken;
}

/** The form of an exchange by the product's managed identity. */
async function exchange(world: World, change: Record<string, string> = {}) {
  const proof = { client: ids.ourAppId, resource: 'api://AzureADTokenExchange' };
  return post(world, {
    grant_type: onBehalfOf,
    requested_token_use: 'on_behalf_of',
    client_id: ids.apiAppId,
    client_assertion_type: assertionType,
    client_assertion: (await world.identity.issuer.toApp(proof)).accessToken,
    assertion: change['assertion'] ?? (await operatorToken(world)),
    scope,
    ...change,
  });
}

describe('an exchange on behalf of the operator', () => {
  it('earns a delegated Graph token with the scopes asked for and the roles the person holds', async () => {
    const world = testIdentity();
    const role = roleId('Entra Backup Administrator');
    world.directory.appRoles.set(`${people.operator.id} directory`, [role]);

    const { status, body } = await exchange(world);

    expect(status).toBe(200);
    const claims = decodeJwt(String(body['access_token']));
    expect(claims).toMatchObject({
      aud: origin,
      azp: ids.apiAppId,
      azpacr: '2',
      oid: people.operator.id,
      idtyp: 'user',
      scp: 'EntraBackup.Read.All EntraBackup.ReadWrite.Recovery',
      wids: [role],
    });
    expect(body['expires_in']).toBe(claims.exp! - claims.iat!);
    expect(body['expires_in']).toBeGreaterThanOrEqual(3600);
    expect(body['expires_in']).toBeLessThanOrEqual(5400);
    expect(body).not.toHaveProperty('refresh_token');
  });

  it('works through MSAL with the managed identity as proof', async () => {
    const world = testIdentity();
    const resource = 'api://AzureADTokenExchange';
    const networkClient = networkTo(world);
    const client = new ConfidentialClientApplication({
      auth: {
        clientId: ids.apiAppId,
        authority: `${origin}/${ids.tenantId}`,
        knownAuthorities: [new URL(origin).host],
        clientAssertion: async () =>
          (await world.identity.issuer.toApp({ client: ids.ourAppId, resource })).accessToken,
      },
      system: { networkClient },
    });

    const result = await client.acquireTokenOnBehalfOf({
      oboAssertion: await operatorToken(world),
      scopes: scope.split(' '),
    });

    expect(decodeJwt(result!.accessToken)).toMatchObject({ oid: people.operator.id });
    expect(result!.account?.localAccountId).toBe(people.operator.id);
  });

  it.each<
    [string, (world: World) => Promise<Record<string, string>> | Record<string, string>, number]
  >([
    ['a token of another authority', () => ({ assertion: 'a.b.c' }), 50013],
    [
      'a token for another service',
      async ({ identity }) => {
        const wish = { userId: people.operator.id, clientId: ids.apiAppId, resource: origin };
        return { assertion: (await identity.issuer.toUser(wish)).accessToken };
      },
      500131,
    ],
    [
      'a token of an application',
      async ({ identity }) => {
        const wish = { client: ids.rogueAppId, resource: ids.apiAppId };
        return { assertion: (await identity.issuer.toApp(wish)).accessToken };
      },
      7000114,
    ],
    ['no proof of the client', () => ({ client_assertion: '' }), 700211],
    ['another use of the token', () => ({ requested_token_use: 'other' }), 90014],
    ['no assertion', () => ({ assertion: '' }), 900144],
    ['a permission nobody consented to', () => ({ scope: `${origin}/User.ReadWrite.All` }), 65001],
    [
      'a disabled operator',
      async (world) => {
        const assertion = await operatorToken(world);
        world.directory.users.get(people.operator.id)!.accountEnabled = false;
        return { assertion };
      },
      50057,
    ],
    [
      'a revoked session',
      async (world) => {
        const assertion = await operatorToken(world);
        const { sessionsValidFrom: _, ...user } = world.directory.users.get(people.operator.id)!;
        const sessionsValidFrom = world.clock.now() + 1000;
        world.directory.users.set(user.id, { ...user, sessionsValidFrom });
        return { assertion };
      },
      50173,
    ],
    [
      'an assertion that expired',
      async (world) => {
        const assertion = await operatorToken(world);
        world.clock.advance(6 * 3600_000);
        return { assertion };
      },
      500133,
    ],
    [
      'no consent of an administrator',
      ({ identity }) => {
        identity.operatorPlane.consented = false;
        return {};
      },
      65001,
    ],
  ])('%s is refused with its AADSTS number', async (_what, change, number) => {
    const world = testIdentity();

    const { status, body } = await exchange(world, await change(world));

    expect(status).toBeGreaterThanOrEqual(400);
    expect(body['error_codes']).toEqual([number]);
  });

  it('asks for step-up with the claims that a new sign-in then satisfies', async () => {
    const world = testIdentity();
    world.identity.operatorPlane.stepUp = 'c1';

    const asked = await exchange(world);
    const assertion = await operatorToken(world, ['c1']);
    const answered = await exchange(world, { assertion });

    expect(asked).toMatchObject({
      status: 400,
      body: { error: 'interaction_required', error_codes: [50076], claims: challengeFor('c1') },
    });
    expect(answered.status).toBe(200);
    expect(decodeJwt(answered.body['access_token'] as string)['acrs']).toEqual(['c1']);
  });
});

describe('the session of an exchange', () => {
  it('is renewed by the client that proves itself, and not by another', async () => {
    const world = testIdentity();
    const { body } = await exchange(world, { scope: `${scope} offline_access` });
    const renewal = {
      grant_type: 'refresh_token',
      client_id: ids.apiAppId,
      refresh_token: String(body['refresh_token']),
    };

    const unproven = await post(world, renewal);
    const proven = await post(world, {
      ...renewal,
      client_secret: world.identity.apiClientSecret,
    });

    expect(unproven.body['error_codes']).toEqual([7000218]);
    expect(proven.status).toBe(200);
    expect(proven.body).toHaveProperty('refresh_token');
  });

  it('ends when a policy begins to ask for step-up, and its tokens live as long as told', async () => {
    const world = testIdentity();
    const { operatorPlane } = world.identity;
    operatorPlane.tokenLifetimeSeconds = 600;
    const { body } = await exchange(world, { scope: `${scope} offline_access` });
    operatorPlane.stepUp = 'c2';

    const renewed = await post(world, {
      grant_type: 'refresh_token',
      client_id: ids.apiAppId,
      client_secret: world.identity.apiClientSecret,
      refresh_token: String(body['refresh_token']),
    });

    expect(body['expires_in']).toBe(600);
    expect(renewed.body['error']).toBe('interaction_required');
  });
});

/** MSAL's network, answered in process. */
function networkTo(world: World): INetworkModule {
  const send = async (method: string, url: string, body = '') => {
    const answer = await world.identity.service(request(method, url, { body }), null);
    return {
      status: answer.status,
      headers: { ...answer.headers },
      body: JSON.parse(answer.body),
    };
  };
  return {
    sendGetRequestAsync: (url) => send('GET', url),
    sendPostRequestAsync: (url, options) => send('POST', url, options?.body),
  };
}
