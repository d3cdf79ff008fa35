import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet } from 'jose';
import { AuthorityRefusal } from '../../../local/tenant/identity/errors.js';
import { personNames } from '../../../local/tenant/scenarios/world.js';
import { createSigningKey } from '../../../local/tenant/identity/key-ring.js';
import { ids, origin, people, personRoles, request, testIdentity } from './identity-world.js';

const graph = { audience: origin, cae: true };
interface Metadata {
  readonly issuer: string;
  readonly jwks_uri: string;
}

const logs = { audience: origin, cae: false };
const bearer = (token: string) =>
  request('GET', '/v1.0/users', { headers: { authorization: `Bearer ${token}` } });

describe('tokens for people', () => {
  it.each(personNames)('%s carries exactly the app roles of their job', async (name) => {
    const { identity } = testIdentity();

    const issued = await identity.issuer.toUser({
      userId: people[name].id,
      clientId: ids.apiAppId,
      resource: `api://${ids.apiAppId}`,
    });

    expect(decodeJwt(issued.accessToken)['roles'] ?? []).toEqual(personRoles[name]);
  });

  it('a v2 token carries the claims of a delegated access token', async () => {
    const { identity, clock } = testIdentity();

    const issued = await identity.issuer.toUser({
      userId: people.operator.id,
      clientId: ids.apiAppId,
      resource: ids.apiAppId,
    });

    const claims = decodeJwt(issued.accessToken);
    expect(claims).toMatchObject({
      aud: ids.apiAppId,
      iss: `${origin}/${ids.tenantId}/v2.0`,
      azp: ids.apiAppId,
      oid: people.operator.id,
      tid: ids.tenantId,
      scp: 'access_as_user',
      ver: '2.0',
      idtyp: 'user',
      iat: clock.now() / 1000,
      nbf: clock.now() / 1000,
    });
    expect(claims.exp).toBeGreaterThanOrEqual(clock.now() / 1000 + 3600);
    expect(claims.exp).toBeLessThanOrEqual(clock.now() / 1000 + 5400);
    expect(claims['uti']).toEqual(expect.any(String));
  });

  it('a v1 token has the other issuer, the App ID URI and appid', async () => {
    const { identity } = testIdentity();

    const issued = await identity.issuer.toUser({
      userId: people.operator.id,
      clientId: ids.apiAppId,
      resource: ids.apiAppId,
      version: '1.0',
    });

    expect(decodeJwt(issued.accessToken)).toMatchObject({
      aud: `api://${ids.apiAppId}`,
      iss: `https://sts.windows.net/${ids.tenantId}/`,
      appid: ids.apiAppId,
      ver: '1.0',
    });
  });

  it('a disabled user gets no new token', async () => {
    const { identity, directory } = testIdentity();
    directory.users.get(people.actor.id)!.accountEnabled = false;

    const wish = { userId: people.actor.id, clientId: ids.apiAppId, resource: ids.apiAppId };

    await expect(identity.issuer.toUser(wish)).rejects.toMatchObject({ aadsts: 50057 });
  });
});

describe('tokens for applications', () => {
  it('a Graph token lists the granted app roles and says it is app-only', async () => {
    const { identity } = testIdentity();

    const issued = await identity.issuer.toApp({ client: ids.ourAppId, resource: origin });

    const claims = decodeJwt(issued.accessToken);
    expect(claims).toMatchObject({
      aud: origin,
      azp: ids.ourAppId,
      oid: ids.ourServicePrincipalId,
      idtyp: 'app',
      roles: ['User.Read.All', 'AuditLog.Read.All'],
    });
    expect(claims).not.toHaveProperty('scp');
  });

  it('any application gets a token for our API, but without a role', async () => {
    const { identity } = testIdentity();

    const issued = await identity.issuer.toApp({ client: ids.rogueAppId, resource: ids.apiAppId });

    expect(decodeJwt(issued.accessToken)).not.toHaveProperty('roles');
  });

  it('a disabled application gets no new token', async () => {
    const { identity, directory } = testIdentity();
    directory.apps.get(ids.rogueServicePrincipalId)!.accountEnabled = false;

    const wish = { client: ids.rogueAppId, resource: origin };

    await expect(identity.issuer.toApp(wish)).rejects.toBeInstanceOf(AuthorityRefusal);
  });
});

describe('callers', () => {
  it('an app token names the application, its service principal and its roles', async () => {
    const { identity } = testIdentity();
    const { accessToken } = await identity.issuer.toApp({
      client: ids.ourAppId,
      resource: origin,
    });

    const verdict = await identity.callers.callerOf(bearer(accessToken), graph);

    expect(verdict.caller).toEqual({
      kind: 'app',
      appId: ids.ourAppId,
      servicePrincipalId: ids.ourServicePrincipalId,
      audience: origin,
      roles: ['User.Read.All', 'AuditLog.Read.All'],
    });
  });

  it('a token for another audience is refused', async () => {
    const { identity } = testIdentity();
    const { accessToken } = await identity.issuer.toApp({
      client: ids.ourAppId,
      resource: 'https://api.botframework.com',
    });

    const verdict = await identity.callers.callerOf(bearer(accessToken), graph);

    expect(verdict.refused).toBe('audience');
  });

  it('a token is refused after its life, at the first use and at a later one', async () => {
    const { identity, clock } = testIdentity();
    const { accessToken } = await identity.issuer.toApp({ client: ids.ourAppId, resource: origin });
    const early = await identity.callers.callerOf(bearer(accessToken), graph);

    clock.advance(2 * 3600_000);
    const late = await identity.callers.callerOf(bearer(accessToken), graph);

    expect(early.refused).toBeNull();
    expect(late.refused).toBe('expired');
  });

  it('a token signed by a key that is not published is refused', async () => {
    const { identity } = testIdentity();
    const issued = await identity.issuer.toApp({ client: ids.ourAppId, resource: origin });
    const forged = await identity.issuer.sign(decodeJwt(issued.accessToken), createSigningKey());

    const verdict = await identity.callers.callerOf(bearer(forged), graph);

    expect(verdict.refused).toBe('invalid');
  });

  it('after a rotation old tokens still count, after a dropped key they do not', async () => {
    const { identity } = testIdentity();
    const { accessToken } = await identity.issuer.toApp({ client: ids.ourAppId, resource: origin });

    identity.keys.rotate();
    const rotated = await identity.callers.callerOf(bearer(accessToken), graph);
    identity.keys.rotate({ drop: true });
    const dropped = await identity.callers.callerOf(bearer(accessToken), graph);

    expect(rotated.refused).toBeNull();
    expect(dropped.refused).toBe('invalid');
  });

  it.each([undefined, '', 'Bearer', 'Bearer a b', 'Basic abc'])(
    'an authorization header of %p names nobody',
    async (authorization) => {
      const { identity } = testIdentity();
      const headers = authorization === undefined ? {} : { authorization };

      const verdict = await identity.callers.callerOf(
        request('GET', '/v1.0/users', { headers }),
        graph,
      );

      expect(verdict.refused).toBe('missing');
    },
  );
});

