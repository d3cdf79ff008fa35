import { createHmac } from 'node:crypto';
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

function verifierOf(keys: () => Response | Error = () => answer(200, { keys: [key.publicJwk] })) {
  const asked: string[] = [];
  const verifier = createCallerVerifier({
    tenantId,
    authorityHost,
    audience,
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
    ['no keys', () => answer(200, { keys: [] })],
  ])('%s keeps the door closed', async (_what, keys) => {
    const { verify } = verifierOf(keys);

    expect(await verify(await sign(key, person))).toBeNull();
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
