import type { OrchestrationContext, Task } from 'durable-functions';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInProcessEngine, type InProcessEngine } from '../../local/host/engine-in-process.js';
import { run } from '../../local/ir/command.js';
import { printed } from '../support/printed.js';
import { cleanUp, temporaryFolder } from './child-host.js';

const data = temporaryFolder();
const secret = 'S3CRET-KEY-OF-THE-HOST';
let engine: InProcessEngine;

beforeAll(async () => {
  engine = createInProcessEngine({
    store: path.join(data, 'durable.db'),
    orchestrations: {
      *listens({ df }: OrchestrationContext): Generator<Task, unknown, unknown> {
        df.setCustomStatus(`see http://x/y?code=${secret}`);
        yield df.callActivity('double', { value: 2, password: secret });
        const timer = df.createTimer(new Date(Date.UTC(2026, 0, 2)));
        yield df.Task.any([df.waitForExternalEvent('word'), timer]);
        timer.cancel();
        return 'ended';
      },
      // eslint-disable-next-line require-yield
      *breaks() {
        throw new Error('it \u001b[31mbroke');
      },
      *parent({ df }: OrchestrationContext): Generator<Task, unknown, unknown> {
        return yield df.callSubOrchestrator('listens', {}, 'kid');
      },
    },
    activities: { double: ({ value }: { value: number }) => ({ value: value * 2 }) },
  });
  await engine.start('listens', {}, 'one');
  await engine.start('breaks', {}, 'two');
  await engine.start('parent', {}, 'three');
  await engine.runUntilIdle();
});
afterAll(() => {
  engine.close();
  cleanUp();
});

/** What `npm run ir` prints while the engine runs on the same folder. */
async function ir(...args: string[]): Promise<string> {
  const { out } = await printed(() => run([...args, '--data', data]));
  return out;
}

describe('the state of a running host', () => {
  it('is listed with what each instance waits for', async () => {
    const lines = (await ir('instances')).trimEnd().split('\n');

    expect(lines.map((line) => line.split(/ {2,}/).toSpliced(3, 2))).toEqual([
      ['ID', 'ORCHESTRATION', 'STATUS', 'WAITS FOR'],
      ['kid', 'listens', 'Running', 'timer 2026-01-01T23:59:59, event word'],
      ['three', 'parent', 'Running', 'child kid'],
      [
        'two',
        'breaks',
        'Failed',
        String.raw`"Orchestrator function 'breaks' failed: it \u001b[31mbroke"`,
      ],
      ['one', 'listens', 'Running', 'timer 2026-01-01T23:59:59, event word'],
    ]);
  });

  it.each([
    [['--status', 'Failed'], ['two']],
    [['--status', 'Failed,Completed'], ['two']],
    [
      ['--prefix', 't'],
      ['three', 'two'],
    ],
    [['--top', '1'], ['kid']],
  ])('is cut down by %j', async (args, ids) => {
    const found = JSON.parse(await ir('instances', '--json', ...args)) as { id: string }[];

    expect(found.map(({ id }) => id)).toEqual(ids);
  });

  it('tells one history, event by event', async () => {
    const { history, waitsFor } = JSON.parse(await ir('history', 'one', '--json')) as {
      history: { event: string; number: string | null; text: string }[];
      waitsFor: unknown;
    };

    expect(history.map(({ event, number }) => [event, number])).toEqual([
      ['ExecutionStarted', null],
      ['TaskScheduled', '0'],
      ['TaskCompleted', '0'],
      ['TimerCreated', '1'],
    ]);
    expect(history[2]?.text).toBe('{"value":4}');
    expect(waitsFor).toMatchObject({ events: ['word'], activities: [] });
  });

  it('shows no secret, in no form', async () => {
    const all = [
      await ir('instances'),
      await ir('instances', '--json'),
      await ir('history', 'one'),
      await ir('history', 'one', '--json'),
    ].join('\n');

    expect(all).not.toContain(secret);
    expect(all).toContain('code=…');
    // eslint-disable-next-line no-control-regex
    expect(all).not.toMatch(/\u001b/);
  });

  it('is not changed by looking', async () => {
    await ir('instances');
    await engine.raise('one', 'word', 'heard');
    await engine.runUntilIdle();

    expect(engine.status('one').runtimeStatus).toBe('Completed');
  });
});

describe('a state that cannot be looked at', () => {
  it.each([
    ['is not there', () => temporaryFolder(), 'There is no state in'],
    [
      'is of an older version',
      () => {
        const folder = temporaryFolder();
        new DatabaseSync(path.join(folder, 'durable.db')).exec('PRAGMA user_version = 1');
        return folder;
      },
      'start the host once on it',
    ],
  ])('%s', async (_, make, words) => {
    await expect(run(['instances', '--data', make()])).rejects.toThrow(words);
  });

  it('an instance that is not there is said to be so', async () => {
    await expect(run(['history', 'nobody', '--data', data])).rejects.toThrow(
      'there is no instance nobody',
    );
  });
});
