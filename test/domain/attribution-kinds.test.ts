import fc from 'fast-check';
import { attribute } from '../../shared/domain/attribution/attribution.js';
import type { AttributionContext } from '../../shared/domain/attribution/attribution-context.js';
import type { AuditEvent, ObjectType } from '../../shared/domain/attribution/audit.js';
import { coverageOf, coverageTable, planName } from '../../shared/domain/coverage/coverage.js';
import type { CoverageRow } from '../../shared/domain/coverage/coverage-row.js';
import type { Json, Known } from '../../shared/domain/json.js';
import { known, unknown } from '../../shared/domain/json.js';
import type { CurrentObject } from '../../shared/domain/plan/plan.js';
import {
  ACTOR,
  OBJECT,
  OTHER,
  OURS,
  change,
  context,
  currentUser,
  history,
  row,
} from './support/histories.js';
import { guid } from './support/incidents.js';

const RESOURCE = guid(0xe50);
const ROLE = guid(0x401e);

/** A value before, the actor's bad one and somebody else's, as Graph would hold them. */
const values: Readonly<Record<CoverageRow['kind'], readonly [Json, Json, Json]>> = {
  boolean: [true, false, true],
  number: [180, 0, 30],
  string: ['good', 'bad', 'other'],
  stringList: [['a', 'b'], ['x'], ['c']],
  dateTime: ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z', '2028-01-01T00:00:00Z'],
  object: [{ a: 1 }, { a: 2 }, { a: 3 }],
  document: [
    { users: { includeUsers: ['All'] } },
    { users: {}, apps: ['x'] },
    { users: { x: ['y'] } },
  ],
  scopes: ['User.Read', 'User.Read Mail.Read', 'Files.Read'],
  relation: [false, true, false],
  credentials: [[], ['password:1'], []],
  link: [true, false, true],
  existence: [true, false, true],
};

/** Every kind and property that the table says we write. */
const written = coverageTable().filter(
  ({ support, kind }) => support === 'surgical' && kind !== 'existence' && kind !== 'link',
);
const nameOf = (of: CoverageRow): string => {
  if (of.kind === 'relation') return `appRoleAssignments/${RESOURCE}/${ROLE}`;
  if (of.kind === 'scopes') return `oauth2PermissionGrants/${RESOURCE}/all`;
  return of.auditProperty.replace('/*', '/Sms');
};
const planNameOf = (of: CoverageRow): string => planName(of, nameOf(of));

const event = (
  n: number,
  by: string,
  of: CoverageRow,
  before: Known,
  after: Known,
): AuditEvent => ({
  ...row(n, { by, objectType: of.objectType }),
  changes: [{ property: nameOf(of), before, after }],
});
const plan = (
  of: CoverageRow,
  events: readonly AuditEvent[],
  now: Json,
  over: Partial<AttributionContext> = {},
  current: Partial<CurrentObject> = {},
) =>
  attribute(
    history(events, of.objectType),
    currentUser({ objectType: of.objectType, properties: { [planNameOf(of)]: now }, ...current }),
    context(over),
  );

describe.each(written.map((of) => [`${of.objectType} ${nameOf(of)}`, of] as const))(
  '%s',
  (_name, of) => {
    const [good, bad, other] = values[of.kind];

    it('written by the actor alone goes back to the value before', () => {
      const { deltas } = plan(of, [event(1, ACTOR, of, known(good), known(bad))], bad);

      expect(deltas).toEqual([
        expect.objectContaining({
          property: planNameOf(of),
          class: 'actorOnly',
          action: of.kind === 'relation' ? 'removeAssignment' : 'update',
          then: known(good),
          now: known(bad),
        }),
      ]);
    });

    it('that somebody wrote after the actor, or that no row explains, is left alone', () => {
      const first = event(1, ACTOR, of, known(good), known(bad));
      const later = event(2, OTHER, of, known(bad), known(other));

      expect(plan(of, [first, later], other).deltas.every(({ action }) => action === null)).toBe(
        true,
      );
      expect(plan(of, [first], other).deltas.every(({ action }) => action === null)).toBe(true);
    });

    it('whose earlier value is unknown is never written, and left to a person', () => {
      const { deltas, residual } = plan(
        of,
        [event(1, ACTOR, of, unknown('cut off'), known(bad))],
        bad,
      );

      expect(deltas).toEqual([expect.objectContaining({ class: 'unsupported', action: null })]);
      expect(residual).toHaveLength(1);
    });

    it('of a protected object or our own identity is never written', () => {
      const events = [event(1, ACTOR, of, known(good), known(bad))];
      for (const over of [{ protectedIds: new Set([OBJECT]) }, { ourId: OBJECT }]) {
        const { deltas, residual } = plan(of, events, bad, over);
        expect(deltas.map(({ action }) => action)).toEqual([null]);
        expect(residual).toHaveLength(1);
      }
    });
  },
);

