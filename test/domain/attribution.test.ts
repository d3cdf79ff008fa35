import type { AuditEvent } from '../../shared/domain/attribution/audit.js';
import { attribute } from '../../shared/domain/attribution/attribution.js';
import type { AttributionContext } from '../../shared/domain/attribution/attribution-context.js';
import type { Json } from '../../shared/domain/json.js';
import type { CurrentObject, Delta, PlannedObject } from '../../shared/domain/plan/plan.js';
import {
  ACTOR,
  GROUP,
  OBJECT,
  OTHER,
  OURS,
  change,
  context,
  currentUser,
  group,
  history,
  membershipRow,
  row,
} from './support/histories.js';

const plan = (
  events: readonly AuditEvent[],
  current: Partial<CurrentObject> = {},
  over: Partial<AttributionContext> = {},
): PlannedObject => attribute(history(events), currentUser(current), context(over));

const onDepartment = (events: readonly AuditEvent[], department: Json): Delta | undefined =>
  plan(events, { properties: { department } }).deltas[0];

const then = (value: Json) => ({ known: true, value });

describe('a property the actor wrote', () => {
  it('alone returns to the value before the first write', () => {
    const events = [
      change(1, ACTOR, 'Department', 'Sales', 'x'),
      change(2, ACTOR, 'Department', 'x', 'y'),
    ];

    expect(onDepartment(events, 'y')).toEqual({
      property: 'department',
      class: 'actorOnly',
      action: 'update',
      then: then('Sales'),
      now: then('y'),
      reason: expect.stringContaining('Written by the actor'),
      evidence: events.map(({ id }) => id),
    });
  });

  it('after a legitimate change since the recovery point returns to that later value', () => {
    const events = [
      change(1, OTHER, 'Department', 'Sales', 'Legal'),
      change(2, ACTOR, 'Department', 'Legal', 'x'),
    ];

    expect(onDepartment(events, 'x')).toMatchObject({
      class: 'mixed',
      action: 'update',
      then: then('Legal'),
    });
  });

  it('and another wrote in between returns to that last legitimate value', () => {
    const events = [
      change(1, ACTOR, 'Department', 'Sales', 'x'),
      change(2, OTHER, 'Department', 'x', 'Legal'),
      change(3, ACTOR, 'Department', 'Legal', 'y'),
    ];

    expect(onDepartment(events, 'y')).toMatchObject({
      class: 'mixed',
      action: 'update',
      then: then('Legal'),
      reason: expect.stringContaining('between two'),
    });
  });

  it('and another wrote afterwards is left alone and named', () => {
    const events = [
      change(1, ACTOR, 'Department', 'Sales', 'x'),
      change(2, OTHER, 'Department', 'x', 'Legal'),
    ];

    expect(onDepartment(events, 'Legal')).toMatchObject({
      class: 'mixed',
      action: null,
      reason: expect.stringContaining('after the actor'),
      evidence: events.map(({ id }) => id),
    });
  });

  it('and another set back already gives no delta', () => {
    const events = [
      change(1, ACTOR, 'Department', 'Sales', 'x'),
      change(2, OTHER, 'Department', 'x', 'Sales'),
    ];

    expect(plan(events, { properties: { department: 'Sales' } })).toMatchObject({
      deltas: [],
      residual: [],
    });
  });

  it('that is as it was before gives no delta, e.g. an account disabled before already', () => {
    const events = [
      change(1, OTHER, 'AccountEnabled', true, false),
      change(2, ACTOR, 'AccountEnabled', false, false),
    ];

    expect(plan(events, { properties: { accountEnabled: false } }).deltas).toEqual([]);
  });

  it('and that now holds a value no row explains is left alone', () => {
    const events = [change(1, ACTOR, 'Department', 'Sales', 'x')];

    expect(onDepartment(events, 'Finance')).toMatchObject({ class: 'unexplained', action: null });
  });

  it('with a missing row between two of the writes is left alone', () => {
    const events = [
      change(1, ACTOR, 'Department', 'Sales', 'x'),
      change(2, ACTOR, 'Department', 'Legal', 'y'),
    ];

    expect(onDepartment(events, 'y')).toMatchObject({ class: 'unexplained', action: null });
  });

  it('beside a change of another property by somebody else is mixed, and only it is reverted', () => {
    const events = [
      change(1, ACTOR, 'AccountEnabled', true, false),
      change(2, OTHER, 'Department', 'Sales', 'Legal'),
    ];

    const { deltas } = plan(events, { properties: { accountEnabled: false, department: 'Legal' } });

    expect(deltas).toEqual([
      expect.objectContaining({ property: 'accountEnabled', class: 'mixed', action: 'update' }),
      expect.objectContaining({ property: 'department', class: 'otherOnly', action: null }),
    ]);
  });

  it('before the recovery point only is no damage', () => {
    const early = { ...change(1, ACTOR, 'Department', 'Sales', 'x'), at: '2026-11-20T02:00:00Z' };

    expect(plan([early], { properties: { department: 'x' } }).deltas).toEqual([]);
    expect(
      plan([early], { properties: { department: 'x' } }, { recoveryPointAt: null }).deltas,
    ).toHaveLength(1);
  });

  it.each<[string, Partial<AuditEvent>]>([
    ['failed', { succeeded: false }],
    ['by ourselves', { by: { ...change(1, OURS, 'x', 1, 2).by } }],
  ])('in a row that is %s damages nothing', (_case, over) => {
    const event = { ...change(1, ACTOR, 'Department', 'Sales', 'x'), ...over };

    expect(plan([event], { properties: { department: 'x' } }).deltas).toEqual([]);
  });

  it('through an application counts for the person, whatever the client is called', () => {
    const event = change(1, OTHER, 'Department', 'Sales', 'x');
    const named = { ...event, by: { ...event.by, clientName: ACTOR, name: ACTOR } };

    expect(onDepartment([named], 'x')).toMatchObject({ class: 'otherOnly', action: null });
  });

  it('in a row without an initiator counts for somebody else', () => {
    expect(onDepartment([change(1, null, 'Department', 'Sales', 'x')], 'x')).toMatchObject({
      class: 'otherOnly',
    });
  });

  it('is found whatever the order and however often the rows arrive', () => {
    const first = change(1, ACTOR, 'Department', 'Sales', 'x');
    const next = change(2, ACTOR, 'Department', 'x', 'y');

    expect(onDepartment([next, first, next, first], 'y')).toMatchObject({
      action: 'update',
      then: then('Sales'),
    });
  });

  it('is set back by us already and gives no delta', () => {
    const events = [
      change(1, ACTOR, 'Department', 'Sales', 'x'),
      change(2, OURS, 'Department', 'x', 'Sales'),
    ];

    expect(plan(events, { properties: { department: 'Sales' } }).deltas).toEqual([]);
  });

  it('again after we had put it back returns to what we put back', () => {
    const events = [
      change(1, ACTOR, 'Department', 'Sales', 'x'),
      change(2, OURS, 'Department', 'x', 'Sales'),
      change(3, ACTOR, 'Department', 'Sales', 'y'),
    ];

    expect(onDepartment(events, 'y')).toMatchObject({ action: 'update', then: then('Sales') });
  });

  it('as a list is compared as a set', () => {
    const event = row(1, { changes: [['OtherMail', '["a@x.test","b@x.test"]', '[]']] });

    expect(plan([event], { properties: { otherMails: ['b@x.test', 'a@x.test'] } }).deltas).toEqual(
      [],
    );
    expect(plan([event], { properties: { otherMails: [] } }).deltas[0]).toMatchObject({
      action: 'update',
      then: then(['a@x.test', 'b@x.test']),
    });
  });

  it('inside a complex property is named by its path', () => {
    const event = row(1, { changes: [['ExtensionAttribute3', '["CC-12"]', '[]']] });
    const property = 'onPremisesExtensionAttributes/extensionAttribute3';

    expect(plan([event], { properties: { [property]: null } }).deltas[0]).toMatchObject({
      property,
      action: 'update',
      then: then('CC-12'),
    });
  });

  it('under a policy that skips objects others changed too is named, not planned', () => {
    const events = [
      change(1, OTHER, 'City', 'Bonn', 'Köln'),
      change(2, ACTOR, 'Department', 'Sales', 'x'),
    ];
    const properties = { city: 'Köln', department: 'x' };

    const skipped = plan(
      events,
      { properties },
      { policy: { includeCreated: false, includeMixed: 'skip' } },
    );

    expect(skipped.deltas.every(({ action }) => action === null)).toBe(true);
    expect(skipped.deltas[1]).toMatchObject({ property: 'department', class: 'mixed' });
  });
});

