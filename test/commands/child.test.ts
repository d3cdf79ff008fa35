import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually } from '../support/eventually.js';
import { root } from './run-command.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rewind-child-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A parent that starts a tenant as its child and says where the child is. */
function startParent() {
  const child = pathToFileURL(path.join(root, 'dist/local/commands/child.js')).href;
  const log = path.join(folder, 'tenant.log');
  const args = ['tenant', '--tenant-port', '0', '--data', folder, '--users', '3'];
  const program = `
    import { Child } from ${JSON.stringify(child)};
    const tenant = new Child({ name: 'tenant', entry: 'main', args: ${JSON.stringify(args)}, logFile: ${JSON.stringify(log)} });
    const url = await tenant.listening();
    process.on('SIGTERM', async () => { await tenant.stop(); process.exit(tenant.exitCode === 0 ? 7 : 8); });
    console.log(url);
  `;
  const parent = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  parent.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const controlUrl = () =>
    eventually('the child says where it listens', async () => {
      if (!printed.includes('https://')) return null;
      return /control server (\S+)/.exec(await readFile(log, 'utf8'))?.[1] ?? null;
    });
  return { parent, controlUrl };
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/health`).then(
    () => true,
    () => false,
  );

describe('a child process', () => {
  it('is gone soon after its parent was killed without a word', async () => {
    const { parent, controlUrl } = startParent();
    const url = await controlUrl();
    expect(await answers(url)).toBe(true);

    parent.kill('SIGKILL');

    await eventually('the orphan is gone', async () => ((await answers(url)) ? null : true), {
      ms: 5000,
    });
  });

  it('stops cleanly when its parent asks it to', async () => {
    const { parent, controlUrl } = startParent();
    const url = await controlUrl();
    const ended = new Promise((resolve) => parent.once('exit', resolve));

    parent.kill('SIGTERM');

    expect(await ended).toBe(7);
    expect(await answers(url)).toBe(false);
  });
});