describe('what an actor did to itself', () => {
  const rowsOf = (kind: CoverageRow['kind']) => written.filter((of) => of.kind === kind);
  const toItself = (of: CoverageRow, before: Json, after: Json) =>
    plan(of, [event(1, ACTOR, of, known(before), known(after))], after, {
      actorIds: new Set([ACTOR, OBJECT]),
    });

  it('is taken away where it is a right, and given back by nobody but those who release it', () => {
    for (const of of rowsOf('relation')) {
      expect(toItself(of, false, true).deltas[0]).toMatchObject({ action: 'removeAssignment' });
      expect(toItself(of, true, false).deltas[0]).toMatchObject({ action: null });
    }
    for (const of of rowsOf('scopes')) {
      const narrow = 'User.Read';
      const wide = 'Mail.Read User.Read';
      expect(toItself(of, narrow, wide).deltas[0]).toMatchObject({ action: 'update' });
      expect(toItself(of, null, wide).deltas[0]).toMatchObject({ action: 'update' });
      expect(toItself(of, wide, narrow).deltas[0]).toMatchObject({ action: null });
      expect(toItself(of, 'Files.Read', wide).deltas[0]).toMatchObject({ action: null });
    }
  });

  it('otherwise stays as containment left it', () => {
    for (const of of written.filter(({ kind }) => kind !== 'relation' && kind !== 'scopes')) {
      const [good, bad] = values[of.kind];
      expect(toItself(of, good, bad)).toMatchObject({
        deltas: [{ action: null }],
        residual: [{ todo: expect.stringContaining('released') }],
      });
    }
  });
});

const others = coverageTable().filter(
  ({ support, kind, auditProperty }) =>
    support !== 'surgical' && auditProperty !== '*' && kind !== 'credentials',
);

it.each(others.map((of) => [`${of.objectType} ${of.auditProperty}`, of] as const))(
  '%s is listed with what to do and never planned',
  (_name, of) => {
    const [good, bad] = values[of.kind];
    const { deltas, residual } = plan(of, [event(1, ACTOR, of, known(good), known(bad))], bad);

    expect(deltas.map(({ action }) => action)).toEqual([null]);
    expect(residual).toEqual([
      expect.objectContaining({ objectId: OBJECT, todo: expect.stringMatching(/\S/) }),
    ]);
  },
);