describe('an earlier value that is not known', () => {
  it.each([
    ['null', null],
    ['an empty cell', ''],
    ['cut off', '["Sal'],
    ['bare text', 'Sales'],
    ['of another kind', '[7]'],
  ])('(%s) is never written and left for a person', (_case, raw) => {
    const event = row(1, { changes: [['Department', raw, '["x"]']] });

    const { deltas, residual } = plan([event], { properties: { department: 'x' } });

    expect(deltas[0]).toMatchObject({
      class: 'unsupported',
      action: null,
      then: { known: false },
    });
    expect(residual).toEqual([expect.objectContaining({ kind: 'manual', objectId: OBJECT })]);
  });

  it.each(['[]', '""'])('is not what an explicit %s means: that was empty', (raw) => {
    const event = row(1, { changes: [['Department', raw, '["x"]']] });

    expect(plan([event], { properties: { department: 'x' } }).deltas[0]).toMatchObject({
      action: 'update',
      then: then(null),
    });
  });

  it('is confirmed as empty by the row before, also one before the recovery point', () => {
    const cleared = row(-50_000, { by: OTHER, changes: [['Department', '["Sales"]', '[]']] });
    const event = row(1, { changes: [['Department', null, '["x"]']] });

    expect(onDepartment([cleared, event], 'x')).toMatchObject({
      class: 'actorOnly',
      action: 'update',
      then: then(null),
    });
  });

  it.each([
    ['cut off', '["Sal', '[]'],
    ['null after a value', null, '["Legal"]'],
    ['null after another null', null, null],
  ])('(%s) is not confirmed by the row before', (_case, raw, left) => {
    const earlier = row(0, { by: OTHER, changes: [['Department', '["Sales"]', left]] });
    const event = row(1, { changes: [['Department', raw, '["x"]']] });

    expect(onDepartment([earlier, event], 'x')).toMatchObject({ action: null });
  });

  it('of an account that only a switching row mentions is not guessed', () => {
    const event = row(1, { kind: 'other', operation: 'Disable account' });

    expect(plan([event], { properties: { accountEnabled: false } }).deltas[0]).toMatchObject({
      property: 'accountEnabled',
      class: 'unsupported',
      action: null,
    });
  });

  it('is taken from the twin row when a switching row comes with one', () => {
    const update = change(1, ACTOR, 'AccountEnabled', true, false);
    const twin = row(1, {
      kind: 'other',
      operation: 'Disable account ',
      correlationId: update.correlationId,
    });

    const planned = plan([twin, update], { properties: { accountEnabled: false } });

    expect(planned.deltas).toEqual([
      expect.objectContaining({ action: 'update', then: then(true) }),
    ]);
    expect(planned.residual).toEqual([]);
  });
});

