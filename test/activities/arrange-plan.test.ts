import { arrangePlan } from '../../functions/activities/plan/arrange-plan.js';
import { canonicalText } from '../../shared/digest.js';
import type { PlannedObject } from '../../shared/domain/plan/plan.js';
import {
  createCase,
  delta,
  existence,
  incidentId,
  membership,
  olga,
  plannedUser,
  policyWith,
  type Case,
} from '../support/activity-case.js';

const id = (number: number): string =>
  `77777777-0000-4000-8000-${String(number).padStart(12, '0')}`;

const planned = (
  objectType: PlannedObject['objectType'],
  number: number,
  over: Partial<PlannedObject> = {},
): PlannedObject => plannedUser(0, { objectId: id(number), objectType, ...over });

async function arranged(world: Case, chunks: readonly (readonly PlannedObject[])[]) {
  const stored = [];
  for (const lines of chunks) {
    const text = lines.map((line) => `${canonicalText(line)}\n`).join('');
    const { sha256 } = await world.store.putArtefact(incidentId, 'preview', text);
    stored.push({ sha256, objects: lines.length, planned: lines.length });
  }
  return arrangePlan(world.services, { incidentId, version: 1, chunks: stored });
}

async function linesOf(world: Case, sha256: string): Promise<PlannedObject[]> {
  const text = Buffer.from(await world.store.readArtefact(incidentId, sha256)).toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as PlannedObject);
}

async function aCase(): Promise<Case> {
  const world = createCase();
  world.inForce.policy = policyWith({ execution: { canary: [1, 2] } });
  await world.open();
  return world;
}

const staffGroup = '66666666-0000-4000-8000-000000000001';

describe('a plan', () => {
  it('is carried out canary, pinned people, policies, applications, users, groups, memberships', async () => {
    const world = await aCase();
    const users = Array.from({ length: 5 }, (_, n) => plannedUser(n));
    const mixedUp = [
      [
        planned('user', 90, { deltas: [membership('addMember', staffGroup)] }),
        planned('group', 80, { objectId: staffGroup, deltas: [existence('restore')] }),
        ...users.slice(0, 2),
        planned('servicePrincipal', 41, { deltas: [existence('restore')] }),
      ],
      [
        planned('application', 40, { deltas: [existence('restore')] }),
        planned('conditionalAccessPolicy', 11),
        plannedUser(99, { deltas: [delta({ action: null, class: 'otherOnly' })] }),
        planned('namedLocation', 10),
        ...users.slice(2),
        planned('user', 1, { objectId: olga.id }),
      ],
    ];

    const { chunks } = await arranged(world, mixedUp);

    const order = [];
    for (const { sha256, stage, executor, planned: count } of chunks) {
      for (const line of await linesOf(world, sha256)) {
        order.push(`${executor ?? 'nobody'} ${stage ?? 'listed'} ${line.objectId.slice(-2)}`);
        expect(line.route?.executor).toBe(count > 0 ? 'surgical' : undefined);
      }
    }
    expect(order).toEqual([
      ...['surgical canary 00', 'surgical canary 01', 'surgical canary 02'],
      'surgical pinned 01',
      ...['surgical controlPlane 10', 'surgical controlPlane 11'],
      ...['surgical applications 40', 'surgical servicePrincipals 41'],
      ...['surgical users 03', 'surgical users 04'],
      ...['surgical groups 01', 'surgical memberships 90'],
      'nobody listed 99',
    ]);
  });

  it('keeps executors apart, each with a canary except what people run', async () => {
    const world = await aCase();
    const by = (executor: 'native' | 'handOff', number: number) =>
      planned('group', number, { route: { executor, why: 'only the service can' } });

    const { chunks } = await arranged(world, [
      [by('handOff', 1), by('native', 2), plannedUser(3), by('native', 4), by('native', 5)],
      [by('native', 6)],
    ]);

    expect(chunks.map((c) => `${c.executor ?? ''} ${c.stage ?? ''} ${c.objects}`)).toEqual([
      'surgical canary 1',
      'native canary 3',
      'native properties 1',
      'handOff properties 1',
    ]);
  });

  it('asks for as few jobs as it may: properties of any kind are one wave, what comes back is not', async () => {
    const world = await aCase();
    const route = { executor: 'native', why: 'only the service can' } as const;
    const by = (...[type, number, over]: Parameters<typeof planned>) =>
      planned(type, number, { ...over, route });
    const kinds = ['user', 'group', 'application', 'servicePrincipal', 'device'] as const;
    const canary = Array.from({ length: 3 }, (_, n) => by('user', 50 + n));

    const { chunks } = await arranged(world, [
      [...canary, ...kinds.map((kind, n) => by(kind, n)), by('conditionalAccessPolicy', 10)],
      [
        by('servicePrincipal', 21, { deltas: [existence('restore')] }),
        by('application', 20, { deltas: [existence('restore')] }),
        by('user', 22, { deltas: [membership('addMember', id(23))] }),
        by('group', 23, { deltas: [existence('restore')] }),
      ],
    ]);

    expect(chunks.map((c) => `${c.executor ?? ''} ${c.stage ?? ''} ${c.objects}`)).toEqual([
      ...['native canary 3', 'native controlPlane 1', 'native properties 5'],
      ...['native applications 1', 'native servicePrincipals 1', 'native groups 1'],
      'native memberships 1',
    ]);
  });

  it('of any size is stored in runs of at most 500, the same at each repetition', async () => {
    const world = await aCase();
    const chunksOf = (first: number) =>
      Array.from({ length: 500 }, (_, n) => plannedUser(first + n));
    const preview = [chunksOf(0), chunksOf(500)];

    const first = await arranged(world, preview);
    const again = await arranged(world, preview);

    expect(first.chunks.map(({ planned: count }) => count)).toEqual([3, 500, 497]);
    expect(again).toEqual(first);
  });
});
