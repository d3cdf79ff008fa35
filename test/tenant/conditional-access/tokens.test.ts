import { text } from '../../../local/tenant/directory/model.js';
import { createKeyRing } from '../../../local/tenant/identity/key-ring.js';
import { createConnectorKeys } from '../../../local/tenant/teams/connector-authority.js';
import { createTenant, type Tenant } from '../../../local/tenant/tenant.js';
import { VirtualClock } from '../graph/support.js';

const origin = 'https://127.0.0.1:8443';

/** Made once: no test turns them. */
const keys = { identity: createKeyRing(), connector: createConnectorKeys() };

function tenant(): Tenant {
  const clock = new VirtualClock(Date.UTC(2026, 10, 20, 20, 50));
  return createTenant({ seed: 1, users: 4, scenario: 'quiet', speed: 1, clock, origin, keys });
}

async function tokenFor({ control }: Tenant, person: string) {
  const answer = await control({
    method: 'POST',
    url: new URL('http://127.0.0.1/token'),
    headers: { 'content-type': 'application/json', host: '127.0.0.1' },
    body: Buffer.from(JSON.stringify({ person })),
  });
  return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> };
}

async function blockEverybody(outside: Tenant): Promise<void> {
  const { directory, identity, world } = outside;
  const { accessToken } = await identity.issuer.toApp({
    client: world.ids.ourServicePrincipalId,
    resource: origin,
  });
  const { breakGlass1 } = world.ids.people;
  const created = await outside.handle({
    method: 'POST',
    url: new URL(`${origin}/v1.0/identity/conditionalAccess/policies`),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
    body: Buffer.from(
      JSON.stringify({
        displayName: 'Maintenance',
        state: 'enabled',
        conditions: {
          clientAppTypes: ['all'],
          users: { includeUsers: ['All'], excludeUsers: [breakGlass1.id] },
          applications: { includeApplications: ['All'] },
        },
        grantControls: { operator: 'OR', builtInControls: ['block'] },
      }),
    ),
  });
  expect(created.status).toBe(201);
  expect([...directory.now.list('conditionalAccessPolicy')]).toHaveLength(13);
}

describe('a policy that blocks everybody', () => {
  it('refuses tokens to responders and lets the excluded break-glass account in', async () => {
    const outside = tenant();

    const before = await tokenFor(outside, 'operator');
    await blockEverybody(outside);
    const after = await tokenFor(outside, 'operator');
    const breakGlass = await tokenFor(outside, 'breakGlass1');

    expect([before.status, after.status, breakGlass.status]).toEqual([200, 403, 200]);
    expect(after.body).toMatchObject({ error: { code: 'AADSTS53003' } });
  });

  it('ends sessions when they ask for the next token', async () => {
    const outside = tenant();
    const { identity, world } = outside;
    const clientId = world.ids.apiAppId;
    const refreshToken = identity.signIns.remember({
      userId: world.ids.people.operator.id,
      clientId,
      resource: clientId,
      scopes: ['access_as_user'],
      signedInAt: world.start,
      caeCapable: false,
      contexts: [],
      confidential: false,
    });
    await blockEverybody(outside);

    const answer = await outside.handle({
      method: 'POST',
      url: new URL(`${origin}/${world.ids.tenantId}/oauth2/v2.0/token`),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(
        new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: clientId,
          refresh_token: refreshToken,
        }).toString(),
      ),
    });

    expect(answer.status).toBe(400);
    expect(answer.body).toContain('AADSTS53003');
  });

  it('is named in the sign-in log', async () => {
    const outside = tenant();
    const { world, directory } = outside;
    await blockEverybody(outside);
    const clock = directory.trail.events.at(-1)?.at ?? 0;
    const { operator } = world.ids.people;

    world.signIns.attempt(operator.id, clock + 1);

    const attempt = world.signIns.attempts.at(-1)!;
    expect(world.signIns.resultOf(attempt)).toMatchObject({
      errorCode: 53003,
      policy: { properties: { displayName: 'Maintenance' } },
    });
  });
});

describe('an application that is switched off everywhere', () => {
  it('gets no token any more', async () => {
    const { directory, identity, world } = tenant();
    const [application] = directory.now.list('application');
    const appId = text(application?.properties ?? {}, 'appId');
    const by = { kind: 'app', servicePrincipalId: null, displayName: 'x' } as const;
    const token = () => identity.issuer.toApp({ client: appId, resource: origin });

    await token();
    directory.update(application?.id ?? '', { isDisabled: true }, by, world.start);

    await expect(token()).rejects.toMatchObject({ aadsts: 7000112 });
  });
});