describe('a row that repeats a switch of an account', () => {
  it.each([
    ['before', 0],
    ['after', 1],
  ])('%s the update row does not get an account back that HR had disabled', (_case, place) => {
    const legitimate = change(1, OTHER, 'AccountEnabled', true, false);
    const update = change(2, ACTOR, 'AccountEnabled', false, false);
    const twin = {
      ...change(2, ACTOR, 'AccountEnabled', true, false),
      operation: 'Disable account',
      correlationId: update.correlationId,
    };
    const events = [legitimate, ...[update].toSpliced(place, 0, twin)];

    expect(plan(events, { properties: { accountEnabled: false } }).deltas).toEqual([]);
  });

  it('by somebody else makes the object one that others changed, the end of its sessions does not', () => {
    const damage = change(2, ACTOR, 'City', 'Bonn', 'x');
    const by = (operation: string) => row(1, { by: OTHER, kind: 'other', operation });
    const classOf = (operation: string) =>
      plan([by(operation), damage], {
        properties: { city: 'x', accountEnabled: false },
      }).deltas.find(({ property }) => property === 'city')?.class;

    expect(classOf('Disable account')).toBe('mixed');
    expect(classOf('Update StsRefreshTokenValidFrom Timestamp')).toBe('actorOnly');
  });

  it('is believed when it is the only one that states the earlier value', () => {
    const alone = {
      ...change(1, ACTOR, 'AccountEnabled', true, false),
      operation: 'Disable account',
    };

    expect(plan([alone], { properties: { accountEnabled: false } }).deltas[0]).toMatchObject({
      action: 'update',
      then: then(true),
    });
  });
});

