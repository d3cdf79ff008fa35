import { createConnectorVerifier } from '../../shared/adapters/identity/connector-verifier.js';
import { policiesWith } from './policies.js';
import { answer, frozenClock } from './scripted.js';
import { createSigner, rawToken, sign, type Signer } from './signing.js';

const botAppId = '77777777-7777-7777-7777-777777777777';
const metadataUrl = 'https://login.botframework.example/v1/.well-known/openidconfiguration';
const keysUrl = 'https://login.botframework.example/v1/.well-known/keys';
const serviceUrl = 'https://smba.trafficmanager.net/amer/33333333-3333-3333-3333-333333333333/';
const clock = frozenClock();
const now = Math.floor(clock.now() / 1000);
const activity = { serviceUrl, channelId: 'msteams' };
const genuine = {
  iss: 'https://api.botframework.com',
  aud: botAppId,
  serviceurl: serviceUrl,
  nbf: now - 60,
  exp: now + 3540,
};

let endorsed: Signer;
let otherChannel: Signer;
let unendorsed: Signer;
let stranger: Signer;
beforeAll(async () => {
  endorsed = await createSigner('k1', { endorsements: ['msteams', 'skype'] });
  otherChannel = await createSigner('k2', { endorsements: ['webchat'] });
  unendorsed = await createSigner('k3');
  stranger = await createSigner('k1', { endorsements: ['msteams'] });
});

function verifierOf(
  options: {
    metadata?: () => Response | Error;
    keys?: () => Response | Error;
    hosts?: readonly string[];
  } = {},
) {
  const metadata =
    options.metadata ??
    (() => answer(200, { issuer: 'https://api.botframework.com', jwks_uri: keysUrl }));
  const keys =
    options.keys ??
    (() => answer(200, { keys: [endorsed, otherChannel, unendorsed].map((one) => one.publicJwk) }));
  return createConnectorVerifier({
    botAppId,
    metadataUrl,
    policies: policiesWith(options.hosts),
    clock,
    fetch: (url: unknown) => {
      const given = String(url) === metadataUrl ? metadata() : keys();
      return given instanceof Response ? Promise.resolve(given) : Promise.reject(given);
    },
  });
}

describe('requests of the Bot Connector', () => {
  it('a genuine one is known, with proof that holds no token', async () => {
    const token = await sign(endorsed, genuine);

    const proof = await verifierOf().verify(`Bearer ${token}`, activity);

    expect(proof).toMatchObject({ issuer: 'https://api.botframework.com' });
    expect(JSON.stringify(proof)).not.toContain(token);
  });

  it.each<[string, object]>([
    [
      'an Entra v2 issuer for the bot',
      { iss: 'https://login.microsoftonline.com/33333333-3333-3333-3333-333333333333/v2.0' },
    ],
    [
      'an Entra v1 issuer for the bot',
      { iss: 'https://sts.windows.net/33333333-3333-3333-3333-333333333333/' },
    ],
    ['the government issuer at the public metadata', { iss: 'https://api.botframework.us' }],
    ['an issuer with a slash more', { iss: 'https://api.botframework.com/' }],
    ['another bot as audience', { aud: '88888888-7777-7777-7777-777777777777' }],
    ['an end six minutes ago', { exp: now - 360 }],
    ['a beginning in six minutes', { nbf: now + 360 }],
    ['no end', { exp: undefined }],
    ['another service URL', { serviceurl: 'https://smba.trafficmanager.net/emea/' }],
    ['no service URL', { serviceurl: undefined }],
  ])('a token with %s is refused', async (_what, change) => {
    const token = await sign(endorsed, { ...genuine, ...change });

    expect(await verifierOf().verify(`Bearer ${token}`, activity)).toBeNull();
  });

  it('keys without the endorsement of the channel, unknown keys and no signature are refused', async () => {
    const tokens = [
      await sign(otherChannel, genuine),
      await sign(unendorsed, genuine),
      await sign(stranger, genuine),
      await sign(endorsed, genuine, { kid: undefined }),
      rawToken({ alg: 'none', kid: 'k1' }, genuine),
      rawToken({ alg: 'HS256', kid: 'k1' }, genuine, 'AAAA'),
    ];

    for (const token of tokens) {
      expect(await verifierOf().verify(`Bearer ${token}`, activity)).toBeNull();
    }
    const token = await sign(endorsed, genuine);
    expect(
      await verifierOf().verify(`Bearer ${token}`, { ...activity, channelId: 'webchat' }),
    ).toBeNull();
  });

  it.each([
    'https://evil.example/amer/',
    'https://smba.trafficmanager.net.evil.example/',
    'https://evil@smba.trafficmanager.net/amer/',
    'http://smba.trafficmanager.net/amer/',
    'not a url',
  ])('a service URL %s is refused even in a genuine token', async (url) => {
    const token = await sign(endorsed, { ...genuine, serviceurl: url });

    const proof = await verifierOf().verify(`Bearer ${token}`, { ...activity, serviceUrl: url });

    expect(proof).toBeNull();
  });

  it('a host with a port counts when the policy lists it so', async () => {
    const url = 'https://127.0.0.1:8443/teams/amer/';
    const token = await sign(endorsed, { ...genuine, serviceurl: url });
    const asked = { ...activity, serviceUrl: url };

    const listed = await verifierOf({ hosts: ['127.0.0.1:8443'] }).verify(`Bearer ${token}`, asked);
    const otherPort = await verifierOf({ hosts: ['127.0.0.1:9443'] }).verify(
      `Bearer ${token}`,
      asked,
    );

    expect(listed).not.toBeNull();
    expect(otherPort).toBeNull();
  });

  it.each<[string, Parameters<typeof verifierOf>[0]]>([
    ['unreachable metadata', { metadata: () => new TypeError('fetch failed') }],
    ['metadata 503', { metadata: () => answer(503) }],
    ['metadata that is no JSON', { metadata: () => answer(200, '<html>') }],
    [
      'metadata of another issuer',
      { metadata: () => answer(200, { issuer: 'https://evil.example', jwks_uri: keysUrl }) },
    ],
    [
      'keys over http',
      {
        metadata: () =>
          answer(200, {
            issuer: 'https://api.botframework.com',
            jwks_uri: 'http://login.example/keys',
          }),
      },
    ],
    ['unreachable keys', { keys: () => new TypeError('fetch failed') }],
  ])('%s lets nobody in, and says that it is the keys', async (_what, options) => {
    const token = await sign(endorsed, genuine);

    await expect(verifierOf(options).verify(`Bearer ${token}`, activity)).rejects.toMatchObject({
      code: 'IDENTITY_UNAVAILABLE',
      message: 'The signing keys of the Bot Connector cannot be fetched.',
    });
  });

  it('a key that is not among those published is no outage', async () => {
    const token = await sign(endorsed, genuine);
    const none = verifierOf({ keys: () => answer(200, { keys: [] }) });

    expect(await none.verify(`Bearer ${token}`, activity)).toBeNull();
  });

  it('no token is refused without asking anybody', async () => {
    const verifier = verifierOf({ metadata: () => new Error('asked') });

    expect(await verifier.verify(null, activity)).toBeNull();
  });
});
