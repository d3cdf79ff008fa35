import { compareEntitlements } from '../../functions/activities/verify/compare-entitlements.js';
import { executeRecovery } from '../../functions/activities/execute/execute-recovery.js';
import { sampleSignIns } from '../../functions/activities/verify/sample-sign-ins.js';
import { settleDynamicGroups } from '../../functions/activities/verify/settle-dynamic-groups.js';
import { verifyRecovery } from '../../functions/activities/verify/verify-recovery.js';
import { watchOwnWrites } from '../../functions/activities/verify/watch-own-writes.js';
import type { PlannedObject } from '../../shared/domain/plan/plan.js';
import {
  actor,
  createCase,
  damagedUser,
  delta,
  existence,
  incidentId,
  membership,
  otherIncidentId,
  plannedUser,
  plannedUsers,
  policyWith,
  staff,
  userId,
  type Case,
} from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';
import { ourId, refusal } from '../support/fake-directory.js';

const since = '2026-11-20T21:00:00.000Z';

/** An incident whose plan was executed as one canary wave. */
async function executed(
  objects: readonly PlannedObject[] = plannedUsers(30),
  prepare: (world: Case) => void = () => undefined,
) {
  const world = createCase();
  world.inForce.policy = policyWith({ execution: { reapproveAboveDriftPercent: 100 } });
  await world.open();
  world.directory.put(...objects.map((_, number) => damagedUser(number)));
  const planDigest = await world.plan(objects);
  await world.approve(planDigest);
  prepare(world);
  await executeRecovery(world.services, {
    ...{ incidentId, planDigest, wave: 1, from: 0, to: objects.length, canary: true },
  });
  world.clock.advance(60_000);
  return { world, planDigest, job: { incidentId, planDigest } };
}

const readBack = (world: Case, planDigest: string, to = 30) =>
  verifyRecovery(world.services, { incidentId, planDigest, from: 0, to, pass: 1 });

describe('reading back', () => {
  it('verifies what we wrote and what already was as planned', async () => {
    const { world, planDigest } = await executed(plannedUsers(30), (prepared) =>
      prepared.directory.set(userId(0), { accountEnabled: true }),
    );

    expect(await readBack(world, planDigest)).toEqual({ verified: 30, mismatched: 0, pending: 0 });
  });

  it('calls the old value pending and a third value a mismatch', async () => {
    const department = delta({
      property: 'department',
      then: { known: true, value: 'Sales' },
      now: { known: true, value: 'wiped' },
    });
    const objects = [0, 1, 2].map((number) => plannedUser(number, { deltas: [department] }));
    const { world, planDigest } = await executed(objects, (prepared) =>
      [0, 1, 2].forEach((number) =>
        prepared.directory.set(userId(number), { department: 'wiped' }),
      ),
    );
    world.directory.set(userId(1), { department: 'wiped' });
    world.directory.set(userId(2), { department: 'third' });

    expect(await readBack(world, planDigest, 3)).toEqual({
      ...{ verified: 1, mismatched: 1, pending: 1 },
    });
  });

  it('believes no object that is gone, also where the plan returns to an empty value', async () => {
    const toNothing = delta({
      property: 'department',
      then: { known: true, value: null },
      now: { known: true, value: 'spam' },
    });
    const { world, planDigest } = await executed(
      [plannedUser(0, { deltas: [toNothing] })],
      (prepared) => prepared.directory.set(userId(0), { department: 'spam' }),
    );
    world.directory.put(damagedUser(0, { presence: 'absent', properties: {} }));

    expect(await readBack(world, planDigest, 1)).toEqual({
      verified: 0,
      mismatched: 1,
      pending: 0,
    });
  });

  it('does not verify an object of which a part was left out for want of its line', async () => {
    const created = plannedUser(0, {
      deltas: [existence('softDelete', { class: 'created' }), membership('removeMember')],
    });
    const { world, planDigest } = await executed([created], (prepared) =>
      prepared.directory.put(damagedUser(0, { memberOf: [staff] })),
    );

    expect(world.directory.effects.map(({ kind }) => kind)).toEqual(['removeMember']);
    expect(await readBack(world, planDigest, 1)).toEqual({
      verified: 0,
      mismatched: 0,
      pending: 0,
    });
  });

  it('judges neither what the tenant refused nor what changed since the preview', async () => {
    const { world, planDigest } = await executed(plannedUsers(3), (prepared) => {
      prepared.directory.put(damagedUser(0, { presence: 'absent' }));
      prepared.directory.script.answer = ({ objectId }) =>
        objectId === userId(1) ? refusal(403, 'no') : null;
    });
    world.directory.set(userId(1), { accountEnabled: true });

    expect(await readBack(world, planDigest, 3)).toEqual({
      verified: 1,
      mismatched: 0,
      pending: 0,
    });
  });
});

