import { attribute } from '../../shared/domain/attribution/attribution.js';
import type { AuditEvent, ObjectType } from '../../shared/domain/attribution/audit.js';
import type { Json } from '../../shared/domain/json.js';
import { known } from '../../shared/domain/json.js';
import type { NativeChange } from '../../shared/domain/native/native-job.js';
import {
  noTotals,
  pointSummary,
  type PointTotals,
  type PointValues,
} from '../../shared/domain/native/point-check.js';
import { pointFacts } from '../../shared/domain/native/point-values.js';
import type { CurrentObject, PlannedObject } from '../../shared/domain/plan/plan.js';
import { sameDecisions } from '../../shared/domain/plan/same-decisions.js';
import {
  ACTOR,
  OBJECT,
  OTHER,
  change,
  context,
  currentUser,
  history,
  lifecycle,
  row,
} from './support/histories.js';

const preview = (over: Partial<NativeChange> = {}): NativeChange => ({
  objectId: OBJECT,
  entityType: 'user',
  displayName: 'User 1',
  action: 'update',
  target: {},
  current: {},
  links: [],
  failure: null,
  ...over,
});

interface Told {
  readonly events: readonly AuditEvent[];
  readonly now: Partial<CurrentObject>;
  /** What the preview names; absent: it does not name the object. */
  readonly named?: Partial<NativeChange>;
  readonly isStill?: boolean;
  readonly type?: ObjectType;
}

/** The object as the plan has it without the recovery point, and as it has it with. */
function drawn({ events, now, named, isStill = true, type = 'user' }: Told) {
  const current = currentUser({ ...now, objectType: type });
  const facts = pointFacts(current, named && preview(named), isStill);
  const asked = context({
    atRecoveryPoint: (_, property) => facts.at(property),
    differsFromPoint: () => facts,
  });
  const without = attribute(history(events, type), current, context());
  return { without, with: attribute(history(events, type), current, asked) };
}

const disabling = change(1, ACTOR, 'AccountEnabled', true, false);
const disabled = { properties: { accountEnabled: false } };

describe('a plan stands', () => {
  test.each<[string, Told]>([
    [
      'when the point holds what the row says it replaced',
      {
        events: [disabling],
        now: disabled,
        named: { target: { accountEnabled: true }, current: { accountEnabled: false } },
      },
    ],
    [
      'when the same list comes in another order',
      {
        events: [change(1, ACTOR, 'OtherMail', ['a@x', 'b@x'], ['c@x'])],
        now: { properties: { otherMails: ['c@x'] } },
        named: { target: { otherMails: ['b@x', 'a@x'] }, current: { otherMails: ['c@x'] } },
      },
    ],
    [
      'when what is named beside it is nothing that the service keeps',
      {
        events: [disabling],
        now: disabled,
        named: {
          target: { accountEnabled: true, passwordProfile: 'x', jobTitleX: 'y' },
          current: { accountEnabled: false },
        },
      },
    ],
    [
      'when a value that the preview does not name was written since it ran',
      { events: [disabling], now: disabled, isStill: false },
    ],
    [
      'when the actor created the object, which the point cannot hold',
      {
        events: [lifecycle(1, ACTOR, 'create')],
        now: {},
        named: { action: 'softDelete' },
      },
    ],
    [
      'when a row may be about any part of the policy that is named',
      {
        type: 'conditionalAccessPolicy',
        events: [
          row(1, {
            objectType: 'conditionalAccessPolicy',
            operation: 'Update conditional access policy',
            changes: [['ConditionalAccessPolicy', 'cut off {', 'cut off {']],
          }),
        ],
        now: { properties: { state: 'disabled' } },
        named: {
          entityType: 'conditionalAccessPolicy',
          target: { state: 'enabled' },
          current: { state: 'disabled' },
        },
      },
    ],
  ])('%s', (_, told) => {
    const both = drawn(told);
    expect(both.with.deltas).toEqual(both.without.deltas);
    expect(sameDecisions(both.with, both.without)).toBe(true);
  });
});

