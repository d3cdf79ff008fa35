import fc from 'fast-check';
import { compareChange } from '../../shared/domain/native/native-comparison.js';
import {
  findEqual,
  isExactly,
  isOver,
  scopeOf,
  type JobStatus,
  type NativeChange,
  type NativeJob,
} from '../../shared/domain/native/native-job.js';
import { etaOf, wavesThatFit } from '../../shared/domain/plan/eta.js';
import { policySchema } from '../../shared/contracts/policy.js';
import type { Delta, PlannedObject } from '../../shared/domain/plan/plan.js';
import type { Policy } from '../../shared/domain/policy.js';

const id = (n: number): string => `55555555-0000-4000-8000-${String(n).padStart(12, '0')}`;
const targetAt = '2026-11-20T02:00:00Z';
const since = '2026-11-20T15:00:00.500Z';
const entries = scopeOf([
  { objectId: id(2).toUpperCase(), objectType: 'user' },
  { objectId: id(1), objectType: 'user' },
  { objectId: id(3), objectType: 'namedLocation' },
  { objectId: id(4), objectType: 'device' },
]);
const job = (over: Partial<NativeJob> = {}): NativeJob => ({
  id: 'job-1',
  kind: 'recovery',
  status: 'running',
  targetAt,
  startedAt: '2026-11-20T15:00:00Z',
  endedAt: null,
  scope: { kind: 'ids', entries },
  failedChanges: null,
  ...over,
});
const wanted = {
  kind: 'recovery',
  targetAt: '2026-11-20T02:00:00.000Z',
  limits: { kind: 'ids', entries },
  notBefore: since,
} as const;

test('a scope names kinds as the service does and leaves out what it does not keep', () => {
  expect(entries).toEqual([
    { entityType: 'namedLocationPolicy', ids: [id(3)] },
    { entityType: 'user', ids: [id(1), id(2)] },
  ]);
});

test('a filter is equal whatever its order, case and repetition, and only then', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 12 });
  fc.assert(
    fc.property(ids, ids, (a, b) => {
      const scope = (list: number[]) => ({
        kind: 'ids' as const,
        entries: scopeOf(list.map((n) => ({ objectId: id(n), objectType: 'user' }))),
      });
      const twice = [...a].reverse().flatMap((n) => [id(n).toUpperCase(), id(n)]);
      const asked = { kind: 'ids' as const, entries: [{ entityType: 'user', ids: twice }] };
      expect(isExactly(asked, scope(a))).toBe(true);
      const same = a.length === b.length && a.every((n) => b.includes(n));
      expect(isExactly(scope(a), scope(b))).toBe(same);
    }),
  );
});

test('a preview of kinds is equal to one of the same kinds, and to none of ids', () => {
  const asked = { kind: 'types', types: ['user', 'group'] } as const;
  expect(isExactly({ kind: 'types', types: ['Group', 'user', 'user'] }, asked)).toBe(true);
  for (const scope of [
    { kind: 'types', types: ['user'] },
    { kind: 'types', types: ['user', 'group', 'application'] },
    { kind: 'ids', entries: [] },
    { kind: 'all' },
    { kind: 'unknown' },
  ] as const) {
    expect(isExactly(scope, asked)).toBe(false);
  }
});

test.each([
  ['the job that was asked for', {}, 'job-1'],
  ['one that has ended already', { status: 'successful' }, 'job-1'],
  ['a preview', { kind: 'preview' }, null],
  ['a job of unknown kind', { kind: null }, null],
  ['another recovery point', { targetAt: '2026-11-19T02:00:00Z' }, null],
  ['a job of before', { startedAt: '2026-11-20T14:59:59Z' }, null],
  ['fewer ids', { scope: { kind: 'ids', entries: [{ entityType: 'user', ids: [id(1)] }] } }, null],
  ['a whole kind', { scope: { kind: 'types', types: ['user'] } }, null],
  ['everything', { scope: { kind: 'all' } }, null],
  ['a filter nobody can read', { scope: { kind: 'unknown' } }, null],
] as const)('adoption: %s', (_, over, expected) => {
  expect(findEqual([job(over as Partial<NativeJob>)], wanted)?.id ?? null).toBe(expected);
});

test('only the three documented words end a job', () => {
  const all: JobStatus[] = ['initialized', 'loadingData', 'calculating', 'running', 'unknown'];
  expect(all.some((status) => isOver({ status }))).toBe(false);
  expect(
    (['successful', 'failed', 'abandoned'] as const).every((status) => isOver({ status })),
  ).toBe(true);
});