describe('the sign-in sample', () => {
  const signIn = (number: number, at = '2026-11-20T21:30:00Z', succeeded = true) => ({
    ...{ userId: userId(number), at, succeeded },
  });

  it('counts users of the sample that signed in since, once each', async () => {
    const { world, job } = await executed(plannedUsers(3));
    world.auditLog.signIns.push(
      ...[signIn(0), signIn(0), signIn(1, '2026-11-20T20:00:00Z')],
      signIn(2, since, false),
    );

    const seen = await sampleSignIns(world.services, { ...job, since });

    expect(seen).toEqual({ seen: 1, sampled: 3 });
  });

  it('is the same at every look and as large as the policy says', async () => {
    const { world, job } = await executed(plannedUsers(100));
    const asked: (readonly string[])[] = [];
    world.auditLog.readSignIns = async (ids) => {
      asked.push(ids);
      return [];
    };

    await sampleSignIns(world.services, { ...job, since });
    await sampleSignIns(world.services, { ...job, since });

    expect(asked[0]).toHaveLength(10);
    expect(asked[1]).toEqual(asked[0]);
  });

  it('asks for nobody when the plan enabled nobody', async () => {
    const { world, job } = await executed([plannedUser(0, { deltas: [membership('addMember')] })]);

    expect(await sampleSignIns(world.services, { ...job, since })).toEqual({ seen: 0, sampled: 0 });
  });
});

describe('our own writes in the trail', () => {
  const ours = (objectId: string, over = {}) =>
    auditRow({ byId: ourId, objectId, at: '2026-11-20T21:00:10Z', ...over });
  const watch = (world: Case, planDigest: string) =>
    watchOwnWrites(world.services, { incidentId, planDigest, since });

  it('are seen object by object as their rows arrive', async () => {
    const { world, planDigest } = await executed(plannedUsers(3));
    const before = await watch(world, planDigest);
    world.auditLog.rows.push(ours(userId(0)), ours(userId(0)), ours(userId(1)));

    const after = await watch(world, planDigest);

    expect(before).toEqual({ expected: 3, seen: 0, outsidePlan: 0, byActor: 0 });
    expect(after).toMatchObject({ expected: 3, seen: 2, outsidePlan: 0 });
  });

  it('outside every plan raise an alert once, with what to check', async () => {
    const { world, planDigest } = await executed(plannedUsers(3));
    world.auditLog.rows.push(ours('stranger'));

    const first = await watch(world, planDigest);
    await watch(world, planDigest);

    expect(first.outsidePlan).toBe(1);
    expect(world.told('urgent')).toEqual([expect.stringContaining('stranger') as string]);
    expect((await world.incident()).warnings.join()).toContain('OUTSIDE EVERY PLAN');
    expect(world.summaries('own.writes.outside')).toHaveLength(1);
  });

  it('on the contained actor, on an object written in part and on a removed credential raise none', async () => {
    const objects = [plannedUser(0, { deltas: [delta(), membership('addMember')] })];
    const { world, planDigest } = await executed(objects, (prepared) => {
      prepared.directory.script.answer = ({ kind }) =>
        kind === 'addMember' ? refusal(403, '') : null;
    });
    world.auditLog.rows.push(ours(actor.id), ours(userId(0)), ours('app', { kind: 'other' }));

    expect((await watch(world, planDigest)).outsidePlan).toBe(0);
    expect(world.told('urgent')).toEqual([]);
  });

  it('for another incident at the same time raise none', async () => {
    const { world, planDigest } = await executed(plannedUsers(3));
    await world.open({ id: otherIncidentId });
    const { sha256 } = await world.store.putArtefact(
      otherIncidentId,
      'plan-chunk',
      `${JSON.stringify(plannedUser(900))}\n`,
    );
    await world.put('plan', { body: { chunks: [{ sha256 }] } }, otherIncidentId);
    await world.put('containments', { 'other-actor': {} }, otherIncidentId);
    world.auditLog.rows.push(ours(userId(900)), ours('other-actor'));

    expect((await watch(world, planDigest)).outsidePlan).toBe(0);
  });

  it('are told apart from what the actor wrote since', async () => {
    const { world, planDigest } = await executed(plannedUsers(3));
    world.auditLog.rows.push(
      auditRow({ byId: actor.id, at: '2026-11-20T21:00:20Z' }),
      auditRow({ byId: actor.id, at: '2026-11-20T20:59:00Z' }),
      auditRow({ byId: actor.id, at: '2026-11-20T21:00:20Z', succeeded: false }),
    );

    expect((await watch(world, planDigest)).byActor).toBe(1);
  });
});

