import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createFileEvidenceStore } from '../../shared/adapters/evidence/file-store.js';
import { canonicalText, digestOf } from '../../shared/digest.js';
import { verifyChain } from '../../shared/domain/record.js';
import { temporaryFolder } from './evidence-samples.js';

const here = import.meta.dirname;
const hook = path.join(here, '..', 'support', 'typescript-hook.mjs');
const writer = path.join(here, 'append-entries.ts');
const id = 'inc-two-processes';

function startWriter(folder: string, name: string, count: number) {
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--import', hook, writer, folder, id, name, String(count)],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  return { child, ended: once(child, 'exit') };
}

describe('several processes on one evidence store', () => {
  it('appends of two processes at once make one intact chain with every key once', async () => {
    const folder = await temporaryFolder();

    const writers = [startWriter(folder, 'one', 60), startWriter(folder, 'two', 60)];
    const exits = await Promise.all(writers.map(({ ended }) => ended));

    expect(exits.map(([code]) => code as number)).toEqual([0, 0]);
    expect(await verdictOn(folder)).toMatchObject({ ok: true, entries: 180 });
  });

  it('a process killed in the middle leaves a record that the next one continues', async () => {
    const folder = await temporaryFolder();
    const killed = startWriter(folder, 'one', 5000);
    await untilEntries(folder, 20);

    killed.child.kill('SIGKILL');
    await killed.ended;
    const restarted = startWriter(folder, 'one', 40);
    const [code] = (await restarted.ended) as [number];

    expect(code).toBe(0);
    const verdict = await verdictOn(folder);
    expect(verdict.ok).toBe(true);
    const lines = await linesIn(folder);
    expect(new Set(lines.map(summaryOf)).size).toBe(lines.length);
  });
});

const summaryOf = (line: string): string => (JSON.parse(line) as { summary: string }).summary;

async function linesIn(folder: string): Promise<string[]> {
  const bytes = await createFileEvidenceStore(folder).readRecord(id);
  return Buffer.from(bytes ?? new Uint8Array())
    .toString('utf8')
    .split('\n')
    .slice(0, -1);
}

async function verdictOn(folder: string) {
  return verifyChain(await linesIn(folder), { canonicalText, digestOf });
}

async function untilEntries(folder: string, count: number): Promise<void> {
  const deadline = Date.now() + 30_000;
  while ((await linesIn(folder)).length < count) {
    if (Date.now() > deadline) throw new Error(`The writer did not reach ${count} entries.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