describe('the preview of the service against our plan', () => {
  const delta = (over: Partial<Delta> = {}): Delta => ({
    property: 'department',
    class: 'actorOnly',
    action: 'update',
    then: { known: true, value: 'Finance' },
    now: { known: true, value: 'Unknown' },
    reason: '',
    evidence: [],
    ...over,
  });
  const object = (...deltas: Delta[]): PlannedObject => ({
    objectId: id(1),
    objectType: 'user',
    displayName: 'User 1',
    privileged: false,
    deltas,
    residual: [],
  });
  const change = (over: Partial<NativeChange> = {}): NativeChange => ({
    objectId: id(1),
    entityType: 'user',
    displayName: 'User 1',
    action: 'update',
    target: { department: 'Finance' },
    current: { department: 'Unknown' },
    links: [],
    failure: null,
    ...over,
  });
  const unknownThen = delta({ then: { known: false, why: 'not stated' } });
  const restore = delta({ property: '*', action: 'restore' });

  test.each([
    ['exactly as planned', object(delta()), change(), 'within'],
    ['not in the preview', object(delta()), undefined, 'absent'],
    [
      'a property more',
      object(delta()),
      change({
        target: { department: 'Finance', city: 'Bonn' },
        current: { department: 'Unknown', city: 'Ulm' },
      }),
      'beyond',
    ],
    [
      'a property more that would stay as it is',
      object(delta()),
      change({
        target: { department: 'Finance', city: '' },
        current: { department: 'Unknown', city: null },
      }),
      'within',
    ],
    [
      'another value than planned',
      object(delta()),
      change({ target: { department: 'Sales' } }),
      'beyond',
    ],
    ['another value now', object(delta()), change({ current: { department: 'HR' } }), 'changed'],
    ['members would change', object(delta()), change({ links: ['members'] }), 'beyond'],
    ['a deletion instead', object(delta()), change({ action: 'softDelete' }), 'beyond'],
    ['an action nobody knows', object(delta()), change({ action: 'unknown' }), 'beyond'],
    [
      'a restore as planned',
      object(restore),
      change({ action: 'restore', target: {}, current: {} }),
      'within',
    ],
    ['a part only', object(delta(), delta({ property: 'city' })), change(), 'within'],
    ['an unknown earlier value', object(unknownThen), change(), 'within'],
    [
      'parts of a nested value',
      object(delta({ property: 'info/termsOfServiceUrl' })),
      change({
        target: { info: { termsOfServiceUrl: 'Finance', logoUrl: 'x' } },
        current: { info: { termsOfServiceUrl: 'Unknown', logoUrl: 'x' } },
      }),
      'within',
    ],
  ] as const)('%s', (_, planned, offered, verdict) => {
    expect(compareChange(planned, offered).verdict).toBe(verdict);
  });

  test('an unknown earlier value is learned, and what is not offered is named', () => {
    const compared = compareChange(object(unknownThen, delta({ property: 'city' })), change());
    expect(compared.learned).toEqual({ department: 'Finance' });
    expect(compared.missing).toEqual(['city']);
    expect(compared.detail).toContain('city');
  });

  test('whatever the service would do beyond the plan is found', () => {
    const names = fc.constantFrom('city', 'country', 'jobTitle', 'mobilePhone', 'displayName');
    fc.assert(
      fc.property(fc.uniqueArray(names, { minLength: 1 }), (extra) => {
        const more = Object.fromEntries(extra.map((name) => [name, 'old']));
        const offered = change({ target: { department: 'Finance', ...more } });
        expect(compareChange(object(delta()), offered).verdict).toBe('beyond');
      }),
    );
  });
});

describe('how long it takes', () => {
  const policy = policySchema.parse({
    people: {
      operators: [{ objectId: id(90), name: 'Olga' }],
      approvers: [{ objectId: id(91), name: 'Anna' }],
    },
  }) as Policy;
  const none = { writes: 0, policyWrites: 0, canaries: 0, nativeObjects: 0, handOffObjects: 0 };

  test('nothing takes no time', () => {
    expect(etaOf(none, policy)).toEqual({ surgical: 0, native: 0, handOff: 0 });
  });

  test('the first native job pays for loading the snapshot, once', () => {
    const one = etaOf({ ...none, nativeObjects: 1 }, policy).native;
    const many = etaOf({ ...none, nativeObjects: 4800 }, policy);
    const both = etaOf({ ...none, nativeObjects: 1, handOffObjects: 1 }, policy);
    expect(one).toBeGreaterThan(3600);
    expect(many.native).toBeLessThan(48 * one);
    expect(both.handOff).toBeLessThan(3600);
  });

  test('surgical writes keep to the budget of the quota', () => {
    const { requests, perSeconds } = policy.execution.writeQuota;
    const seconds = etaOf({ ...none, writes: requests }, policy).surgical;
    expect(seconds).toBeGreaterThanOrEqual(perSeconds / policy.execution.writeBudget - 1);
  });

  test.each([
    [600, 4800, 0],
    [5400, 50, 1],
    [100_000, 4800, 48],
  ])(
    'in %i s of a session %i objects find %i waves that can be started',
    (seconds, objects, waves) => {
      expect(wavesThatFit(seconds, objects, policy)).toBe(waves);
    },
  );
});