describe('what the actor left behind', () => {
  it('is taken as empty when the row does not state it and the directory says empty', () => {
    const event = row(1, { changes: [['Department', '["Sales"]', null]] });

    expect(onDepartment([event], null)).toMatchObject({ action: 'update', then: then('Sales') });
  });

  it('is not guessed when the row does not state it and the directory holds a value', () => {
    const event = row(1, { changes: [['Department', '["Sales"]', null]] });

    expect(onDepartment([event], 'Legal')).toMatchObject({ class: 'unsupported', action: null });
  });
});

describe('an object that may not be written', () => {
  const event = () => change(1, ACTOR, 'AccountEnabled', true, false);
  const properties = { accountEnabled: false };

  it('because it is mastered on-premises is handed to the directory team', () => {
    const { deltas, residual } = plan([event()], { properties, synced: true });

    expect(deltas[0]).toMatchObject({ class: 'synced', action: null });
    expect(residual).toEqual([
      {
        kind: 'synced',
        objectId: OBJECT,
        name: 'User 1',
        property: 'accountEnabled',
        what: expect.any(String),
        todo: 'Set accountEnabled back to true in the on-premises directory.',
      },
    ]);
  });

  it('because it is privileged leaves the exact command before anybody approves', () => {
    const { deltas, residual } = plan([event()], { properties, privileged: true });

    expect(deltas[0]).toMatchObject({ class: 'unsupported', action: null });
    expect(residual[0]?.todo).toBe(
      'As Privileged Authentication Administrator: Invoke-MgGraphRequest -Method PATCH ' +
        `-Uri '/v1.0/users/${OBJECT}' -Body '{"accountEnabled":true}'`,
    );
  });

  it('because it is privileged is planned when our identity holds the role', () => {
    const planned = plan([event()], { properties, privileged: true }, { writableByUs: true });

    expect(planned.deltas[0]).toMatchObject({ class: 'actorOnly', action: 'update' });
  });

  it('because the policy protects it is named and not planned', () => {
    const planned = plan([event()], { properties }, { protectedIds: new Set([OBJECT]) });

    expect(planned.deltas[0]).toMatchObject({
      class: 'actorOnly',
      action: null,
      reason: expect.stringContaining('protects'),
    });
    expect(planned.residual).toHaveLength(1);
  });

  it('because a revision excluded it is named and not planned', () => {
    const planned = plan([event()], { properties }, { excluded: new Set([OBJECT]) });

    expect(planned.deltas[0]).toMatchObject({ class: 'actorOnly', action: null });
    expect(planned.residual).toEqual([]);
  });

  it.each([
    ['Manager', 'set the manager again'],
    ['Mail', 'native recovery job'],
    ['BrandNewProperty', 'set the value by hand'],
  ])('in the property %s leaves a person what to do', (property, todo) => {
    const event = row(1, { changes: [[property, '["a"]', '["b"]']] });

    const { deltas, residual } = plan([event], { properties: { mail: 'b' } });

    expect(deltas[0]).toMatchObject({ class: 'unsupported', action: null });
    expect(residual).toEqual([
      expect.objectContaining({ kind: 'unsupported', todo: expect.stringContaining(todo) }),
    ]);
  });

  it('never shows key material', () => {
    const secret = 'KeyIdentifier=59ea,DisplayName=backdoor';
    const event = row(1, {
      objectType: 'application',
      changes: [['KeyDescription', '[]', JSON.stringify([secret])]],
    });

    const planned = attribute(
      history([event], 'application'),
      currentUser({ objectType: 'application' }),
      context(),
    );

    expect(planned.deltas[0]).toMatchObject({ class: 'unsupported', action: null });
    expect(JSON.stringify(planned)).not.toContain('backdoor');
  });

  it('leaves operations that no property describes as a task', () => {
    const reset = row(1, { kind: 'other', operation: 'Reset password' });
    const revoke = row(2, {
      kind: 'other',
      operation: 'Update StsRefreshTokenValidFrom Timestamp',
    });

    expect(plan([reset, revoke])).toMatchObject({
      deltas: [],
      residual: [{ kind: 'manual', what: 'The actor did "Reset password".' }],
    });
  });

  it('does not let a hostile earlier value out of the quotes of its command', () => {
    const hostile = `x'; Remove-MgUser -UserId 1; '\u2019\n$(rm)`;
    const event = change(1, ACTOR, 'Mobile', hostile, 'y');

    const [left] = plan([event], { properties: { mobilePhone: 'y' }, privileged: true }).residual;

    const body = /-Body '([^']*)'$/.exec(left?.todo ?? '')?.[1] ?? '';
    expect(JSON.parse(body)).toEqual({ mobilePhone: hostile });
    expect(body).toMatch(/^[\x20-\x7e]*$/);
  });
});

