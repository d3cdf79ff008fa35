import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { settingExamples } from '../../shared/contracts/settings.js';
import { startWorld, type World } from '../support/world.js';
import { runCommand } from './run-command.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rewind-start-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const guid = '33333333-3333-3333-3333-333333333333';

/** `serve` with these settings, a missing one for every undefined, from a folder without any file. */
async function serve(change: Readonly<Record<string, string | undefined>>, ...args: string[]) {
  const file = path.join(folder, 'settings.env');
  const policy = path.join(folder, 'policy.json');
  const settings: Readonly<Record<string, string | undefined>> = {
    TENANT_ID: guid,
    API_AUDIENCE: guid,
    POLICY: policy,
    ...change,
  };
  const lines = Object.entries(settings).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}\n`],
  );
  await writeFile(file, lines.join(''));
  const data = ['--data', path.join(folder, 'data'), '--settings-file', file];
  return runCommand(['serve', '--port', '0', ...data, ...args], { cwd: folder, timeoutMs: 30_000 });
}

const example = (name: keyof typeof settingExamples): string =>
  `for example ${name}=${settingExamples[name]}\n`;

describe('serve does not start', () => {
  it.each<readonly [string, Record<string, string | undefined>, string]>([
    ['without a tenant', { TENANT_ID: undefined }, `TENANT_ID is missing; ${example('TENANT_ID')}`],
    ['with a blank policy', { POLICY: '  ' }, `POLICY is missing; ${example('POLICY')}`],
    [
      'with half a managed identity',
      { IDENTITY_ENDPOINT: 'http://127.0.0.1:1/msi' },
      `IDENTITY_HEADER is missing although IDENTITY_ENDPOINT is set; ${example('IDENTITY_HEADER')}`,
    ],
  ])('%s: one line says what, and how it would look', async (_, change, line) => {
    expect(await serve(change)).toEqual({ code: 2, stdout: '', stderr: line });
  });

  it.each([
    ['GRAPH_ENDPOINT', 'http://graph.example'],
    ['GRAPH_ENDPOINT', 'https://user:hunter2@graph.example'],
    ['LOGS_WORKSPACE_ID', "x' | take 1 //"],
    ['BOT_OPENID_METADATA', 'file:///etc/passwd'],
    ['EVIDENCE_STORE', 'ftp:somewhere'],
    ['OPERATOR_ASSERTION', 'hunter2'],
    ['SESSION_KEY', 'hunter2'],
  ] as const)('with %s=%s: one line that does not repeat the value', async (name, value) => {
    const { code, stdout, stderr } = await serve({ [name]: value });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(`${name} `)).toBe(true);
    expect(stderr.endsWith(example(name))).toBe(true);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain(value);
  });

  it.each<readonly [string, string | null, RegExp]>([
    ['is not there', null, /^POLICY cannot be used: the file cannot be read$/m],
    ['is not JSON', '{people:', /^POLICY cannot be used: the policy is not JSON$/m],
    [
      'does not fit',
      '{"people":{"operators":"all"}}',
      /^POLICY cannot be used: people.operators /m,
    ],
  ])('with a policy that %s', async (_, text, words) => {
    if (text !== null) await writeFile(path.join(folder, 'policy.json'), text);

    const { code, stdout, stderr } = await serve({});

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('beside an app that runs', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ users: 3 });
  }, 60_000);
  afterAll(() => world.stop());

  const settings = () => path.join(world.dataDir, 'settings.env');

  it('a second one on the same data folder says so in one line, and the first goes on', async () => {
    const data = path.join(world.dataDir, 'app');
    const keys = await readFile(path.join(data, 'keys.json'), 'utf8');

    const { code, stdout, stderr } = await runCommand([
      ...['serve', '--port', '0', '--data', data, '--settings-file', settings()],
    ]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `Another host is running on this data folder: ${data}/durable.db is in use.\n` +
        'serve: the function app ended before it accepted requests\n',
    );
    expect((await world.api('/health')).status).toBe(200);
    expect(await readFile(path.join(data, 'keys.json'), 'utf8')).toBe(keys);
  });

  it('a port that is taken is named, with the way out', async () => {
    const { server, port } = await taken();

    const answer = await runCommand([
      ...['serve', '--port', String(port), '--data', folder, '--settings-file', settings()],
    ]);

    expect(answer).toEqual({
      code: 1,
      stdout: '',
      stderr: `serve: port ${port} cannot be used (EADDRINUSE); choose another with --port\n`,
    });
    server.close();
  });

  it('a port of the tenant that is taken is named too', async () => {
    const { server, port } = await taken();

    const { code, stdout, stderr } = await runCommand([
      ...['tenant', '--tenant-port', String(port), '--data', folder, '--users', '3'],
    ]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(`:${port}`)]);
    server.close();
  });
});

async function taken(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as { port: number }).port };
}
