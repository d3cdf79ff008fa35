import { closePlan } from '../../functions/activities/plan/close-plan.js';
import { canonicalText } from '../../shared/digest.js';
import type { PlannedObject } from '../../shared/domain/plan/plan.js';
import { addToCounts, emptyCounts } from '../../shared/domain/plan/plan-building.js';
import { RewindError } from '../../shared/errors.js';
import {
  createCase,
  damagedUser,
  delta,
  incidentId,
  olga,
  plannedUser,
  policyWith,
  scopeDigest,
  userId,
  type Case,
} from '../support/activity-case.js';

const policyId = 'ca000000-0000-4000-8000-0000000000ca';

/** The plan turns a policy on again that blocks everybody but the first break-glass account. */
const turnedOn: PlannedObject = plannedUser(0, {
  objectId: policyId,
  objectType: 'conditionalAccessPolicy',
  displayName: 'Block',
  deltas: [
    delta({
      property: 'state',
      then: { known: true, value: 'enabled' },
      now: { known: true, value: 'disabled' },
    }),
  ],
});

async function aCase(): Promise<Case> {
  const world = createCase();
  world.inForce.policy = policyWith({ protected: { breakGlassIds: [userId(1), userId(2)] } });
  world.directory.put(
    ...[1, 2].map((n) => damagedUser(n, { properties: { accountEnabled: true } })),
  );
  world.directory.script.conditionalAccess = () => ({
    policies: [
      {
        ...{ id: policyId, displayName: 'Block', state: 'disabled' },
        conditions: {
          clientAppTypes: ['all'],
          users: { includeUsers: ['All'], excludeUsers: [userId(1)] },
          applications: { includeApplications: ['All'] },
        },
        grantControls: { operator: 'OR', builtInControls: ['block'] },
      },
    ],
    ...{ deleted: [], ownAppId: 'our-api' },
  });
  await world.open();
  return world;
}

async function close(world: Case, objects: readonly PlannedObject[], provisional = false) {
  const text = objects.map((line) => `${canonicalText(line)}\n`).join('');
  const { sha256 } = await world.store.putArtefact(incidentId, 'lines', text);
  return closePlan(world.services, {
    ...{ incidentId, version: 1, provisional, scopeDigest },
    recoveryPoint: {
      ...{ id: null, createdDateTime: null, gapSeconds: null, expiresAt: null },
      ...{ reason: 'none', alternatives: [] },
    },
    chunks: [{ sha256, objects: objects.length, planned: objects.length }],
    counts: objects.reduce(addToCounts, emptyCounts()),
  });
}

describe('the lock-out forecast of a plan', () => {
  it('is in the plan, its warnings, its lines and the record', async () => {
    const world = await aCase();

    const { view } = await close(world, [turnedOn]);

    expect(view).toMatchObject({
      requiredLines: ['lockout'],
      lines: [{ line: 'policies', objects: 1 }],
      forecast: { breakGlassAfter: 1, refused: true },
    });
    expect(view.warnings.join('\n')).toMatch(/LOCK-OUT[^]*Olga[^]*blocked by the policy "Block"/);
    expect(world.summaries('plan.forecast')[0]).toMatch(/1 break-glass accounts could/);
  });

  it('is not made for a plan that changes nobody’s sign-in, nor for a provisional one', async () => {
    const world = await aCase();
    world.directory.script.conditionalAccess = () => {
      throw new Error('nobody may ask');
    };

    const ordinary = await close(world, [plannedUser(5)]);
    const early = await close(world, [turnedOn], true);

    expect(ordinary.view.forecast).toBeUndefined();
    expect(early.view.requiredLines).toBeUndefined();
  });

  it('of a pinned person among the damaged says that they come back', async () => {
    const world = await aCase();
    world.directory.put(damagedUser(0, { objectId: olga.id }));

    const { view } = await close(world, [plannedUser(0, { objectId: olga.id })]);

    const person = view.forecast?.people.find(({ id }) => id === olga.id);
    expect(person).toMatchObject({ now: 'cannot', after: 'can', damaged: true });
    expect(view.requiredLines).toBeUndefined();
  });

  it('that our identity may not make refuses policies; a directory without an answer is asked again', async () => {
    const world = await aCase();
    const fail = (code: 'GRAPH_REJECTED' | 'GRAPH_UNAVAILABLE') => () => {
      throw new RewindError(code, 'Policy.Read.All is missing');
    };
    world.directory.script.conditionalAccess = fail('GRAPH_UNAVAILABLE');
    await expect(close(world, [turnedOn])).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' });

    world.directory.script.conditionalAccess = fail('GRAPH_REJECTED');
    const { view } = await close(world, [turnedOn]);

    expect(view.requiredLines).toEqual(['lockout']);
    expect(view.warnings.join()).toContain('Policy.Read.All is missing');
  });
});
