import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type ChildHost,
  cleanUp,
  managementOf,
  startChildHost,
  temporaryFolder,
} from './child-host.js';

afterAll(cleanUp);

const steps = ['step 0', 'step 1', 'child'];
const mostLives = 40;

/** Runs one life of a host that kills itself at a commit; answers the instance's end if it came to it. */
async function oneLife(data: string, fault: string, file: string) {
  let host: ChildHost;
  try {
    host = await startChildHost({ data, env: { HOST_FAULT: fault }, preload: 'crash-points.mjs' });
  } catch {
    return undefined;
  }
  const management = managementOf(host);
  try {
    if (!(await management.status('one')))
      await management.start('longLedger', { file, steps: 2 }, 'one');
    const status = await management.ended('one');
    await host.stop();
    return status;
  } catch (error) {
    // A request that broke off: the host has killed itself. Errors of another realm are told by name.
    if ((error as Error).name !== 'TypeError') throw error;
    await host.ended;
    return undefined;
  }
}

async function livesUntilTheEnd(fault: string) {
  const data = temporaryFolder();
  const file = path.join(data, 'marks');
  for (let lives = 1; lives <= mostLives; lives += 1) {
    const status = await oneLife(data, fault, file);
    if (status) return { lives, status, marks: readFileSync(file, 'utf8').trim().split('\n') };
  }
  throw new Error(
    `not ended after ${mostLives} lives: ${existsSync(file) ? readFileSync(file, 'utf8') : ''}`,
  );
}

describe('a host that is killed at every transaction', () => {
  it('right after each commit does every piece of work exactly once', async () => {
    const { lives, status, marks } = await livesUntilTheEnd('after:1');

    expect(status).toMatchObject({ runtimeStatus: 'Completed', output: { tally: 1 } });
    expect(marks).toEqual(steps);
    expect(lives).toBeGreaterThan(6);
  }, 180_000);

  it('right before each commit repeats what was not committed and nothing else', async () => {
    const { lives, status, marks } = await livesUntilTheEnd('before:2');

    expect(status).toMatchObject({ runtimeStatus: 'Completed', output: { tally: 1 } });
    expect([...new Set(marks)]).toEqual(steps);
    for (const step of steps)
      expect(marks.filter((mark) => mark === step).length).toBeLessThanOrEqual(2);
    expect(lives).toBeGreaterThan(6);
  }, 180_000);
});

describe('a disk that is full', () => {
  it('stops the host with the reason and loses nothing that was accepted', async () => {
    const data = temporaryFolder();
    const file = path.join(data, 'marks');
    const env = { HOST_FAULT: 'full:3' };
    const host = await startChildHost({ data, env, preload: 'crash-points.mjs' });
    await managementOf(host).start('longLedger', { file, steps: 2 }, 'one');

    const code = await host.ended;
    const again = await startChildHost({ data });

    expect(code).toBe(1);
    expect(host.stderr()).toContain('The state could not be written: database or disk is full');
    expect(await managementOf(again).ended('one')).toMatchObject({ output: { tally: 1 } });
    await again.stop();
  });
});
