import { jest } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tenantCommand } from '../../../local/tenant/command.js';
import { startServer } from '../../../local/tenant/server.js';
import { parseSettings } from '../../../local/tenant/settings-file.js';
import { json } from '../../../local/tenant/exchange.js';

const folder = mkdtempSync(path.join(tmpdir(), 'tenant-command-'));
const output = { stdout: '', stderr: '' };
const watchers = new Set<() => void>();

beforeEach(() => {
  output.stdout = output.stderr = '';
  for (const name of ['stdout', 'stderr'] as const) {
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      output[name] += String(text);
      for (const watcher of watchers) watcher();
      return true;
    });
  }
});

afterEach(() => void jest.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

/** Resolves once stdout holds a whole line. */
function firstLine(): Promise<string> {
  return new Promise((resolve) => {
    const look = () => {
      if (!output.stdout.includes('\n')) return;
      watchers.delete(look);
      resolve(output.stdout);
    };
    watchers.add(look);
    look();
  });
}

const small = ['--tenant-port', '0', '--users', '4', '--speed', '600', '--data', folder];

it('says one line when it listens, writes the settings, and stops at SIGTERM', async () => {
  const file = path.join(folder, 'settings.env');

  const code = tenantCommand([...small, '--settings-file', file]);
  const line = await firstLine();
  const settings = parseSettings(readFileSync(file, 'utf8'));
  const health = await fetch(`${settings['LOCAL_CONTROL']}/health`);
  process.emit('SIGTERM');

  expect(await code).toBe(0);
  expect(line).toBe(`{"listening":"${settings['GRAPH_ENDPOINT']}"}\n`);
  expect(output.stdout).toBe(line);
  expect(health.status).toBe(200);
  expect(settings['LOGS_WORKSPACE_ID']).toMatch(/^[0-9a-f-]{36}$/);
  await expect(fetch(`${settings['LOCAL_CONTROL']}/health`)).rejects.toThrow();
});

it('without a workspace the setting is left out', async () => {
  const file = path.join(folder, 'no-workspace.env');

  const code = tenantCommand([...small, '--no-workspace', '--settings-file', file]);
  await firstLine();
  process.emit('SIGINT');

  expect(await code).toBe(0);
  expect(parseSettings(readFileSync(file, 'utf8'))).not.toHaveProperty('LOGS_WORKSPACE_ID');
});

it('no output holds the secret of the identity endpoint', async () => {
  const file = path.join(folder, 'secret.env');

  const code = tenantCommand([...small, '--settings-file', file]);
  await firstLine();
  process.emit('SIGTERM');
  await code;

  const secret = parseSettings(readFileSync(file, 'utf8'))['IDENTITY_HEADER'] ?? '';
  expect(secret).not.toBe('');
  expect(output.stdout + output.stderr).not.toContain(secret);
});

it.each([
  ['an unknown option', ['--sped', '1'], /--sped/],
  ['a bad value', ['--users', 'many'], /--users/],
  ['an unknown scenario', ['--scenario', 'flood'], /bulk-disable/],
])('%s: one line on stderr, exit code 2', async (_what, argv, naming) => {
  const code = await tenantCommand(argv);

  expect(code).toBe(2);
  expect(output.stdout).toBe('');
  expect(output.stderr).toMatch(/^[^\n]+\n$/);
  expect(output.stderr).toMatch(naming);
});

it('a port in use is said, exit code 1, nothing is written', async () => {
  const other = await startServer({
    port: 0,
    handle: async () => json(200, {}),
    log: () => undefined,
  });
  const file = path.join(folder, 'never.env');
  const argv = ['--tenant-port', new URL(other.url).port, '--data', folder];

  const code = await tenantCommand([...argv, '--settings-file', file]);

  expect(code).toBe(1);
  expect(output.stderr).toContain('EADDRINUSE');
  expect(existsSync(file)).toBe(false);
  await other.stop();
});

it('help is printed on stdout, exit code 0', async () => {
  expect(await tenantCommand(['--help'])).toBe(0);
  expect(output.stdout).toContain('--settings-file FILE');
});
