import { createTenant, type Tenant } from '../../../local/tenant/tenant.js';
import { origin, request, stoppedClock } from '../identity/identity-world.js';

function open(): { tenant: Tenant; clock: ReturnType<typeof stoppedClock> } {
  const clock = stoppedClock();
  const tenant = createTenant({
    seed: 1,
    users: 8,
    scenario: 'bulk-disable',
    speed: 60,
    clock,
    origin,
    deliver: async () => ({ status: 202, headers: {}, answer: {} }),
  });
  return { tenant, clock };
}

async function graphToken(tenant: Tenant): Promise<Record<string, string>> {
  const { ids } = tenant.world;
  const { accessToken } = await tenant.identity.issuer.toApp({
    client: ids.ourAppId,
    resource: origin,
  });
  return { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
}

describe('the assembled tenant', () => {
  it('people hold the app roles of their job, read from the directory', async () => {
    const { tenant } = open();
    const roles = (name: keyof typeof tenant.people) =>
      tenant.control(
        request('POST', 'http://127.0.0.1:1/token', {
          headers: { host: '127.0.0.1:1' },
          body: JSON.stringify({ person: name }),
        }),
      );

    const answer = await roles('actor');

    const [, claims = ''] = (JSON.parse(answer.body) as { accessToken: string }).accessToken.split(
      '.',
    );
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'))).toMatchObject({
      roles: expect.arrayContaining(['Incident.Approver', 'Incident.Operator']),
    });
  });

  it('containing the actor ends their session at Graph with a claims challenge', async () => {
    const { tenant, clock } = open();
    const { ids } = tenant.world;
    const actor = tenant.people.actor.id;
    const { accessToken } = await tenant.identity.issuer.toUser({
      userId: actor,
      clientId: ids.apiAppId,
      resource: origin,
    });
    const asActor = () =>
      tenant.handle(
        request('GET', '/v1.0/users', { headers: { authorization: `Bearer ${accessToken}` } }),
      );
    clock.advance(5000);

    const revoke = await tenant.handle(
      request('POST', `/v1.0/users/${actor}/revokeSignInSessions`, {
        headers: await graphToken(tenant),
        body: '{}',
      }),
    );
    const after = await asActor();

    expect(revoke.status).toBe(200);
    expect(after.status).toBe(401);
    expect(after.headers['www-authenticate']).toContain('error="insufficient_claims"');
  });

  it('a disabled actor gets no new token', async () => {
    const { tenant } = open();
    const actor = tenant.people.actor.id;

    const disable = await tenant.handle(
      request('PATCH', `/v1.0/users/${actor}`, {
        headers: await graphToken(tenant),
        body: '{"accountEnabled":false}',
      }),
    );
    const token = await tenant.control(
      request('POST', 'http://127.0.0.1:1/token', {
        headers: { host: '127.0.0.1:1' },
        body: '{"person":"actor"}',
      }),
    );

    expect([disable.status, token.status]).toEqual([204, 403]);
  });

  it('every service keeps the journal, and no journal line holds a password of a receiver', async () => {
    const { tenant } = open();
    const { urls } = tenant.notices;

    await tenant.handle(request('POST', urls.urgent, { body: '{}' }));
    await tenant.handle(request('GET', '/botframework/v1/.well-known/openidconfiguration'));
    await tenant.handle(
      request('GET', '/v1.0/users?$top=1', { headers: await graphToken(tenant) }),
    );

    const paths = tenant.journal.since(0).map((entry) => entry.path);
    expect(paths).toEqual([
      '/urgent/notices',
      '/botframework/v1/.well-known/openidconfiguration',
      '/v1.0/users?$top=1',
    ]);
  });

  it('a fault strikes at the authority and at the managed identity endpoint too', async () => {
    const { tenant } = open();
    tenant.faults.set([
      { match: { path: 'openid-configuration|/msi/token' }, answer: { status: 503 } },
    ]);

    const metadata = await tenant.handle(
      request('GET', `/${tenant.world.ids.tenantId}/v2.0/.well-known/openid-configuration`),
    );
    const identity = await tenant.control(
      request('GET', 'http://127.0.0.1:1/msi/token', { headers: { host: '127.0.0.1:1' } }),
    );

    expect([metadata.status, identity.status]).toEqual([503, 503]);
  });

  it('the alert names the actor of the scenario', async () => {
    const { tenant } = open();

    const answer = await tenant.control(
      request('GET', 'http://127.0.0.1:1/alert', { headers: { host: '127.0.0.1:1' } }),
    );

    expect(answer.status).toBe(200);
    expect(answer.body).toContain(tenant.people.actor.userPrincipalName.split('@')[0]);
  });

  it('an unknown scenario is refused by name', () => {
    const options = { seed: 1, users: 8, speed: 1, clock: stoppedClock(), origin };

    expect(() => createTenant({ ...options, scenario: 'flood' })).toThrow(/bulk-disable/);
  });
});
