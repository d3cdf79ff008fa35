import type { AuditEvent, ChangeKind, ObjectType } from '../../shared/domain/attribution/audit.js';
import { attribute } from '../../shared/domain/attribution/attribution.js';
import type { AttributionContext } from '../../shared/domain/attribution/attribution-context.js';
import type { CurrentObject, PlannedObject } from '../../shared/domain/plan/plan.js';
import {
  ACTOR,
  GROUP,
  OBJECT,
  OTHER,
  OURS,
  change,
  context,
  currentUser,
  history,
  lifecycle,
  membershipRow,
} from './support/histories.js';

const plan = (
  events: readonly AuditEvent[],
  current: Partial<CurrentObject>,
  over: Partial<AttributionContext> = {},
): PlannedObject => attribute(history(events), currentUser(current), context(over));

const inBin = { presence: 'softDeleted', daysLeft: 29 } as const;
const gone = { presence: 'absent' } as const;
const by = (...steps: readonly (readonly [string, ChangeKind])[]): AuditEvent[] =>
  steps.map(([who, kind], index) => lifecycle(index, who, kind));

describe('an object in the recycle bin', () => {
  it('that the actor put there is brought back, with the days that are left', () => {
    const { deltas, residual } = plan(by([ACTOR, 'softDelete']), inBin);

    expect(deltas).toEqual([
      expect.objectContaining({
        property: '*',
        class: 'actorOnly',
        action: 'restore',
        then: { known: true, value: true },
        now: { known: true, value: false },
        reason: expect.stringContaining('29 days'),
      }),
    ]);
    expect(residual).toEqual([]);
  });

  it('that the actor had damaged before is brought back and then set right', () => {
    const events = [
      change(1, ACTOR, 'Department', 'Sales', 'x'),
      membershipRow(2, ACTOR, 'removeMember'),
      lifecycle(3, ACTOR, 'softDelete'),
    ];

    const { deltas } = plan(events, inBin);

    expect(deltas.map(({ property, action }) => [property, action])).toEqual([
      ['*', 'restore'],
      ['department', 'update'],
      [`memberOf/${GROUP}`, 'addMember'],
    ]);
    expect(deltas[1]?.now).toEqual({ known: true, value: 'x' });
  });

  it('that somebody else put there stays, and nothing on it is planned', () => {
    const events = [
      change(1, ACTOR, 'Department', 'Sales', 'x'),
      lifecycle(2, OTHER, 'softDelete'),
    ];

    const { deltas } = plan(events, inBin);

    expect(deltas.map((delta) => [delta.property, delta.class, delta.action])).toEqual([
      ['*', 'otherOnly', null],
      ['department', 'mixed', null],
    ]);
  });

  it('that no row explains is left and named', () => {
    const { deltas } = plan([change(1, ACTOR, 'Department', 'Sales', 'x')], inBin);

    expect(deltas.map((delta) => [delta.property, delta.class, delta.action])).toEqual([
      ['*', 'unexplained', null],
      ['department', 'actorOnly', null],
    ]);
  });

  it.each<[string, AuditEvent[], string | null]>([
    [
      'given back by others and deleted again',
      by([ACTOR, 'softDelete'], [OTHER, 'restore'], [ACTOR, 'softDelete']),
      'restore',
    ],
    [
      'created by others and deleted by the actor',
      by([OTHER, 'create'], [ACTOR, 'softDelete']),
      'restore',
    ],
    ['created and deleted by the actor', by([ACTOR, 'create'], [ACTOR, 'softDelete']), null],
    [
      'restored and deleted again by the actor',
      by([ACTOR, 'restore'], [ACTOR, 'softDelete']),
      null,
    ],
    [
      'deleted again by others in the end',
      by([ACTOR, 'softDelete'], [OTHER, 'restore'], [OTHER, 'softDelete']),
      null,
    ],
  ])('that was %s', (_case, events, action) => {
    const planned = plan(events, inBin).deltas.find((delta) => delta.action !== null);

    expect(planned?.action ?? null).toBe(action);
  });

  it('is not planned when it is synced, protected, excluded or privileged without a right', () => {
    const events = by([ACTOR, 'softDelete']);
    const cases = [
      plan(events, { ...inBin, synced: true }),
      plan(events, inBin, { protectedIds: new Set([OBJECT]) }),
      plan(events, inBin, { excluded: new Set([OBJECT]) }),
      plan(events, { ...inBin, privileged: true }),
    ];

    expect(cases.map(({ deltas }) => [deltas[0]?.class, deltas[0]?.action])).toEqual([
      ['synced', null],
      ['actorOnly', null],
      ['actorOnly', null],
      ['unsupported', null],
    ]);
    expect(cases[3]?.residual[0]?.todo).toContain(`/v1.0/directory/deletedItems/${OBJECT}/restore`);
  });

  it('past its last day is lost', () => {
    const { deltas, residual } = plan(by([ACTOR, 'softDelete']), { ...inBin, daysLeft: 0 });

    expect(deltas).toEqual([expect.objectContaining({ class: 'lost', action: null })]);
    expect(residual[0]?.kind).toBe('lost');
  });
});