describe('over all kinds and any order of writers', () => {
  const step = fc.record({
    who: fc.constantFrom(ACTOR, OTHER, OURS, null),
    value: fc.integer({ min: 0, max: 2 }),
    stated: fc.constantFrom('known', 'known', 'known', 'unknown'),
    hidden: fc.boolean(),
  });

  it('nothing is planned that is not of the actor, and nothing unknown is ever written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...written),
        fc.array(step, { minLength: 1, maxLength: 8 }),
        (of, steps) => {
          const choices = values[of.kind];
          let now = choices[0];
          let last: string | null = 'nobody';
          const events: AuditEvent[] = [];
          for (const [n, { who, value, stated, hidden }] of steps.entries()) {
            const next = choices[value] as Json;
            const before = stated === 'known' ? known(now) : unknown('cut off');
            if (!hidden) events.push(event(n, who as string, of, before, known(next)));
            if (JSON.stringify(next) !== JSON.stringify(now)) last = hidden ? 'hidden' : who;
            else if (!hidden) last = who;
            now = next;
          }
          const { deltas } = plan(of, events, now);

          for (const { action, then, now: expected } of deltas) {
            if (action === null) continue;
            expect(events.at(-1)?.by.id).toBe(ACTOR);
            expect(then.known).toBe(true);
            expect(expected).toEqual(known(now));
          }
          if (last === OTHER) expect(deltas.every(({ action }) => action === null)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('a policy whose row cannot be read', () => {
  const state = coverageOf('conditionalAccessPolicy', 'state') as CoverageRow;
  const opaque = (n: number, by: string): AuditEvent => ({
    ...row(n, { by, objectType: 'conditionalAccessPolicy' }),
    changes: [
      {
        property: 'ConditionalAccessPolicy',
        before: unknown('cut off'),
        after: unknown('cut off'),
      },
    ],
  });
  const off = (n: number) => event(n, ACTOR, state, known('enabled'), known('disabled'));

  it.each([
    ['before a row of theirs that can', [opaque(1, ACTOR), off(2)]],
    ['after it', [off(1), opaque(2, ACTOR)]],
    ['after it, by somebody else', [off(1), opaque(2, OTHER)]],
  ])('%s makes every value of it doubtful', (_when, events) => {
    const { deltas } = plan(state, events, 'disabled');

    expect(deltas.length).toBeGreaterThan(0);
    expect(deltas.every(({ action }) => action === null)).toBe(true);
  });

  it('before the recovery point says nothing about what came after it', () => {
    const early = { ...opaque(1, ACTOR), at: '2026-11-19T00:00:00Z' };

    expect(plan(state, [early, off(2)], 'disabled').deltas).toEqual([
      expect.objectContaining({ action: 'update', then: known('enabled') }),
    ]);
  });
});

describe('what the sources disagree about', () => {
  const state = coverageOf('conditionalAccessPolicy', 'state') as CoverageRow;

  it('is said, and the later legitimate value is the one returned to', () => {
    const events = [
      event(1, OTHER, state, known('disabled'), known('reportOnly')),
      event(3, ACTOR, state, known('enabled'), known('disabled')),
    ];
    const [byRow] = plan(state, events, 'disabled').deltas;
    const [byPoint] = plan(state, events.slice(1), 'disabled', {
      atRecoveryPoint: () => known('reportOnly'),
    }).deltas;

    for (const delta of [byRow, byPoint]) {
      expect(delta).toMatchObject({ action: 'update', then: known('enabled') });
      expect(delta?.reason).toContain('states reportOnly, the row itself enabled');
    }
  });

  it('the recovery point may confirm that a value was empty, and nothing else', () => {
    const department = coverageOf('user', 'Department') as CoverageRow;
    const unstated = event(
      1,
      ACTOR,
      department,
      unknown('the audit row states no value'),
      known('x'),
    );

    const [empty] = plan(department, [unstated], 'x', {
      atRecoveryPoint: () => known(null),
    }).deltas;
    const [full] = plan(department, [unstated], 'x', { atRecoveryPoint: () => known('y') }).deltas;

    expect(empty).toMatchObject({ action: 'update', then: known(null) });
    expect(full).toMatchObject({ class: 'unsupported', action: null });
    expect(full?.reason).toContain('states y');
  });
});

describe('credentials', () => {
  const of = coverageOf('application', 'keyIdentifiers') as CoverageRow;
  const [theirs, older, others_] = [
    `password:${guid(1)}`,
    `password:${guid(2)}`,
    `certificate:${guid(3)}`,
  ];
  const added = [
    event(1, OTHER, of, known([older]), known([older, others_])),
    event(2, ACTOR, of, known([older, others_]), known([older, others_, theirs])),
  ];

  it('that the actor added are named with the command that removes them, and nothing else', () => {
    const { deltas, residual } = plan(of, added, [older, others_, theirs]);

    expect(deltas).toEqual([expect.objectContaining({ class: 'unsupported', action: null })]);
    expect(residual).toEqual([
      expect.objectContaining({
        todo: `Invoke-MgGraphRequest -Method POST -Uri '/v1.0/applications/${OBJECT}/removePassword' -Body '{"keyId":"${guid(1)}"}'`,
      }),
    ]);
    expect(JSON.stringify({ deltas, residual })).not.toContain(guid(2));
  });

  it('that are gone by now leave nothing to do', () => {
    expect(plan(of, added, [older])).toMatchObject({ deltas: [], residual: [] });
  });
});

describe('a deleted user whose name is taken by now', () => {
  const user = { objectType: 'user' as ObjectType, presence: 'softDeleted' as const, daysLeft: 29 };
  const conflicts = [
    { kind: 'userPrincipalName' as const, value: 'ada@contoso.com', heldBy: OTHER },
  ];
  const deleted = row(1, { kind: 'softDelete', operation: 'Delete user' });
  const restore = (choices: AttributionContext['choices']) =>
    attribute(
      history([deleted]),
      currentUser({ ...user, conflicts }),
      context(choices === undefined ? {} : { choices }),
    );

  it('is left to a person with the exact request until somebody chooses', () => {
    const { deltas, residual } = restore(undefined);

    expect(deltas).toEqual([expect.objectContaining({ property: '*', action: null })]);
    expect(residual[0]?.todo).toContain('"autoReconcileProxyConflict":true');
    expect(residual[0]?.todo).toContain(`ada-restored-${OBJECT.slice(0, 8)}@contoso.com`);
  });

  it('is restored beside its holder, left, or handed over, as was chosen', () => {
    expect(restore({ [OBJECT]: 'reconcile' }).deltas[0]).toMatchObject({
      action: 'restore',
      restoreAs: {
        autoReconcileProxyConflict: true,
        newUserPrincipalName: `ada-restored-${OBJECT.slice(0, 8)}@contoso.com`,
      },
    });
    expect(restore({ [OBJECT]: 'skip' })).toMatchObject({ residual: [] });
    expect(restore({ [OBJECT]: 'skip' }).deltas[0]).toMatchObject({ action: null });
    expect(restore({ [OBJECT]: 'handOver' }).residual).toHaveLength(1);
  });
});

describe('existence of every kind', () => {
  it.each<[ObjectType, string]>([
    ['user', 'restore'],
    ['group', 'restore'],
    ['application', 'restore'],
    ['servicePrincipal', 'restore'],
    ['conditionalAccessPolicy', 'restore'],
    ['namedLocation', 'restore'],
  ])('a deleted %s is brought back from its recycle bin', (objectType, action) => {
    const planned = attribute(
      history([row(1, { kind: 'softDelete', objectType })], objectType),
      currentUser({ objectType, presence: 'softDeleted', daysLeft: 29 }),
      context(),
    );

    expect(planned.deltas).toEqual([expect.objectContaining({ property: '*', action })]);
  });

  it.each<[ObjectType, 'create' | 'restore']>([
    ['servicePrincipal', 'create'],
    ['conditionalAccessPolicy', 'create'],
    ['namedLocation', 'create'],
    ['user', 'restore'],
    ['application', 'restore'],
  ])('a %s that the actor made with %s goes only where the policy says so', (objectType, kind) => {
    const decide = (includeCreated: boolean) =>
      attribute(
        history([row(1, { kind, objectType })], objectType),
        currentUser({ objectType }),
        context({ policy: { includeCreated, includeMixed: 'surgical' } }),
      ).deltas[0];
    const expected = kind === 'create' ? 'created' : 'restoredSince';

    expect(decide(false)).toMatchObject({ class: expected, action: null });
    expect(decide(true)).toMatchObject({ class: expected, action: 'softDelete' });
  });

  it('a Microsoft 365 group is deleted again, a security group never, since it may be gone then', () => {
    const decide = (groupTypes: readonly string[]) =>
      attribute(
        history([row(1, { kind: 'create', objectType: 'group' })], 'group'),
        currentUser({ objectType: 'group', properties: { groupTypes } }),
        context({ policy: { includeCreated: true, includeMixed: 'surgical' } }),
      ).deltas[0];

    expect(decide(['Unified'])).toMatchObject({ action: 'softDelete' });
    expect(decide([])).toMatchObject({ action: null });
  });

  it('a security group that came out of the recycle bin is sure to land there again', () => {
    const planned = attribute(
      history([row(1, { kind: 'restore', objectType: 'group' })], 'group'),
      currentUser({ objectType: 'group', properties: { groupTypes: [] } }),
      context({ policy: { includeCreated: true, includeMixed: 'surgical' } }),
    );

    expect(planned.deltas[0]).toMatchObject({ class: 'restoredSince', action: 'softDelete' });
  });
});

describe('a property that only a person can write', () => {
  const todoOf = (property: string, before: string | null) =>
    attribute(
      history([change(1, ACTOR, property, before, null)]),
      currentUser(),
      context(),
    ).residual.map(({ todo }) => todo);
  const lost = guid(0x3a4a);

  it('is handed over with the value the audit row says it had', () => {
    expect(todoOf('Manager', lost)).toEqual([
      expect.stringContaining(`Set-MgUserManagerByRef -UserId '${OBJECT}'`),
    ]);
    expect(todoOf('Manager', lost).join()).toContain(`/users/${lost}'`);
    expect(todoOf('Sponsors', lost)).toEqual([expect.stringMatching(`It was ${lost} before\\.$`)]);
  });

  it('is handed over owner by owner, each with its own request', () => {
    const [one, two] = [guid(0x11), guid(0x12)];
    const { residual } = attribute(
      history(
        [one, two].map((owner, index) => change(index, ACTOR, `owners/${owner}`, true, false)),
        'group',
      ),
      currentUser({ objectType: 'group' }),
      context(),
    );

    expect(residual.map(({ todo }) => todo)).toEqual([
      expect.stringContaining(`Make ${one} an owner again`),
      expect.stringContaining(`Make ${two} an owner again`),
    ]);
  });

  it.each([
    ['Manager', null],
    ['PasswordProfile', 'a secret'],
  ])('%s from %j is handed over without a value', (property, before) => {
    expect(todoOf(property, before)).toEqual([expect.not.stringContaining('It was')]);
  });
});
