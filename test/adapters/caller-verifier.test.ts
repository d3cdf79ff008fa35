import { createHmac } from 'node:crypto';
import { jest } from '@jest/globals';
import { createCallerVerifier } from '../../shared/adapters/identity/caller-verifier.js';
import { sha256 } from '../../shared/digest.js';
import { answer, frozenClock } from './scripted.js';
import { createSigner, rawToken, sign, type Signer } from './signing.js';

const tenantId = '33333333-3333-3333-3333-33333333333a';
const otherTenant = '44444444-3333-3333-3333-33333333333a';
const audience = '66666666-6666-6666-6666-666666666666';
const authorityHost = 'https://login.example';
const oid = '11111111-2222-4333-8444-555555555555';
const clock = frozenClock();
const now = Math.floor(clock.now() / 1000);

const person = {
  iss: `${authorityHost}/${tenantId}/v2.0`,
  aud: audience,
  tid: tenantId,
  ver: '2.0',
  iat: now - 60,
  nbf: now - 60,
  exp: now + 3600,
  oid,
  sub: 'pairwise',
  azp: '77777777-6666-6666-6666-666666666666',
  name: 'Ada',
  scp: 'Incidents.Manage',
  roles: ['Incident.Approver'],
  uti: 'token-id',
};
const application = {
  ...person,
  sub: oid,
  scp: undefined,
  name: undefined,
  idtyp: 'app',
  roles: ['Incident.Trigger'],
};
const v1 = {
  iss: `https://sts.windows.net/${tenantId}/`,
  aud: `api://${audience}`,
  ver: '1.0',
  azp: undefined,
  appid: person.azp,
};

let key: Signer;
let foreignKey: Signer;
beforeAll(async () => {
  key = await createSigner('current');
  foreignKey = await createSigner('current');
});

function verifierOf(
  keys: () => Response | Error = () => answer(200, { keys: [key.publicJwk] }),
  clientIds: readonly string[] = [],
) {
  const asked: string[] = [];
  const verifier = createCallerVerifier({
    tenantId,
    authorityHost,
    audience,
    clientIds,
    clock,
    fetch: (url: unknown) => {
      asked.push(String(url));
      const given = keys();
      return given instanceof Response ? Promise.resolve(given) : Promise.reject(given);
    },
  });
  return { verify: (token: string) => verifier.verify(`Bearer ${token}`), verifier, asked };
}