describe('revocation', () => {
  const graphToken = async (
    world: ReturnType<typeof testIdentity>,
    options: { caeCapable?: boolean } = {},
  ) => {
    const wish = { userId: people.actor.id, clientId: ids.apiAppId, resource: origin, ...options };
    return (await world.identity.issuer.toUser(wish)).accessToken;
  };

  it('sessions revoked after the token was issued end it at a CAE resource', async () => {
    const world = testIdentity();
    const token = await graphToken(world);

    world.directory.users.get(people.actor.id)!.sessionsValidFrom = world.clock.now() + 1000;
    const atGraph = await world.identity.callers.callerOf(bearer(token), graph);
    const atLogs = await world.identity.callers.callerOf(bearer(token), logs);

    expect(atGraph.refused).toBe('revoked');
    expect(atLogs.refused).toBeNull();
  });

  it('a disabled user is refused at a CAE resource', async () => {
    const world = testIdentity();
    const token = await graphToken(world);

    world.directory.users.get(people.actor.id)!.accountEnabled = false;
    const verdict = await world.identity.callers.callerOf(bearer(token), graph);

    expect(verdict.refused).toBe('revoked');
  });

  it('a deleted user is refused at a CAE resource', async () => {
    const world = testIdentity();
    const token = await graphToken(world);

    world.directory.users.delete(people.actor.id);
    const verdict = await world.identity.callers.callerOf(bearer(token), graph);

    expect(verdict.refused).toBe('revoked');
  });

  it('a token of a client without CAE outlives the containment of its user', async () => {
    const world = testIdentity();
    const token = await graphToken(world, { caeCapable: false });

    world.directory.users.get(people.actor.id)!.accountEnabled = false;
    const verdict = await world.identity.callers.callerOf(bearer(token), graph);

    expect(verdict.refused).toBeNull();
  });

  it.each([
    [true, 'revoked'],
    [false, null],
  ])('an app token with CAE %p of a disabled application is refused: %p', async (cae, refused) => {
    const { identity, directory } = testIdentity();
    const wish = { client: ids.rogueAppId, resource: origin, caeCapable: cae };
    const { accessToken } = await identity.issuer.toApp(wish);

    directory.apps.get(ids.rogueServicePrincipalId)!.accountEnabled = false;
    const verdict = await identity.callers.callerOf(bearer(accessToken), graph);

    expect(verdict.refused).toBe(refused);
  });
});

describe('the published metadata', () => {
  it('leads to the keys that verify a token', async () => {
    const { identity, clock } = testIdentity();
    const issued = await identity.issuer.toApp({ client: ids.ourAppId, resource: origin });

    const metadata = await read(identity, `/${ids.tenantId}/v2.0/.well-known/openid-configuration`);
    const jwks = await read(identity, new URL(metadata.jwks_uri).pathname);

    const { payload } = await jwtVerify(
      issued.accessToken,
      createLocalJWKSet(jwks as unknown as JSONWebKeySet),
      { issuer: metadata.issuer, audience: origin, currentDate: new Date(clock.now()) },
    );
    expect(payload['oid']).toBe(ids.ourServicePrincipalId);
    expect(JSON.stringify(jwks)).not.toContain('"d"');
  });

  it('a foreign tenant of the same cloud publishes the same keys under its own issuer', async () => {
    const { identity } = testIdentity();

    const metadata = await read(
      identity,
      `/${identity.foreignTenantId}/v2.0/.well-known/openid-configuration`,
    );
    const ours = await read(identity, `/${ids.tenantId}/discovery/v2.0/keys`);
    const theirs = await read(identity, new URL(metadata.jwks_uri).pathname);

    expect(metadata.issuer).toBe(`${origin}/${identity.foreignTenantId}/v2.0`);
    expect(theirs).toEqual(ours);
  });

  it('a tenant that does not exist is named in the refusal', async () => {
    const { identity } = testIdentity();

    const answer = await identity.service(
      request('GET', '/nobody.example/v2.0/.well-known/openid-configuration'),
      null,
    );

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ error_codes: [90002] });
  });

  async function read(
    identity: ReturnType<typeof testIdentity>['identity'],
    path: string,
  ): Promise<Metadata> {
    const answer = await identity.service(request('GET', path), null);
    expect(answer.status).toBe(200);
    return JSON.parse(answer.body) as Metadata;
  }
});
