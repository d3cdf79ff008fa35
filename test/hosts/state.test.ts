import type { OrchestrationContext, Task } from 'durable-functions';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../local/host/clock.js';
import { createInProcessEngine } from '../../local/host/engine-in-process.js';
import { EventType, executionStarted, historyEvent } from '../../local/host/history.js';
import { initial } from '../../local/host/migrations/0001-initial.js';
import { migrations } from '../../local/host/migrations/index.js';
import type { Timer } from '../../local/host/records.js';
import { Store } from '../../local/host/store.js';
import { TimerQueue } from '../../local/host/timer-queue.js';
import { cleanUp, temporaryFolder } from './child-host.js';

afterAll(cleanUp);

describe('the database', () => {
  it('of an older version is brought up to date', () => {
    const file = path.join(temporaryFolder(), 'durable.db');
    new DatabaseSync(file).close();

    new Store(file).close();

    const db = new DatabaseSync(file);
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length });
    db.close();
  });

  it('of version 1 keeps its instances, and what waits in it goes on', async () => {
    const file = path.join(temporaryFolder(), 'durable.db');
    makeVersion1(file);

    const engine = createInProcessEngine({
      store: file,
      orchestrations: {
        *listens({ df }: OrchestrationContext): Generator<Task, unknown, unknown> {
          return yield df.waitForExternalEvent('word');
        },
      },
    });
    await engine.runUntilIdle();
    const before = engine.status('old').runtimeStatus;
    await engine.raise('old', 'word', 'heard');
    await engine.runUntilIdle();

    expect(before).toBe('Running');
    expect(engine.status('old')).toMatchObject({ runtimeStatus: 'Completed', output: 'heard' });
    engine.close();
  });

  it('whose migration breaks off is as it was', () => {
    const file = path.join(temporaryFolder(), 'durable.db');
    makeVersion1(file);
    const db = new DatabaseSync(file);
    db.exec('CREATE INDEX waiters_of_parent ON waiters (child_id)');
    db.close();

    expect(() => new Store(file)).toThrow('cannot be opened');

    const after = new DatabaseSync(file);
    expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
    const columns = after.prepare('PRAGMA table_info(instances)').all();
    expect(columns.map(({ name }) => name)).not.toContain('awaits');
    after.close();
  });

  it('of a newer version is refused and left alone', () => {
    const file = path.join(temporaryFolder(), 'durable.db');
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99');
    db.close();

    expect(() => new Store(file)).toThrow('was written by a newer version of the host');

    const after = new DatabaseSync(file);
    expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
    after.close();
  });

  it('in use by another store is refused', () => {
    const file = path.join(temporaryFolder(), 'durable.db');
    const first = new Store(file);

    expect(() => new Store(file)).toThrow('Another host is running on this data folder');

    first.close();
  });

  it.each([
    ['a folder in its place', (file: string) => mkdirSync(file)],
    ['something that is no database', (file: string) => writeFileSync(file, 'x'.repeat(5_000))],
    ['no folder around it', (file: string) => rmSync(path.dirname(file), { recursive: true })],
  ])('that is %s is refused with the reason', (_, spoil) => {
    const file = path.join(temporaryFolder(), 'durable.db');
    spoil(file);

    expect(() => new Store(file)).toThrow(`The state in ${file} cannot be opened`);
  });

  it('that cannot be written is refused with the reason', () => {
    const file = path.join(temporaryFolder(), 'durable.db');
    new Store(file).close();
    chmodSync(file, 0o444);
    chmodSync(path.dirname(file), 0o555);

    asOrdinaryUser(() => expect(() => new Store(file)).toThrow('may this user write to it?'));

    chmodSync(path.dirname(file), 0o755);
  });

  it('whose log was cut off in the middle holds every commit before the cut', () => {
    const file = path.join(temporaryFolder(), 'durable.db');
    const store = new Store(file);
    for (let n = 1; n <= 20; n += 1) {
      store.putEntity('@a@1', true, String(n));
      store.commit();
    }
    const copy = path.join(temporaryFolder(), 'durable.db');
    copyFileSync(file, copy);
    copyFileSync(`${file}-wal`, `${copy}-wal`);
    store.close();
    truncateSync(`${copy}-wal`, statSync(`${copy}-wal`).size - 100);

    const again = new Store(copy);

    expect(again.entity('@a@1')).toEqual({ state: '19' });
    again.close();
  });

  it('makes several transitions durable together and forgets what was discarded', () => {
    const file = path.join(temporaryFolder(), 'durable.db');
    const store = new Store(file);
    store.putEntity('@a@1', true, '1');
    store.putEntity('@a@2', true, '2');
    store.commit();
    store.putEntity('@a@1', true, '9');
    store.discard();
    store.commit();
    store.close();

    const again = new Store(file);
    expect([again.entity('@a@1'), again.entity('@a@2')]).toEqual([{ state: '1' }, { state: '2' }]);
    again.close();
  });
});

/** A state as the first version of the host left it: one instance that waits for the event `word`. */
function makeVersion1(file: string): void {
  const db = new DatabaseSync(file);
  db.exec(`${initial} PRAGMA user_version = 1;`);
  const at = Date.UTC(2026, 0, 1);
  db.prepare('INSERT INTO instances VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
    ...['old', 1, 'listens', 'e'.repeat(32), 'Running', '""', null, null, null, at, at],
  );
  const started = { name: 'listens', instanceId: 'old', executionId: 'e'.repeat(32) };
  const events = [
    historyEvent(EventType.OrchestratorStarted, at),
    executionStarted({ at, ...started, input: '""', parent: null, generation: 0 }),
    historyEvent(EventType.OrchestratorCompleted, at),
  ];
  db.prepare('INSERT INTO steps VALUES (?, ?, ?)').run('old', 0, JSON.stringify(events));
  db.close();
}

/** Root may write everything: as root, the work is done as nobody. */
function asOrdinaryUser(work: () => void): void {
  if (process.getuid?.() !== 0) {
    work();
    return;
  }
  process.seteuid?.(65_534);
  try {
    work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('timers and a clock that jumps', () => {
  function queueAt(start: number) {
    let now = start;
    let wake: (() => void) | undefined;
    const fired: number[] = [];
    const clock: Clock = {
      now: () => now,
      wait(_, callback) {
        wake = callback;
        return () => (wake = undefined);
      },
    };
    const queue = new TimerQueue(clock, (due) => fired.push(...due.map(({ timerId }) => timerId)));
    const jump = (to: number) => {
      now = to;
      wake?.();
    };
    return { queue, fired, jump };
  }
  const timer = (timerId: number, dueAt: number): Timer => ({
    instanceId: 'i',
    executionId: 'e',
    timerId,
    dueAt,
    fireAt: new Date(dueAt).toISOString(),
  });

  it('forward fires everything that became due, in order', () => {
    const { queue, fired, jump } = queueAt(0);
    for (const [id, due] of [
      [3, 30],
      [1, 10],
      [4, 40],
      [2, 20],
    ] as const)
      queue.add(timer(id, due));

    jump(35);

    expect(fired).toEqual([1, 2, 3]);
  });

  it('backward fires nothing early and everything later', () => {
    const { queue, fired, jump } = queueAt(1_000);
    queue.add(timer(1, 1_010));

    jump(0);
    const early = [...fired];
    jump(1_010);

    expect(early).toEqual([]);
    expect(fired).toEqual([1]);
  });
});
