import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { verifyRecordFile } from '../../local/commands/verify-record.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { eventually } from '../support/eventually.js';
import { main, root, runCommand } from './run-command.js';

let data = '';
beforeEach(async () => {
  data = await mkdtemp(path.join(tmpdir(), 'rewind-drill-'));
});
afterEach(() => rm(data, { recursive: true, force: true }));

const fast = ['--users', '30', '--speed', '600'];

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

describe('npm run drill', () => {
  it('recovers, exits with 0, and prints the incident document alone on stdout', async () => {
    const { code, stdout, stderr } = await runCommand(['drill', ...fast, '--data', data, '--json']);

    expect(stderr).toContain('recovered and verified');
    expect(code).toBe(0);
    const incident = JSON.parse(stdout) as Incident;
    expect(incident).toMatchObject({ state: 'closed', outcome: 'recovered' });
    expect(incident.plan?.objects).toBe(30);
    expect(incident.approvals.given.map(({ countedAs }) => countedAs)).toEqual([
      'operator',
      'approver',
    ]);

    const { record = '', report = '' } = incident.links;
    expect(stderr).toContain(`Record  ${record}\nReport  ${report}\n`);
    expect((await verifyRecordFile(record, null)).text).toMatch(/^intact: .* artefacts checked/);
    expect(await readFile(report, 'utf8')).toContain(incident.plan?.digest);

    const app = /function app (http:\S+)/.exec(stderr)?.[1] ?? '';
    expect(await answers(`${app}/api/health`)).toBe(false);
  }, 180_000);

  it('stops everything it started when it is interrupted', async () => {
    const drill = spawn(
      process.execPath,
      ['--no-warnings', main, 'drill', ...fast, '--data', data],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let told = '';
    drill.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
    const ended = new Promise((resolve) => drill.once('exit', resolve));
    const app = await eventually('the function app runs', async () => {
      return /function app (http:\S+)/.exec(told)?.[1] ?? null;
    });
    expect(await answers(`${app}/api/health`)).toBe(true);

    drill.kill('SIGINT');

    expect(await ended).toBe(1);
    expect(told).toContain('interrupted');
    expect(await answers(`${app}/api/health`)).toBe(false);
  });
});
