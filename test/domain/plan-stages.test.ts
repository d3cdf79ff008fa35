import type { ObjectType } from '../../shared/domain/attribution/audit.js';
import type {
  PlanAction,
  PlanChunk,
  PlannedObject,
  PlanStage,
} from '../../shared/domain/plan/plan.js';
import {
  candidateKey,
  canaryTierOf,
  chooseCanary,
  rankOf,
  stageOf,
  stagesOf,
  type CanaryTier,
  type StageGround,
} from '../../shared/domain/plan/plan-stages.js';
import { guid } from './support/incidents.js';

const PINNED = guid(0x9999);
const BACK = guid(0xbac);
const NEEDED = guid(0xeed);

const ground: StageGround = {
  pinnedIds: new Set([PINNED]),
  restoredIds: new Set([BACK, NEEDED]),
  neededByPinned: new Set([NEEDED]),
};

const object = (
  objectType: ObjectType,
  deltas: readonly (readonly [string, PlanAction | null])[],
  over: Partial<PlannedObject> = {},
): PlannedObject => ({
  objectId: guid(1),
  objectType,
  displayName: 'Object',
  privileged: false,
  residual: [],
  deltas: deltas.map(([property, action]) => ({
    property,
    class: 'actorOnly',
    action,
    then: { known: true, value: true },
    now: { known: true, value: false },
    reason: 'written by the actor',
    evidence: [],
  })),
  ...over,
});

const update = ['displayName', 'update'] as const;
const member = [`memberOf/${guid(7)}`, 'addMember'] as const;
const memberOfRestored = [`memberOf/${BACK}`, 'addMember'] as const;
const restore = ['*', 'restore'] as const;

describe('the stage of an object', () => {
  it.each<[string, PlannedObject, PlanStage]>([
    ['a policy', object('conditionalAccessPolicy', [update]), 'controlPlane'],
    ['a named location', object('namedLocation', [restore]), 'controlPlane'],
    ['an authorization policy', object('authorizationPolicy', [update]), 'controlPlane'],
    ['an application', object('application', [restore]), 'applications'],
    ['a service principal', object('servicePrincipal', [restore]), 'servicePrincipals'],
    ['a user', object('user', [update]), 'users'],
    ['a user with properties and memberships', object('user', [update, member]), 'users'],
    ['a group', object('group', [restore]), 'groups'],
    ['memberships alone', object('user', [member]), 'memberships'],
    [
      'app role assignments alone',
      object('servicePrincipal', [[`appRoleAssignments/${guid(8)}/${guid(9)}`, 'addAssignment']]),
      'memberships',
    ],
    [
      'grants alone',
      object('servicePrincipal', [[`oauth2PermissionGrants/${guid(8)}/all`, 'update']]),
      'memberships',
    ],
    [
      'a user who was deleted together with a group of theirs',
      object('user', [restore, memberOfRestored]),
      'memberships',
    ],
    [
      'a user whose membership is only listed',
      object('user', [update, [`memberOf/${BACK}`, null]]),
      'users',
    ],
    [
      'a pinned person, whatever is planned',
      object('user', [update, memberOfRestored], { objectId: PINNED.toUpperCase() }),
      'pinned',
    ],
    [
      'a group of which a native job puts back properties',
      object('group', [update], { route: { executor: 'native', why: '' } }),
      'properties',
    ],
    [
      'a policy that a native job puts back',
      object('conditionalAccessPolicy', [update], { route: { executor: 'native', why: '' } }),
      'controlPlane',
    ],
    [
      'a user whom a hand-off brings back',
      object('user', [restore, update], { route: { executor: 'handOff', why: '' } }),
      'users',
    ],
    [
      'a user whom a native job gives a membership as well',
      object('user', [update, member], { route: { executor: 'native', why: '' } }),
      'users',
    ],
    [
      'a group that a pinned person hangs on',
      object('group', [restore], { objectId: NEEDED }),
      'pinned',
    ],
  ])('of %s', (_what, planned, stage) => {
    expect(stageOf(planned, ground)).toBe(stage);
  });

  it.each<[ObjectType, PlanStage, 0 | 1]>([
    ['namedLocation', 'controlPlane', 0],
    ['conditionalAccessPolicy', 'controlPlane', 1],
    ['group', 'pinned', 0],
    ['user', 'pinned', 1],
    ['group', 'memberships', 0],
    ['user', 'memberships', 1],
  ])('puts a %s of %s at rank %i', (objectType, stage, rank) => {
    expect(rankOf(object(objectType, [update]), stage)).toBe(rank);
  });
});

describe('the canary', () => {
  it.each<[string, PlannedObject, CanaryTier | null]>([
    ['an ordinary user', object('user', [update]), 'ordinary'],
    ['a privileged user', object('user', [update], { privileged: true }), 'privileged'],
    ['a policy', object('conditionalAccessPolicy', [update]), 'controlPlane'],
    ['a pinned person', object('user', [update], { objectId: PINNED }), 'pinned'],
    ['a member of a restored group', object('user', [memberOfRestored]), null],
    ['a restored service principal', object('servicePrincipal', [restore]), null],
    ['what a pinned person hangs on', object('group', [restore], { objectId: NEEDED }), null],
  ])('may be %s', (_what, planned, tier) => {
    expect(canaryTierOf(planned, ground)).toBe(tier);
  });

  it.each<[string, [CanaryTier, PlanStage, number][], string | null]>([
    [
      'the most numerous stage',
      [
        ['ordinary', 'users', 4800],
        ['ordinary', 'groups', 3],
        ['controlPlane', 'controlPlane', 9000],
      ],
      'ordinary/users',
    ],
    [
      'privileged objects when nothing ordinary is planned',
      [
        ['privileged', 'users', 2],
        ['controlPlane', 'controlPlane', 30],
      ],
      'privileged/users',
    ],
    [
      'policies when nothing else is planned',
      [['controlPlane', 'controlPlane', 30]],
      'controlPlane/controlPlane',
    ],
    ['pinned people when there is nobody else', [['pinned', 'pinned', 2]], 'pinned/pinned'],
    ['nothing, of nothing', [], null],
  ])('is %s', (_what, counts, expected) => {
    const candidates = new Map(
      counts.map(([tier, stage, count]) => [candidateKey(tier, stage), count]),
    );

    const choice = chooseCanary(candidates);

    expect(choice && candidateKey(choice.tier, choice.stage)).toBe(expected);
  });
});

describe('the runs of a plan', () => {
  const chunk = (planned: number, over: Partial<PlanChunk> = {}): PlanChunk => ({
    sha256: `sha256:${'a'.repeat(64)}`,
    objects: 500,
    planned,
    ...over,
  });

  it('join neighbouring chunks of one executor and stage, and leave out what is only listed', () => {
    const users = { executor: 'surgical', stage: 'users' } as const;

    expect(
      stagesOf([
        chunk(26, { executor: 'surgical', stage: 'canary' }),
        chunk(500, users),
        chunk(3, users),
        chunk(4, { executor: 'native', stage: 'users' }),
        chunk(0),
      ]),
    ).toEqual([
      { executor: 'surgical', stage: 'canary', objects: 26 },
      { executor: 'surgical', stage: 'users', objects: 503 },
      { executor: 'native', stage: 'users', objects: 4 },
    ]);
  });

  it('of a plan without stages are one surgical run', () => {
    expect(stagesOf([chunk(500), chunk(20), chunk(0)])).toEqual([
      { executor: 'surgical', stage: null, objects: 520 },
    ]);
  });
});
