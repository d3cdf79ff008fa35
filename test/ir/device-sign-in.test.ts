import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { decodeJwt } from 'jose';
import { deviceSignInOf, deviceToken } from '../../local/ir/device-code.js';
import { run } from '../../local/ir/command.js';
import { startTenant, type RunningTenant } from '../../local/tenant/start.js';
import { eventually } from '../support/eventually.js';
import { printed } from '../support/printed.js';

const folder = mkdtempSync(path.join(tmpdir(), 'rewind-device-'));
const trusted = tls.getCACertificates();
let skippedMs = 0;
let tenant: RunningTenant;
let operatorId: string;

beforeAll(async () => {
  tenant = await startTenant({
    ...{ port: 0, dataDir: folder, seed: 1, users: 8, scenario: 'quiet', speed: 100 },
    clock: { now: () => Date.now() + skippedMs, sleep: () => Promise.resolve() },
  });
  const authority = readFileSync(tenant.settings['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8');
  tls.setDefaultCACertificates([...trusted, authority]);
  for (const name of ['TENANT_ID', 'API_AUDIENCE', 'AZURE_AUTHORITY_HOST']) {
    process.env[name] = tenant.settings[name];
  }
  const { people } = await asked<{ people: { person: string; id: string }[] }>('GET', '/people');
  operatorId = people.find(({ person }) => person === 'operator')?.id ?? '';
});
afterAll(async () => {
  tls.setDefaultCACertificates(trusted);
  for (const name of ['TENANT_ID', 'API_AUDIENCE', 'AZURE_AUTHORITY_HOST']) {
    Reflect.deleteProperty(process.env, name);
  }
  await tenant.stop();
  rmSync(folder, { recursive: true });
});

async function asked<T>(method: string, route: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${tenant.controlUrl}${route}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
}

/** How often a client has asked for a token so far. */
async function polls(): Promise<number> {
  const { entries } = await asked<{ entries: { path: string }[] }>('GET', '/journal');
  return entries.filter((entry) => entry.path.endsWith('/oauth2/v2.0/token')).length;
}

/** Signs in while a person does `what` with the code, once the client has been told to wait. */
async function signingIn<T>(
  signIn: () => Promise<T>,
  what: (userCode: string) => Promise<unknown>,
): Promise<{ readonly out: string; readonly err: string; readonly got: T | Error }> {
  const { result, ...text } = await printed(async (said) => {
    const before = await polls();
    const signed = signIn().catch((error: unknown) => error as Error);
    const code = await eventually('the code on stderr', async () =>
      Promise.resolve(/enter the code ([A-Z0-9]+)/.exec(said.err)?.[1] ?? null),
    );
    await eventually('a first poll', async () => ((await polls()) > before ? true : null));
    await what(code);
    return signed;
  });
  return { got: result, ...text };
}

const login = () => run(['login', '--device', '--json', '--data', folder]);
const enter = (answer: object) => (userCode: string) =>
  asked('POST', '/device', { userCode, person: 'operator', ...answer });

describe('ir login --device', () => {
  it('tells the code, waits for the person and prints their token', async () => {
    const { out, err, got } = await signingIn(login, enter({}));

    expect(got).toBe(0);
    const { accessToken } = JSON.parse(out) as { accessToken: string };
    expect(decodeJwt(accessToken)).toMatchObject({
      aud: tenant.settings['API_AUDIENCE'],
      oid: operatorId,
      roles: expect.arrayContaining(['Incident.Operator']) as string[],
    });
    expect(err).toMatch(/open the page https:.*Signed in until/s);
    expect(err).not.toContain(accessToken);
  });

  it.each<[string, (userCode: string) => Promise<unknown>, RegExp]>([
    ['declines', enter({ decline: true }), /^nobody signed in: .*authorization_declined/],
    [
      'lets the code expire',
      () => Promise.resolve((skippedMs += 16 * 60_000)),
      /^nobody signed in: .*expired_token/,
    ],
  ])('prints no token when the person %s', async (_, what, said) => {
    const { out, got } = await signingIn(login, what);

    expect((got as Error).message).toMatch(said);
    expect(out).toBe('');
  });

  it('satisfies the claims of a challenge', async () => {
    const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } });
    const none = { 'tenant-id': null, 'client-id': null, audience: null };

    const { got } = await signingIn(
      () => deviceToken(deviceSignInOf(none, process.env), claims),
      enter({}),
    );

    expect(decodeJwt((got as { token: string }).token)).toMatchObject({ acrs: ['c1'] });
  });
});
