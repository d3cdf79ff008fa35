import { chooseExecutor, type ExecutorFacts } from '../../shared/domain/plan/choose-executor.js';
import type { Delta, PlannedObject } from '../../shared/domain/plan/plan.js';

const facts: ExecutorFacts = {
  executor: 'auto',
  hasRecoveryPoint: true,
  sessionPossible: true,
  touchedByOthers: false,
};

const delta = (over: Partial<Delta> = {}): Delta => ({
  property: 'department',
  class: 'actorOnly',
  action: 'update',
  then: { known: true, value: 'Finance' },
  now: { known: true, value: 'Unknown' },
  reason: 'Written by the actor.',
  evidence: ['row-1'],
  ...over,
});
const unknownThen = delta({
  property: 'jobTitle',
  class: 'unsupported',
  action: null,
  then: { known: false, why: 'the audit row states no value' },
});
const onlyNative = delta({ property: 'mail', class: 'unsupported', action: null });
const restored = delta({
  property: '*',
  action: 'restore',
  then: { known: true, value: true },
  now: { known: true, value: false },
});
const member = delta({ property: 'memberOf/g', action: 'addMember' });
const extension = delta({ property: 'onPremisesExtensionAttributes/extensionAttribute1' });
const secret = delta({
  property: 'StrongAuthenticationMethod',
  class: 'unsupported',
  action: null,
});

const user = (...deltas: Delta[]): PlannedObject => ({
  objectId: '55555555-0000-4000-8000-000000000001',
  objectType: 'user',
  displayName: 'User 1',
  privileged: false,
  deltas,
  residual: deltas
    .filter(({ action }) => action === null)
    .map(({ property }) => ({
      kind: 'unsupported' as const,
      objectId: '55555555-0000-4000-8000-000000000001',
      property,
      what: property,
      todo: 'by hand',
    })),
});

const routeOf = (object: PlannedObject, change: Partial<ExecutorFacts> = {}) =>
  chooseExecutor(object, { ...facts, ...change });

describe('under auto', () => {
  test.each([
    ['a known earlier value goes surgical', [delta()], {}, 'surgical'],
    ['a soft-deleted object comes out of the recycle bin', [restored, delta()], {}, 'surgical'],
    ['a membership goes surgical', [member], {}, 'surgical'],
    ['an unknown earlier value goes native', [unknownThen], {}, 'native'],
    ['a property that only a native job writes goes native', [onlyNative], {}, 'native'],
    [
      'known and unknown values of one object go native together',
      [delta(), unknownThen],
      {},
      'native',
    ],
    [
      'without a way to a session a person starts the job',
      [onlyNative],
      { sessionPossible: false },
      'handOff',
    ],
    [
      'without a backup nothing can put an unknown value back',
      [onlyNative],
      { hasRecoveryPoint: false },
      null,
    ],
    [
      'without a backup the known values still go back',
      [delta(), onlyNative],
      { hasRecoveryPoint: false },
      'surgical',
    ],
    [
      'an object that others changed never goes native',
      [delta(), onlyNative],
      { touchedByOthers: true },
      'surgical',
    ],
    [
      'nor when its line shows a change of others',
      [onlyNative, delta({ property: 'city', class: 'otherOnly', action: null })],
      {},
      null,
    ],
    [
      'nor when somebody unknown changed it',
      [onlyNative, delta({ property: 'city', class: 'unexplained', action: null })],
      {},
      null,
    ],
    [
      'what a job does not revert keeps the object surgical',
      [extension, onlyNative],
      {},
      'surgical',
    ],
    ['a membership keeps the object surgical', [member, onlyNative], {}, 'surgical'],
    ["a secret is nobody's to put back", [secret], {}, null],
    ['what is left alone has no route', [delta({ action: null, class: 'otherOnly' })], {}, null],
  ] as const)('%s', (_, deltas, change, executor) => {
    expect(routeOf(user(...deltas), change).route?.executor ?? null).toBe(executor);
  });

  test('a native route plans the values of the backup, says so, and leaves nothing of it to a person', () => {
    const object = routeOf(user(unknownThen, secret));
    const [planned, left] = object.deltas;
    expect(planned).toMatchObject({ action: 'update', class: 'actorOnly', then: { known: false } });
    expect(planned?.reason).toContain('value of the backup');
    expect(left).toMatchObject({ action: null });
    expect(object.residual.map(({ property }) => property)).toEqual(['StrongAuthenticationMethod']);
    expect(object.route?.why).toContain("operator's session");
  });

  test('a surgical route says what it leaves and why', () => {
    const object = routeOf(user(delta(), onlyNative), { touchedByOthers: true });
    expect(object.route?.why).toContain('mail can only be put back by a native recovery');
    expect(object.route?.why).toContain('others changed the object');
    expect(object.residual).toHaveLength(1);
  });
});

describe('with one executor for the whole plan', () => {
  test.each([
    ['native takes updates', 'native', [delta()], {}, 'native'],
    ['native takes deleted users', 'native', [restored], {}, 'native'],
    ['native leaves memberships out', 'native', [member], {}, null],
    [
      'what others changed too is written by ourselves',
      'native',
      [delta()],
      { touchedByOthers: true },
      'surgical',
    ],
    [
      'a hand-off leaves objects out that others changed',
      'handOff',
      [delta()],
      { touchedByOthers: true },
      null,
    ],
    [
      'native can do nothing without a backup',
      'native',
      [delta()],
      { hasRecoveryPoint: false },
      null,
    ],
    ['a hand-off takes updates', 'handOff', [delta(), unknownThen], {}, 'handOff'],
    ['surgical never waits for anybody', 'surgical', [delta(), unknownThen], {}, 'surgical'],
    ['surgical leaves unknown values to people', 'surgical', [unknownThen], {}, null],
  ] as const)('%s', (_, executor, deltas, change, expected) => {
    const object = routeOf(user(...deltas), { executor, ...change });
    expect(object.route?.executor ?? null).toBe(expected);
  });

  test('what is left out is not planned, and a person is told what to do', () => {
    const object = routeOf(user(delta()), { executor: 'handOff', touchedByOthers: true });
    expect(object.deltas.every(({ action }) => action === null)).toBe(true);
    expect(object.residual).toMatchObject([{ kind: 'manual' }]);
    expect(object.residual[0]?.todo).toContain('auto');
  });
});

test('kinds that the service does not keep never go native', () => {
  const device: PlannedObject = { ...user(delta()), objectType: 'device' };
  expect(routeOf(device, { executor: 'native' }).route).toBeUndefined();
});