describe('memberships and licences of the canaries', () => {
  const had = { groupIds: [staff, 'project'], skuIds: ['E5'] };

  it('are the same after the repair as before it', async () => {
    const { world, job } = await executed(plannedUsers(2), (prepared) =>
      prepared.directory.entitlements.set(userId(0), had),
    );

    const compared = await compareEntitlements(world.services, job);

    expect(compared).toMatchObject({ sampled: 2, differing: 0 });
  });

  it.each([
    ['membership', { ...had, groupIds: [staff] }],
    ['licence', { ...had, skuIds: [] }],
  ])('name the user that lost a %s', async (_what, now) => {
    const { world, job } = await executed(plannedUsers(2), (prepared) =>
      prepared.directory.entitlements.set(userId(0), had),
    );
    world.directory.entitlements.set(userId(0), now);

    const compared = await compareEntitlements(world.services, job);

    expect(compared).toMatchObject({ sampled: 2, differing: 1 });
    expect(compared.summary).toContain(userId(0));
  });

  it('leave out dynamic groups and those the plan itself changes', async () => {
    const objects = [plannedUser(0, { deltas: [membership('removeMember')] })];
    const { world, job } = await executed(objects, (prepared) => {
      prepared.directory.put(damagedUser(0, { memberOf: [staff] }));
      prepared.directory.entitlements.set(userId(0), {
        groupIds: [staff, 'dynamic'],
        skuIds: [],
      });
      prepared.directory.groups.set('dynamic', group('dynamic'));
    });
    world.directory.entitlements.set(userId(0), { groupIds: [], skuIds: [] });

    expect(await compareEntitlements(world.services, job)).toMatchObject({ differing: 0 });
  });

  it('are noted before the first write and not again by a second run', async () => {
    const { world, job, planDigest } = await executed(plannedUsers(2), (prepared) =>
      prepared.directory.entitlements.set(userId(0), had),
    );
    world.directory.entitlements.set(userId(0), { groupIds: [], skuIds: [] });
    await executeRecovery(world.services, {
      ...{ incidentId, planDigest, wave: 1, from: 0, to: 2, canary: true },
    });

    expect(await compareEntitlements(world.services, job)).toMatchObject({
      ...{ sampled: 2, differing: 1 },
    });
  });
});

describe('dynamic groups', () => {
  it('have settled when two looks in a row count the same members', async () => {
    const { world, job } = await executed();
    world.directory.groups.set('dynamic', group('dynamic'));
    world.directory.memberCounts.set('dynamic', 10);
    const looks = [await settleDynamicGroups(world.services, job)];
    world.directory.memberCounts.set('dynamic', 48);
    looks.push(await settleDynamicGroups(world.services, job));

    looks.push(await settleDynamicGroups(world.services, job));

    expect(looks.map(({ groups, pending }) => [groups, pending])).toEqual([
      ...[
        [1, 1],
        [1, 1],
        [1, 0],
      ],
    ]);
  });

  it('matter only when a property was written that a rule names', async () => {
    const { world, job } = await executed(
      [plannedUser(0, { deltas: [existence('restore')] })],
      (prepared) =>
        prepared.directory.put(damagedUser(0, { presence: 'softDeleted', daysLeft: 3 })),
    );
    world.directory.groups.set('dynamic', group('dynamic'));

    expect(await settleDynamicGroups(world.services, job)).toMatchObject({ groups: 0, pending: 0 });
  });
});

const group = (id: string) => ({
  ...{ id, name: id, dynamic: true, rule: '(user.accountEnabled -eq true)' },
  ...{ roleAssignable: false, synced: false, deleted: false },
});