describe('a membership', () => {
  const added = (n: number, by = ACTOR) => membershipRow(n, by, 'addMember');
  const removed = (n: number, by = ACTOR) => membershipRow(n, by, 'removeMember');
  const property = `memberOf/${GROUP}`;

  it.each<[string, AuditEvent[], string[], string | null]>([
    ['the actor removed is added again', [removed(1)], [], 'addMember'],
    ['the actor added is removed again', [added(1)], [GROUP], 'removeMember'],
    ['removed and added again by the actor stays', [removed(1), added(2)], [GROUP], null],
    ['added and removed again by the actor stays away', [added(1), removed(2)], [], null],
    [
      'added, removed and added counts once',
      [added(1), removed(2), added(3)],
      [GROUP],
      'removeMember',
    ],
    ['removed twice counts once', [removed(1), removed(2)], [], 'addMember'],
    ['somebody else gave back stays', [removed(1), added(2, OTHER)], [GROUP], null],
  ])('that %s', (_case, events, memberOf, action) => {
    const { deltas } = plan(events, { memberOf });

    expect(deltas.map((delta) => [delta.property, delta.action])).toEqual(
      action === null ? [] : [[property, action]],
    );
  });

  it('that another removed after the actor had added it is left', () => {
    const events = [added(1), removed(2, OTHER), added(3, OTHER)];

    expect(plan(events, { memberOf: [GROUP] }).deltas[0]).toMatchObject({
      class: 'mixed',
      action: null,
    });
  });

  it.each([
    ['dynamic', { dynamic: true }, 'unsupported', 'manual', 'rule'],
    ['deleted', { deleted: true }, 'unsupported', 'manual', 'Restore group'],
    ['mastered on-premises', { synced: true }, 'synced', 'synced', 'on-premises'],
    ['role-assignable', { roleAssignable: true }, 'unsupported', 'manual', 'Invoke-MgGraphRequest'],
  ] as const)('of a %s group is left for people', (_case, facts, deltaClass, kind, todo) => {
    const groups = new Map([[GROUP, group(facts)]]);

    const { deltas, residual } = plan([removed(1)], {}, { groups });

    expect(deltas[0]).toMatchObject({ property, class: deltaClass, action: null });
    expect(residual[0]).toMatchObject({ kind, todo: expect.stringContaining(todo) });
  });

  it('of a role-assignable group is repaired when our identity may', () => {
    const groups = new Map([[GROUP, group({ roleAssignable: true })]]);

    expect(plan([removed(1)], {}, { groups, writableByUs: true }).deltas[0]?.action).toBe(
      'addMember',
    );
  });

  it('of a protected group, or of one that could not be read, is never written', () => {
    const guarded = plan([removed(1)], {}, { protectedIds: new Set([GROUP]) });
    const unread = plan([removed(1)], {}, { groups: new Map() });

    expect(guarded.deltas[0]).toMatchObject({ class: 'actorOnly', action: null });
    expect(unread.deltas[0]).toMatchObject({ class: 'unsupported', action: null });
  });

  it('of a synced person in a cloud group is repaired: the group is mastered in the cloud', () => {
    expect(plan([removed(1)], { synced: true }).deltas[0]).toMatchObject({ action: 'addMember' });
  });
});

describe('a planned object', () => {
  it('survives a JSON round trip and lists its deltas in one order', () => {
    const events = [
      membershipRow(3, ACTOR, 'removeMember'),
      change(2, ACTOR, 'JobTitle', 'Clerk', 'x'),
      change(1, ACTOR, 'City', 'Bonn', 'x'),
    ];

    const planned = plan(events, { properties: { jobTitle: 'x', city: 'x' } });

    expect(JSON.parse(JSON.stringify(planned))).toEqual(planned);
    expect(planned.deltas.map(({ property }) => property)).toEqual([
      'city',
      'jobTitle',
      `memberOf/${GROUP}`,
    ]);
  });
});
