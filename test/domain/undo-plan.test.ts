import fc from 'fast-check';
import type { Json } from '../../shared/domain/json.js';
import { known } from '../../shared/domain/json.js';
import type { CurrentObject, Delta, PlannedObject } from '../../shared/domain/plan/plan.js';
import { joinedUndo } from '../../shared/domain/plan/undo-joining.js';
import { undoOf, type Undoable, type WrittenNow } from '../../shared/domain/plan/undo-plan.js';
import { guid } from './support/incidents.js';

const GROUP = guid(0x90);
const ROLE = `appRoleAssignments/${guid(0x91)}/${guid(0x92)}`;

const wrote = (over: Partial<Delta> = {}, more: Partial<Undoable> = {}): Undoable => ({
  delta: {
    property: 'department',
    class: 'actorOnly',
    action: 'update',
    then: known('Research'),
    now: known('wiped'),
    reason: 'written by the actor',
    evidence: [],
    ...over,
  },
  now: 'asWritten',
  obstacle: null,
  ...more,
});

const planned: PlannedObject = {
  objectId: guid(1),
  objectType: 'user',
  displayName: 'Ada',
  privileged: false,
  deltas: [],
  residual: [],
};

const image = (over: Partial<CurrentObject> = {}): CurrentObject => ({
  objectId: guid(1),
  objectType: 'user',
  displayName: 'Ada',
  presence: 'present',
  daysLeft: null,
  synced: false,
  privileged: false,
  properties: { department: 'wiped' },
  memberOf: [],
  ...over,
});

const inBin = image({ presence: 'softDeleted', properties: {} });
const restored = {
  property: '*',
  action: 'restore',
  then: known(true),
  now: known(false),
} as const;
const joined = { property: `memberOf/${GROUP}`, action: 'addMember', then: known(true) } as const;

describe('what we wrote', () => {
  it.each<[string, Undoable, CurrentObject, Partial<Delta>]>([
    [
      'goes back to the value of its image',
      wrote(),
      image(),
      { action: 'update', then: known('wiped') },
    ],
    [
      'goes back to nothing where the image says nothing',
      wrote(),
      image({ properties: { department: null } }),
      { action: 'update', then: known(null) },
    ],
    ['and restored is soft-deleted', wrote(restored), inBin, { action: 'softDelete' }],
    [
      'as a membership is taken away',
      wrote({ ...joined, now: known(false) }),
      image(),
      { action: 'removeMember', then: known(false) },
    ],
    [
      'of a relation that could not be read in the bin goes back to what the plan found',
      wrote({ property: ROLE, action: 'removeAssignment', then: known(false), now: known(true) }),
      inBin,
      { action: 'addAssignment', then: known(true) },
    ],
  ])('%s', (_what, written, before, expected) => {
    const undo = undoOf(planned, before, [written]);

    expect(undo).toMatchObject({
      deltas: [expected],
      residual: [],
      route: { executor: 'surgical' },
    });
  });

  it.each<[string, Undoable, CurrentObject | undefined, RegExp | null, RegExp]>([
    ['was changed since', wrote({}, { now: 'changedSince' }), image(), null, /left as it is now/],
    ['was undone already', wrote({}, { now: 'asBefore' }), image(), null, /Already is/],
    ['cannot be read', wrote({}, { now: 'unread' }), image(), /could not be read/, /not be read/],
    ['has no image', wrote(), undefined, /not known: no image/, /no image of it was kept/],
    [
      'is not in its image',
      wrote(),
      image({ properties: { jobTitle: 'x' } }),
      /does not hold it/,
      /not known/,
    ],
    [
      'was written by a job that did not tell the value',
      wrote({ then: { known: false, why: 'cut off' } }, { now: 'changedSince' }),
      image(),
      /not known to us/,
      /recovery job/,
    ],
    ['is not ours to write', wrote({}, { obstacle: 'Needs a role.' }), image(), /a role/, /a role/],
  ])('and that %s is never written back', (_what, written, before, todo, reason) => {
    const undo = undoOf(planned, before, [written]);

    expect(undo?.deltas).toMatchObject([{ action: null, reason: expect.stringMatching(reason) }]);
    expect(undo?.route).toBeUndefined();
    const left = todo === null ? [] : [{ objectId: guid(1), todo: expect.stringMatching(todo) }];
    expect(undo?.residual).toMatchObject(left);
  });

  it('and restored under another name is put away, and the name is left to a person', () => {
    const restoreAs = { autoReconcileProxyConflict: true, newUserPrincipalName: 'ada-2@x.example' };
    const undo = undoOf(planned, inBin, [wrote({ ...restored, restoreAs })]);

    expect(undo).toMatchObject({
      deltas: [{ action: 'softDelete' }],
      residual: [{ property: '*', todo: expect.stringContaining('ada-2@x.example') }],
    });
  });
});

describe('an object that several plans wrote', () => {
  const lineOf = (before: CurrentObject, ...written: Undoable[]) =>
    undoOf(planned, before, written) as PlannedObject;
  const overtaken: Partial<Undoable> = { now: 'changedSince' };

  it('goes back, in one line, to before the first, from what the last left', () => {
    const first = lineOf(image(), wrote({ then: known('First') }, overtaken), wrote(joined));
    const last = lineOf(
      image({ properties: { department: 'again' } }),
      wrote({ then: known('Last') }),
    );

    expect(joinedUndo([last, first])).toMatchObject({
      deltas: [
        { property: 'department', action: 'update', then: known('wiped'), now: known('Last') },
        { property: `memberOf/${GROUP}`, action: 'removeMember' },
      ],
      residual: [],
      route: { executor: 'surgical' },
    });
  });

  it.each<[string, PlannedObject, PlannedObject, number]>([
    [
      'that somebody changed after the last',
      lineOf(image(), wrote({}, overtaken)),
      lineOf(image(), wrote({}, overtaken)),
      0,
    ],
    [
      'of which the first has no image',
      undoOf(planned, undefined, [wrote({}, overtaken)]) as PlannedObject,
      lineOf(image(), wrote()),
      1,
    ],
    [
      'that the last left as it was before the first',
      lineOf(image(), wrote({}, overtaken)),
      lineOf(image({ properties: { department: 'x' } }), wrote({ then: known('wiped') })),
      0,
    ],
  ])('%s is not written', (_what, first, last, todos) => {
    const undo = joinedUndo([last, first]);

    expect(undo.deltas).toMatchObject([{ action: null }]);
    expect(undo.route).toBeUndefined();
    expect(undo.residual).toHaveLength(todos);
  });

  it('comes back to its first state, unless somebody changed it after the last plan', () => {
    const value = fc.constantFrom<Json>('a', 'b', 'c', null);
    const plan = fc.record({ found: value, left: value });

    fc.assert(
      fc.property(
        fc.array(plan, { minLength: 1, maxLength: 4 }),
        fc.option(value),
        (plans, after) => {
          const end = after ?? (plans.at(-1)?.left as Json);
          const lines = plans
            .map(({ found, left }) => {
              const now: WrittenNow =
                end === left ? 'asWritten' : end === found ? 'asBefore' : 'changedSince';
              const before = image({ properties: { department: found } });
              return lineOf(before, wrote({ then: known(left), now: known(found) }, { now }));
            })
            .reverse() as [PlannedObject, ...PlannedObject[]];

          const [delta] = joinedUndo(lines).deltas;

          const result =
            delta?.action && delta.now.known && delta.now.value === end ? delta.then : known(end);
          const ours = end === plans.at(-1)?.left;
          expect(result).toEqual(known(ours ? (plans[0]?.found as Json) : end));
        },
      ),
    );
  });
});