describe('an object that is gone for good', () => {
  it.each([
    ['hard-deleted by the actor', by([ACTOR, 'softDelete'], [ACTOR, 'hardDelete'])],
    ['hard-deleted by the actor from the bin', by([ACTOR, 'hardDelete'])],
    ['gone without any row', [change(1, ACTOR, 'Department', 'Sales', 'x')]],
  ])('(%s) is listed once for re-creation by hand', (_case, events) => {
    const { deltas, residual } = plan(events, gone);

    expect(deltas).toEqual([
      expect.objectContaining({ property: '*', class: 'lost', action: null }),
    ]);
    expect(residual).toEqual([
      expect.objectContaining({ kind: 'lost', todo: expect.stringContaining('Create it again') }),
    ]);
  });

  it('and that the actor had created itself leaves nothing to do', () => {
    const events = by([ACTOR, 'create'], [ACTOR, 'softDelete'], [ACTOR, 'hardDelete']);

    expect(plan(events, gone)).toMatchObject({ deltas: [], residual: [] });
  });

  it('because somebody else deleted it is theirs', () => {
    const events = [change(1, ACTOR, 'City', 'Bonn', 'x'), lifecycle(2, OTHER, 'hardDelete')];

    expect(plan(events, gone).deltas).toEqual([
      expect.objectContaining({ class: 'otherOnly', action: null }),
    ]);
  });
});

describe('an object the actor created', () => {
  const events = () => [
    lifecycle(1, ACTOR, 'create'),
    change(2, ACTOR, 'Department', 'Sales', 'x'),
    membershipRow(3, ACTOR, 'addMember'),
  ];
  const now = { properties: { department: 'x' }, memberOf: [GROUP] };
  const including = { policy: { includeCreated: true, includeMixed: 'surgical' as const } };

  it('is left in place and named, but loses the memberships the actor gave it', () => {
    const { deltas, residual } = plan(events(), now);

    expect(deltas.map((delta) => [delta.property, delta.class, delta.action])).toEqual([
      ['*', 'created', null],
      [`memberOf/${GROUP}`, 'actorOnly', 'removeMember'],
    ]);
    expect(residual).toHaveLength(1);
  });

  it('is soft-deleted when the policy includes created objects', () => {
    expect(plan(events(), now, including).deltas[0]).toMatchObject({
      class: 'created',
      action: 'softDelete',
    });
  });

  it('and others changed since is left even then', () => {
    const changed = [...events(), change(4, OTHER, 'City', 'Bonn', 'Köln')];

    expect(plan(changed, now, including).deltas[0]).toMatchObject({
      class: 'created',
      action: null,
    });
  });

  it.each<ObjectType>(['group', 'authenticationStrengthPolicy', 'device'])(
    'as a %s is never deleted, since that could be final',
    (objectType) => {
      const planned = attribute(
        history(by([ACTOR, 'create']), objectType),
        currentUser({ objectType }),
        context(including),
      );

      expect(planned.deltas[0]).toMatchObject({ class: 'created', action: null });
    },
  );

  it.each(['create', 'restore'] as const)(
    'as a trusted location (%s) is left with both steps, since Entra deletes none',
    (kind) => {
      const objectType = 'namedLocation';
      const located = (isTrusted: boolean): PlannedObject =>
        attribute(
          history(by([ACTOR, kind]), objectType),
          currentUser({ objectType, variant: '#ip', properties: { isTrusted } }),
          context(including),
        );

      const { deltas, residual } = located(true);

      expect(deltas[0]?.action).toBeNull();
      expect(residual[0]?.todo).toMatch(/PATCH .*"@odata.type":"#ip","isTrusted":false.* DELETE /);
      expect(located(false).deltas[0]?.action).toBe('softDelete');
      expect(located(false).residual).toEqual([]);
    },
  );

  it('is never deleted when it is protected, synced or privileged without a right', () => {
    const cases = [
      plan(events(), now, { ...including, protectedIds: new Set([OBJECT]) }),
      plan(events(), { ...now, synced: true }, including),
      plan(events(), { ...now, privileged: true }, including),
    ];

    expect(cases.map(({ deltas }) => deltas[0]?.action)).toEqual([null, null, null]);
  });
});

describe('an object that exists', () => {
  it('because the actor took it out of the bin is named and left', () => {
    expect(plan(by([ACTOR, 'restore']), {}).deltas).toEqual([
      expect.objectContaining({ property: '*', class: 'restoredSince', action: null }),
    ]);
  });

  it.each([
    ['others', OTHER],
    ['us', OURS],
  ])('because %s brought it back gives no delta', (_case, who) => {
    expect(plan(by([ACTOR, 'softDelete'], [who, 'restore']), {}).deltas).toEqual([]);
  });

  it('although the last row deleted it is left and named', () => {
    expect(plan(by([ACTOR, 'softDelete']), {}).deltas).toEqual([
      expect.objectContaining({ property: '*', class: 'unexplained', action: null }),
    ]);
  });

  it('because others created it is listed as theirs', () => {
    expect(plan(by([OTHER, 'create']), {}).deltas).toEqual([
      expect.objectContaining({ property: '*', class: 'otherOnly', action: null }),
    ]);
  });
});
