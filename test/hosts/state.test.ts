import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../local/host/clock.js';
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
