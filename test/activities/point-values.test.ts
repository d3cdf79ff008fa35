import {
  readPointChanges,
  storePointValues,
} from '../../functions/activities/point/values-file.js';
import type { NativeChange, NativeJob } from '../../shared/domain/native/native-job.js';
import { known } from '../../shared/domain/json.js';
import { createCase, damagedUser, incidentId, userId } from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';
import { changeOf, pointAt } from '../support/service-waves.js';

const job: NativeJob = {
  ...{ id: 'job-1', kind: 'preview', status: 'successful', targetAt: pointAt },
  ...{ startedAt: '2026-11-20T21:10:00Z', endedAt: '2026-11-20T21:20:00Z' },
  ...{ scope: { kind: 'types', types: ['user'] }, failedChanges: null },
};

async function* of<T>(...values: readonly T[]): AsyncGenerator<T> {
  for (const value of values) yield Promise.resolve(value);
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** Every second object of a scope of `count` differs; so do a user and a group outside it. */
async function stored(count: number, held?: number) {
  const world = createCase();
  await world.open();
  const named = numbers(count).filter((n) => n % 2 === 0);
  const outside: NativeChange[] = [
    changeOf(100_000),
    changeOf(100_001, { entityType: 'group', links: ['members'] }),
  ];
  const about = {
    ...{ incidentId, run: 1, job },
    scope: of(...numbers(count).map(userId)),
    changes: of(...named.map((n) => changeOf(n)), ...outside),
  };
  const told = await storePointValues(world.services, about, held);
  let reads = 0;
  const { store } = world.services;
  const services = {
    ...world.services,
    store: {
      ...store,
      readArtefact: (id: string, sha256: string) => {
        reads += 1;
        return store.readArtefact(id, sha256);
      },
    },
  };
  const read = (...wanted: number[]) =>
    readPointChanges(
      services,
      incidentId,
      told.index,
      wanted.map((n) => ({ objectId: userId(n) })),
    );
  return { told, read, reads: () => reads };
}

const history = (n: number, at = '2026-11-20T20:40:00Z') => ({
  ...{ objectId: userId(n), objectType: 'user' as const, name: null },
  events: [auditRow({ byId: 'x', objectId: userId(n), at })],
});

test.each([
  ['in one go', undefined],
  ['laid aside in parts', 700],
])(
  'what a preview tells is kept %s, and what lies outside the scope is counted',
  async (_, held) => {
    const { told, read } = await stored(2000, held);
    expect(told).toMatchObject({ objects: 2000, named: 1000, outside: { user: 1, group: 1 } });

    const point = await read(0, 1, 999, 1998, 5000, 100_000);
    const at = (n: number, when?: string) =>
      point?.factsOf(history(n, when), damagedUser(n))?.at('accountEnabled');
    expect([0, 1998].map((n) => at(n))).toEqual([known(true), known(true)]);
    // Not named: as it is now, unless a row says that it was written after the preview had begun.
    expect([1, 999].map((n) => at(n))).toEqual([known(false), known(false)]);
    expect(at(1, '2026-11-20T21:15:00Z')).toBeNull();
    // Not asked about: nothing is known, whether or not the service named it.
    expect([5000, 100_000].map((n) => at(n))).toEqual([undefined, undefined]);
  },
);

test.each([
  ['in one go', undefined],
  ['laid aside in parts', 4_000],
])('objects that lie together are read without the rest (%s)', async (_, held) => {
  const { read, reads } = await stored(12_000, held);
  await read(...numbers(held === undefined ? 500 : 1));
  expect(reads()).toBeLessThanOrEqual(3);
});
