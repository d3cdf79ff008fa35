import fc from 'fast-check';
import type { DeltaClass, PlanAction, PlannedObject } from '../../shared/domain/plan/plan.js';
import {
  addToCounts,
  emptyCounts,
  planEtas,
  mergeCounts,
  toPlanView,
} from '../../shared/domain/plan/plan-building.js';
import { planWarnings } from '../../shared/domain/plan/plan-warnings.js';
import { guid, policy } from './support/incidents.js';

const object = (
  n: number,
  deltas: readonly (readonly [DeltaClass, PlanAction | null])[],
  objectType: PlannedObject['objectType'] = 'user',
): PlannedObject => ({
  objectId: guid(n),
  objectType,
  displayName: `Object ${n}`,
  privileged: false,
  residual: [],
  deltas: deltas.map(([deltaClass, action], index) => ({
    property: `p${index}`,
    class: deltaClass,
    action,
    then: { known: true, value: 'a' },
    now: { known: true, value: 'b' },
    reason: 'written by the actor',
    evidence: [],
  })),
});

const some = fc.array(
  fc.array(
    fc.tuple(
      fc.constantFrom<DeltaClass>('actorOnly', 'mixed', 'unexplained', 'lost'),
      fc.constantFrom<PlanAction | null>('update', 'restore', 'addMember', null),
    ),
    { maxLength: 4 },
  ),
);

describe('the counts of a plan', () => {
  it('count each delta once by class, each action once, and each object with an action once', () => {
    const counts = [
      object(1, [
        ['actorOnly', 'update'],
        ['actorOnly', 'update'],
        ['mixed', null],
      ]),
      object(2, [['unexplained', null]]),
      object(3, []),
    ].reduce(addToCounts, emptyCounts());

    expect(counts.objects).toBe(1);
    expect(counts.byClass).toMatchObject({ actorOnly: 2, mixed: 1, unexplained: 1, lost: 0 });
    expect(counts.byAction).toMatchObject({ update: 2, restore: 0 });
  });

  it('are the same however the objects were cut into chunks', () => {
    fc.assert(
      fc.property(some, fc.nat(), (all, at) => {
        const objects = all.map((deltas, n) => object(n, deltas));
        const cut = objects.length === 0 ? 0 : at % objects.length;
        const count = (part: PlannedObject[]) => part.reduce(addToCounts, emptyCounts());

        expect(mergeCounts(count(objects.slice(0, cut)), count(objects.slice(cut)))).toEqual(
          count(objects),
        );
      }),
    );
  });
});

describe('the warnings of a plan', () => {
  const point = {
    id: 'p1',
    createdDateTime: '2026-11-20T02:00:00Z',
    gapSeconds: 1,
    expiresAt: null,
    reason: '',
    alternatives: [],
  };
  const facts = {
    counts: emptyCounts(),
    recoveryPoint: point,
    residuals: 0,
    privileged: 0,
    unknownValues: 0,
    overwritten: 0,
  };
  const withClass = (deltaClass: DeltaClass) => ({
    ...facts,
    counts: addToCounts(emptyCounts(), object(1, [[deltaClass, null]])),
  });

  it('are none when there is nothing to warn of', () => {
    expect(planWarnings(facts)).toEqual([]);
  });

  it.each<[string, Parameters<typeof planWarnings>[0], RegExp]>([
    [
      'no recovery point',
      { ...facts, recoveryPoint: { ...point, id: null } },
      /^NO_RECOVERY_POINT/,
    ],
    ['an unexplained difference', withClass('unexplained'), /1 .*no audit row/],
    ['a created object left alone', withClass('created'), /^1 object created by the actor/],
    ['a lost object', withClass('lost'), /^1 object hard-deleted/],
    ['a synced object', withClass('synced'), /on-premises/],
    ['privileged objects', { ...facts, privileged: 3 }, /3 privileged/],
    ['unknown values', { ...facts, unknownValues: 2 }, /^2 earlier values unknown/],
    ['overwritten properties', { ...facts, overwritten: 4 }, /4 .*by others after the actor/],
  ])('name %s', (_case, given, warning) => {
    expect(planWarnings(given)).toEqual([expect.stringMatching(warning)]);
  });
});

describe('the view of a plan', () => {
  const counts = [1, 2, 3].reduce(
    (sum, n) => addToCounts(sum, object(n, [['actorOnly', 'update']])),
    emptyCounts(),
  );

  it('carries the digest and what the body says, with an estimate from the quota', () => {
    const view = toPlanView(
      {
        tenantId: guid(1),
        incidentId: 'inc-1',
        version: 2,
        recoveryPointId: 'p1',
        executor: 'surgical',
        policyDigest: 'sha256:p',
        scopeDigest: 'sha256:s',
        exclusions: [],
        expiresAt: '2026-11-20T16:00:00Z',
        chunks: [],
        counts,
        warnings: ['w'],
      },
      'sha256:d',
      policy(),
    );

    expect(view).toMatchObject({
      version: 2,
      digest: 'sha256:d',
      executor: 'surgical',
      objects: 3,
      warnings: ['w'],
      expiresAt: '2026-11-20T16:00:00Z',
      etaSeconds: planEtas({ counts, chunks: [] }, policy()).surgical,
      etaByExecutor: { native: 0, handOff: 0 },
    });
  });

  it('estimates 4,800 writes at 16 a second as five minutes and the canaries', () => {
    const many = { ...counts, byAction: { ...counts.byAction, update: 4800 } };

    expect(planEtas({ counts: many, chunks: [] }, policy()).surgical).toBe(300 + 2 * 5);
  });
});