describe('tokens for our API', () => {
  it.each<[string, object]>([
    ['v2', person],
    ['v2 for the application id URI', { ...person, aud: `api://${audience}` }],
    ['v1', { ...person, ...v1 }],
  ])('a person is known by a %s token', async (_what, claims) => {
    const { verify, asked } = verifierOf();

    const caller = await verify(await sign(key, { ...claims }));

    expect(caller).toEqual({
      kind: 'person',
      id: oid,
      name: 'Ada',
      clientId: person.azp,
      roles: ['Incident.Approver'],
      proof: {
        issuer: (claims as { iss: string }).iss,
        tokenIdHash: sha256('token-id'),
        issuedAt: new Date((now - 60) * 1000).toISOString(),
      },
    });
    expect(asked).toEqual([`${authorityHost}/${tenantId}/discovery/v2.0/keys`]);
  });

  it.each<[string, object]>([
    ['v2', application],
    ['v1', { ...application, ...v1 }],
    ['a token without the optional type', { ...application, idtyp: undefined }],
  ])('an application is known by %s', async (_what, claims) => {
    const { verify } = verifierOf();

    expect(await verify(await sign(key, { ...claims }))).toMatchObject({
      kind: 'application',
      id: oid,
      appId: person.azp,
      roles: ['Incident.Trigger'],
    });
  });

  it.each<[string, object]>([
    ['another audience', { aud: '99999999-6666-6666-6666-666666666666' }],
    ['Graph as audience', { aud: 'https://graph.microsoft.com' }],
    [
      'another tenant with the shared keys',
      { iss: `${authorityHost}/${otherTenant}/v2.0`, tid: otherTenant },
    ],
    ['our issuer but another tenant id', { tid: otherTenant }],
    ['the v1 issuer on a v2 token', { iss: v1.iss }],
    ['the v2 issuer on a v1 token', { ver: '1.0' }],
    ['the v1 issuer without its slash', { ...v1, iss: v1.iss.slice(0, -1) }],
    ['the common issuer', { iss: `${authorityHost}/common/v2.0` }],
    ['the Bot Connector as issuer', { iss: 'https://api.botframework.com' }],
    ['an end six minutes ago', { exp: now - 360 }],
    ['a beginning in six minutes', { nbf: now + 360 }],
    ['an issue in the future', { iat: now + 360 }],
    ['no end', { exp: undefined }],
    ['no beginning', { nbf: undefined }],
    ['no time of issue', { iat: undefined }],
    ['no tenant', { tid: undefined }],
    ['no version', { ver: undefined }],
    ['no object id', { oid: undefined }],
    ['an object id that is no GUID', { oid: 'admin' }],
    ['a list as object id', { oid: [oid] }],
    ['both kinds at once', { idtyp: 'app' }],
    ['no scope and a subject that is not the object: an ID token', { scp: undefined }],
    ['no client', { scp: undefined, sub: oid, azp: undefined }],
    ['no client for a person', { azp: undefined }],
    ['the client of a v1 token alone', { azp: undefined, appid: person.azp }],
    ['a type that is neither user nor app', { scp: undefined, sub: oid, idtyp: 'device' }],
  ])('a token with %s is nobody', async (_what, change) => {
    const { verify } = verifierOf();

    expect(await verify(await sign(key, { ...person, ...change }))).toBeNull();
  });

  it('forged signatures are nobody', async () => {
    const { verify } = verifierOf();
    const good = await sign(key, person);
    const [header = '', claims = ''] = good.split('.');
    const pem = JSON.stringify(key.publicJwk);
    const hmac = createHmac('sha256', pem).update(`${header}.${claims}`).digest('base64url');
    const attacks = [
      rawToken({ alg: 'none', kid: 'current' }, person),
      rawToken({ alg: 'None', kid: 'current' }, person),
      rawToken({ alg: 'HS256', kid: 'current' }, person, hmac),
      rawToken({ alg: 'RS256', kid: 'current', jwk: foreignKey.publicJwk }, person, 'AAAA'),
      await sign(foreignKey, person),
      await sign(foreignKey, person, { jwk: foreignKey.publicJwk }),
      await sign(key, person, { kid: 'other' }),
      await sign(key, person, { kid: undefined }),
      `${header}.${Buffer.from(JSON.stringify({ ...person, roles: ['Incident.Commander'] })).toString('base64url')}.${good.split('.')[2] ?? ''}`,
    ];

    for (const attack of attacks) expect(await verify(attack)).toBeNull();
    expect(await verify(good)).not.toBeNull();
  });

  it.each([null, '', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a.b', 'Bearer a.b.c d', 'token'])(
    'the header %j is nobody and asks for no keys',
    async (header) => {
      const { verifier, asked } = verifierOf();

      expect(await verifier.verify(header)).toBeNull();
      expect(asked).toEqual([]);
    },
  );

  it.each<[string, () => Response | Error]>([
    ['an unreachable authority', () => new TypeError('fetch failed')],
    ['an answer 503', () => answer(503)],
    ['an HTML page', () => answer(200, '<html>')],
  ])('%s keeps the door closed and is told as what may pass', async (_what, keys) => {
    const { verify } = verifierOf(keys);

    await expect(verify(await sign(key, person))).rejects.toMatchObject({
      code: 'IDENTITY_UNAVAILABLE',
      retryable: true,
    });
  });

  it('an authority that has no keys knows nobody', async () => {
    const { verify } = verifierOf(() => answer(200, { keys: [] }));

    expect(await verify(await sign(key, person))).toBeNull();
  });

  it('a new key is fetched when its first token comes, and an outage leaves the known ones good', async () => {
    const next = await createSigner('next');
    let keys: () => Response | Error = () => answer(200, { keys: [key.publicJwk] });
    const { verify, asked } = verifierOf(() => keys());
    const real = Date.now();
    const time = jest.spyOn(Date, 'now').mockReturnValue(real);
    try {
      await verify(await sign(key, person));
      keys = () => answer(200, { keys: [key.publicJwk, next.publicJwk] });

      expect(await verify(await sign(next, person))).toBeNull();
      time.mockReturnValue(real + 31_000);
      expect(await verify(await sign(next, person))).not.toBeNull();
      expect(asked).toHaveLength(2);
      keys = () => new TypeError('fetch failed');
      time.mockReturnValue(real + 3_600_000);
      expect(await verify(await sign(key, person))).not.toBeNull();
      expect(asked).toHaveLength(2);
      time.mockReturnValue(real + 25 * 3_600_000);
      await expect(verify(await sign(key, person))).rejects.toMatchObject({
        code: 'IDENTITY_UNAVAILABLE',
      });
    } finally {
      time.mockRestore();
    }
  });

  const foreign = '88888888-6666-6666-6666-666666666666';
  it.each([
    ['a person through a listed client', person, true],
    ['a person through another client of the tenant', { ...person, azp: foreign }, false],
    [
      'a person whose v2 token names the listed client as appid',
      { ...person, azp: foreign, appid: person.azp },
      false,
    ],
    ['a person with a v1 token of another client', { ...person, ...v1, appid: foreign }, false],
    ['a person with a v1 token of a listed client', { ...person, ...v1 }, true],
    ['an application, which its role admits', { ...application, azp: foreign }, true],
  ])('with clients for people listed: %s', async (_what, claims, passes) => {
    const { verify } = verifierOf(undefined, [person.azp.toUpperCase()]);

    expect((await verify(await sign(key, claims))) !== null).toBe(passes);
  });

  it('keys are fetched once for many tokens', async () => {
    const { verify, asked } = verifierOf();

    for (let index = 0; index < 5; index += 1) await verify(await sign(key, person));

    expect(asked).toHaveLength(1);
  });

  it('a token without an id is told by the hash of the whole of it, never by itself', async () => {
    const { verify } = verifierOf();
    const token = await sign(key, { ...person, uti: undefined });

    const caller = await verify(token);

    expect(caller?.proof.tokenIdHash).toBe(sha256(token));
    expect(JSON.stringify(caller)).not.toContain(token);
  });
});