describe('a plan is drawn otherwise', () => {
  interface Expected {
    readonly property: string;
    readonly class: string;
    readonly action: string | null;
    readonly then: Json;
    readonly point?: string;
    readonly says: string;
  }

  test.each<[string, Told, Expected]>([
    [
      'when the row found another value than the point holds: the later one is returned to',
      {
        events: [change(1, ACTOR, 'Department', 'Sales', 'X')],
        now: { properties: { department: 'X' } },
        named: { target: { department: 'HR' }, current: { department: 'X' } },
      },
      {
        ...{ property: 'department', class: 'actorOnly', action: 'update', then: 'Sales' },
        ...{ point: 'disagrees', says: 'states HR, the row itself Sales' },
      },
    ],
    [
      'when the preview is silent, so that the point holds what is there now',
      {
        events: [change(1, ACTOR, 'Department', 'Sales', 'X')],
        now: { properties: { department: 'X' } },
      },
      {
        ...{ property: 'department', class: 'actorOnly', action: 'update', then: 'Sales' },
        ...{ point: 'disagrees', says: 'states X, the row itself Sales' },
      },
    ],
    [
      'when others alone wrote it, and the first of their rows starts elsewhere',
      {
        events: [change(1, OTHER, 'Department', 'Sales', 'X')],
        now: { properties: { department: 'X' } },
        named: { target: { department: 'HR' }, current: { department: 'X' } },
      },
      {
        ...{ property: 'department', class: 'otherOnly', action: null, then: 'Sales' },
        ...{ point: 'disagrees', says: 'states HR, the row itself Sales' },
      },
    ],
    [
      'when no row is about a difference: it is listed and left alone',
      {
        events: [disabling],
        now: disabled,
        named: {
          target: { accountEnabled: true, city: 'Ulm' },
          current: { accountEnabled: false, city: 'Bonn' },
        },
      },
      {
        ...{ property: 'city', class: 'unexplained', action: null, then: 'Ulm' },
        ...{ point: 'unexplained', says: 'no audit row since says who changed it' },
      },
    ],
    [
      'when the rows lead back to their own start, which is not what the point holds',
      {
        events: [
          change(1, ACTOR, 'Department', 'Sales', 'X'),
          change(2, ACTOR, 'Department', 'X', 'Sales'),
        ],
        now: { properties: { department: 'Sales' } },
        named: { target: { department: 'HR' }, current: { department: 'Sales' } },
      },
      {
        ...{ property: 'department', class: 'unexplained', action: null, then: 'HR' },
        ...{ point: 'unexplained', says: 'no row says who changed it in between' },
      },
    ],
    [
      'when the point does not hold the object and no row created it',
      { events: [disabling], now: disabled, named: { action: 'softDelete' } },
      {
        ...{ property: '*', class: 'unexplained', action: null, then: false },
        ...{ point: 'unexplained', says: 'does not hold the object' },
      },
    ],
    [
      'when the point confirms that a value which the row does not state was empty',
      {
        events: [row(1, { changes: [['Department', null, '["X"]']] })],
        now: { properties: { department: 'X' } },
        named: { target: { department: null }, current: { department: 'X' } },
      },
      {
        ...{ property: 'department', class: 'actorOnly', action: 'update', then: null },
        says: 'says that there was none',
      },
    ],
  ])('%s', (_, told, { says, then, ...expected }) => {
    const both = drawn(told);
    const delta = both.with.deltas.find(({ property }) => property === expected.property);
    expect(delta).toMatchObject({ ...expected, then: known(then) });
    expect(delta?.reason).toContain(says);
    expect(sameDecisions(both.with, both.without)).toBe(false);
  });
});

test('the parts of a value that rows name one by one are read out of the whole that the service names', () => {
  const facts = pointFacts(
    currentUser(),
    preview({
      target: { employeeOrgData: { division: 'A', costCenter: '1' } },
      current: { employeeOrgData: { division: 'B', costCenter: '1' } },
    }),
    true,
  );
  expect(facts.at('employeeOrgData/division')).toEqual(known('A'));
  expect(facts.at('manager')).toBeNull();
});

test('two drawings are the same whatever value they found and words they say it in, and differ by each thing they decide', () => {
  const of = (over: Partial<PlannedObject['deltas'][number]> = {}): PlannedObject => ({
    ...{ objectId: OBJECT, objectType: 'user', displayName: '', privileged: false, residual: [] },
    deltas: [
      {
        ...{ property: 'city', class: 'actorOnly', action: 'update', reason: 'why' },
        ...{ then: known('Ulm'), now: known('X'), evidence: [] },
        ...over,
      },
    ],
  });
  expect(sameDecisions(of(), of({ now: known('Y') }))).toBe(true);
  expect(sameDecisions(of(), of({ reason: 'other words' }))).toBe(true);
  const changes = [
    { property: 'state' },
    { class: 'mixed' },
    { action: null },
    { point: 'disagrees' },
    { then: known('Bonn') },
    { then: { known: false, why: '' } },
  ] as const;
  for (const over of changes) expect(sameDecisions(of(), of(over))).toBe(false);
  expect(sameDecisions(of(), { ...of(), deltas: [] })).toBe(false);
});

describe('what came of a check is told', () => {
  const values: PointValues = {
    ...{ pointId: 'point', targetAt: 'T', jobId: 'job', index: 'index' },
    ...{ objects: 3, named: 3, linked: 0, outside: {} },
  };
  test.each<[Partial<PointTotals>, Partial<PointValues>, string]>([
    [{ objects: 1 }, {}, '1 object agrees.'],
    [{ objects: 3 }, { named: 2 }, '3 objects agree. 1 of the scope is as the point holds it.'],
    [
      { objects: 3, learned: 1 },
      { linked: 1 },
      '3 objects agree. 1 earlier value that no row states is told by the point; that changes no decision. The members of 1 group differ too; memberships are judged by their rows.',
    ],
    [
      { objects: 3, differ: 1, disagreeing: 1, unexplained: 1 },
      {},
      '1 of 3 objects comes out otherwise (1 earlier value differs from the rows, 1 difference has no row).',
    ],
    [
      { objects: 3, differ: 2, disagreeing: 2, unexplained: 2, learned: 2 },
      { named: 1 },
      '2 of 3 objects come out otherwise (2 earlier values differ from the rows, 2 differences have no row, 2 earlier values that no row states are told by the point). 2 of the scope are as the point holds them.',
    ],
  ])('%j %j', (totals, over, words) => {
    expect(pointSummary({ ...values, ...over }, { ...noTotals, ...totals })).toBe(
      `Checked against the recovery point of T: ${words}`,
    );
  });
});
