import { executeRecovery } from '../../functions/activities/execute/execute-recovery.js';
import { verifyRecovery } from '../../functions/activities/verify/verify-recovery.js';
import type { PlannedObject } from '../../shared/domain/plan/plan.js';
import { noRevisions } from '../../shared/domain/plan/revisions.js';
import { RewindError } from '../../shared/errors.js';
import {
  actor,
  anna,
  createCase,
  damagedUser,
  delta,
  existence,
  incidentId,
  membership,
  olga,
  plannedUser,
  plannedUsers,
  policyWith,
  scopeDigest,
  staff,
  start,
  userId,
  type Case,
} from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';

const waveOf = (planDigest: string, to: number, from = 0, wave = 1) => ({
  incidentId,
  planDigest,
  wave,
  from,
  to,
  canary: false,
});

/** An approved plan whose objects lie damaged in the directory. */
async function approved(
  world: Case,
  objects: readonly PlannedObject[] = plannedUsers(100),
): Promise<string> {
  await world.open();
  world.directory.put(...objects.map((_, number) => damagedUser(number)));
  const digest = await world.plan(objects);
  await world.approve(digest);
  return digest;
}

const hold = (world: Case) =>
  world.put('marks', { cancel: null, hold: { by: olga, at: 'now', why: 'look first' } });

describe('nothing is written', () => {
  it.each<[string, (world: Case, digest: string) => Promise<unknown>, string, RegExp]>([
    [
      'after a cancel',
      (world) => world.put('marks', { cancel: { by: olga, at: '' }, hold: null }),
      'cancelled',
      /cancelled/,
    ],
    ['while it is held', (world) => hold(world), 'held', /Held/],
    [
      'once the approval has expired',
      async (world) => world.clock.advance(241 * 60_000),
      'expired',
      /good until/,
    ],
    [
      'on a held plan whose approval has expired',
      async (world) => (world.clock.advance(241 * 60_000), hold(world)),
      'expired',
      /good until/,
    ],
    [
      'when an approver was removed from the policy',
      async (world) => {
        world.inForce.policy = policyWith({ people: { approvers: [] } });
      },
      'unapproved',
      /approver/,
    ],
    [
      'when the scope has another digest than the plan',
      (world) =>
        world.store.updateIncident(incidentId, (open) => ({
          ...open,
          scope: { ...open.scope, digest: `sha256:${'2'.repeat(64)}` },
        })),
      'approvalVoid',
      /scope/,
    ],
    [
      'when the scope is not settled any more',
      (world) =>
        world.store.updateIncident(incidentId, (open) => ({
          ...open,
          scope: { ...open.scope, settled: false },
        })),
      'approvalVoid',
      /scope/,
    ],
    [
      'when an approver was found disabled since',
      (world) => world.store.updateLedger(incidentId, (ledger) => ({ ...ledger, gone: [anna.id] })),
      'unapproved',
      /approver is missing/,
    ],
    [
      'when other actors were named since',
      (world) => world.put('actors', { version: 1, add: [], remove: [userId(1)], by: [] }),
      'superseded',
      /actors were named/,
    ],
    [
      'when people revised the plan since',
      (world) => world.put('revisions', { ...noRevisions, version: 1 }),
      'revised',
      /revised/,
    ],
    [
      'when an object of it is protected since',
      async (world) => {
        world.inForce.policy = policyWith({ protected: { neverTouchIds: [userId(3)] } });
      },
      'superseded',
      /protects an object/,
    ],
    [
      'when a write of the actor has become known since',
      async (world) =>
        world.auditLog.rows.push(auditRow({ byId: actor.id, objectId: userId(777) })),
      'superseded',
      /have become known/,
    ],
    [
      'when somebody altered the ledger since',
      (world) =>
        world.store.updateLedger(incidentId, (ledger) => ({
          ...ledger,
          decisions: ledger.decisions.map((one) => ({ ...one, decision: 'reject' as const })),
        })),
      'unapproved',
      /do not suffice/,
    ],
  ])('%s', async (_when, change, stopped, why) => {
    const world = createCase();
    const planDigest = await approved(world);
    await change(world, planDigest);

    const result = await executeRecovery(world.services, waveOf(planDigest, 100));

    expect(result).toMatchObject({ applied: 0, stopped });
    expect(result.note).toMatch(why);
    expect(world.directory.batches).toEqual([]);
    expect(world.summaries('execute.intent')).toEqual([]);
  });

  it('with one approval of two', async () => {
    const world = createCase();
    await world.open();
    world.directory.put(damagedUser(0));
    const planDigest = await world.plan(plannedUsers(1));
    await world.approve(planDigest, [olga]);

    const result = await executeRecovery(world.services, waveOf(planDigest, 1));

    expect(result).toMatchObject({ stopped: 'unapproved', applied: 0 });
    expect(world.directory.batches).toEqual([]);
  });

  it.each([
    ['notAfter', '2026-11-20T20:59:00Z', 'expired'],
    ['notBefore', '2026-11-20T21:01:00Z', 'held'],
  ] as const)('outside the change window (%s)', async (bound, at, stopped) => {
    const world = createCase();
    world.inForce.policy = policyWith({ execution: { [bound]: at } });
    const planDigest = await approved(world);

    const result = await executeRecovery(world.services, waveOf(planDigest, 100));

    expect(result).toMatchObject({ stopped, applied: 0 });
    expect(world.directory.batches).toEqual([]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another digest than the newest', { digest: `sha256:${'3'.repeat(64)}` }],
    ['a provisional plan', { provisional: true }],
    ['a plan whose text was changed behind its digest', { body: { scopeDigest } }],
  ])('of %s', async (_what, change) => {
    const world = createCase();
    const planDigest = await approved(world);
    const plan = await world.store.readDocument<never>(incidentId, 'plan');
    await world.put('plan', { ...(plan as unknown as object), ...change });

    const run = executeRecovery(world.services, waveOf(planDigest, 100));

    await expect(run).rejects.toMatchObject({ code: 'INVARIANT_BROKEN' });
    expect(world.directory.batches).toEqual([]);
  });

  it('of a plan whose lines were altered on the disk', async () => {
    const world = createCase();
    const planDigest = await approved(world);
    const plan = (await world.store.readDocument<never>(incidentId, 'plan')) as unknown as {
      body: { chunks: { sha256: string }[] };
    };
    world.store.tamper(incidentId, plan.body.chunks[0]!.sha256, '{"objectId":"another"}\n');

    const answer = await world.handlers.executeRecovery(waveOf(planDigest, 100));

    expect(answer).toMatchObject({ refused: { code: 'INVARIANT_BROKEN' } });
    expect(world.directory.batches).toEqual([]);
  });
});

describe('compare-and-set', () => {
  it('leaves an object alone that changed since the preview, and counts it as drift', async () => {
    const world = createCase();
    world.inForce.policy = policyWith({ execution: { reapproveAboveDriftPercent: 50 } });
    const planDigest = await approved(world, [
      plannedUser(0, { deltas: [departmentDelta] }),
      plannedUser(1, { deltas: [departmentDelta] }),
    ]);
    world.directory.set(userId(0), { department: 'moved meanwhile' });
    world.directory.set(userId(1), { department: 'wiped' });

    const result = await executeRecovery(world.services, waveOf(planDigest, 2));

    expect(result).toMatchObject({ applied: 1, skipped: 1, drifted: 1 });
    expect(world.directory.object(userId(0)).properties['department']).toBe('moved meanwhile');
  });

  it('writes the properties that are still bad and leaves the one that changed since', async () => {
    const world = createCase();
    world.inForce.policy = policyWith({ execution: { reapproveAboveDriftPercent: 100 } });
    const planDigest = await approved(world, [
      plannedUser(0, { deltas: [delta(), departmentDelta] }),
    ]);
    world.directory.set(userId(0), { department: 'moved meanwhile' });

    const result = await executeRecovery(world.services, waveOf(planDigest, 1));

    expect(world.directory.effects).toMatchObject([{ properties: { accountEnabled: true } }]);
    expect(result).toMatchObject({ applied: 1, drifted: 1 });
    const seen = await verifyRecovery(world.services, {
      incidentId,
      planDigest,
      ...{ from: 0, to: 1, pass: 1 },
    });
    expect(seen).toEqual({ verified: 0, mismatched: 1, pending: 0 });
  });

  it('does not write what already is as planned', async () => {
    const world = createCase();
    const planDigest = await approved(world, plannedUsers(1));
    world.directory.set(userId(0), { accountEnabled: true });

    const result = await executeRecovery(world.services, waveOf(planDigest, 1));

    expect(world.directory.batches).toEqual([]);
    expect(result).toMatchObject({ applied: 0, skipped: 1, drifted: 0 });
  });

  it.each([
    ['gone for good', { presence: 'absent' as const, properties: {} }],
    ['in the bin', { presence: 'softDeleted' as const, daysLeft: 29 }],
  ])(
    'an object %s is changed since, even where the plan returns to an empty value',
    async (_is, over) => {
      const world = createCase();
      world.inForce.policy = policyWith({ execution: { reapproveAboveDriftPercent: 100 } });
      const toNothing = { ...departmentDelta, then: { known: true, value: null } } as const;
      const planDigest = await approved(world, [
        plannedUser(0, { deltas: [toNothing, membership('addMember')] }),
      ]);
      world.directory.put(damagedUser(0, over));

      const result = await executeRecovery(world.services, waveOf(planDigest, 1));

      expect(world.directory.batches).toEqual([]);
      expect(result).toMatchObject({ applied: 0, skipped: 1, drifted: 1 });
    },
  );

  it('never writes a value that no source states', async () => {
    const world = createCase();
    const unknown = { ...delta(), then: { known: false, why: 'the row is cut' } } as const;
    const planDigest = await approved(world, [plannedUser(0, { deltas: [unknown] })]);

    const result = await executeRecovery(world.services, waveOf(planDigest, 1));

    expect(world.directory.batches).toEqual([]);
    expect(result).toMatchObject({ applied: 0, failed: 1 });
  });

  it('writes nothing of a wave in which too much changed since the preview', async () => {
    const world = createCase();
    const planDigest = await approved(world);
    for (const number of [1, 2]) world.directory.put(damagedUser(number, { presence: 'absent' }));

    const result = await executeRecovery(world.services, waveOf(planDigest, 100));

    expect(world.directory.batches).toEqual([]);
    expect(result).toMatchObject({ applied: 0, drifted: 2, stopped: null });
    expect(result.note).toContain('2.0 %');
  });

  it('counts the drift of a wave that is begun again once', async () => {
    const world = createCase();
    const planDigest = await approved(world);
    world.directory.put(damagedUser(99, { presence: 'absent' }));
    world.directory.script.arrive = async ({ number }) => {
      if (number === 1) await hold(world);
    };
    await executeRecovery(world.services, waveOf(planDigest, 100));
    await world.put('marks', { cancel: null, hold: null });

    const resumed = await executeRecovery(world.services, waveOf(planDigest, 100));

    expect(resumed).toMatchObject({ applied: 99, skipped: 1, drifted: 1, stopped: null });
  });

  it('sums the drift over the waves', async () => {
    const world = createCase();
    const planDigest = await approved(world);
    for (const number of [1, 60]) world.directory.put(damagedUser(number, { presence: 'absent' }));

    const first = await executeRecovery(world.services, waveOf(planDigest, 50));
    const second = await executeRecovery(world.services, waveOf(planDigest, 100, 50, 2));

    expect(first).toMatchObject({ applied: 49, drifted: 1 });
    expect(second).toMatchObject({ applied: 49, drifted: 2 });
  });
});

describe('before the first write', () => {
  it('a wave that was held asks whether its ground still holds, and says so also while it is held', async () => {
    const world = createCase();
    const planDigest = await approved(world, plannedUsers(3));
    world.inForce.policy = policyWith({ execution: { notBefore: '2026-11-20T23:00:00Z' } });
    world.auditLog.rows.push(auditRow({ byId: actor.id, objectId: userId(77) }));

    const result = await executeRecovery(world.services, waveOf(planDigest, 3));

    expect(result).toMatchObject({ stopped: 'superseded', applied: 0 });
    expect(result.note).toMatch(/have become known/);
  });

  it.each([
    ['nothing was sent', 0, 'superseded'],
    ['something was written', 1, null],
  ] as const)('and not after it: opened and held when %s', async (_when, sent, stopped) => {
    const world = createCase();
    const planDigest = await approved(world, plannedUsers(40));
    const holdNow = () => hold(world);
    const { readObjects } = world.directory;
    world.directory.readObjects = async (...asked) => {
      if (sent === 0) await holdNow();
      return readObjects(...asked);
    };
    world.directory.script.arrive = async ({ number }) => {
      if (number === sent) await holdNow();
    };
    const held = await executeRecovery(world.services, waveOf(planDigest, 40));
    expect(held).toMatchObject({ stopped: 'held', applied: 20 * sent });
    await world.put('marks', { cancel: null, hold: null });
    world.auditLog.rows.push(auditRow({ byId: actor.id, objectId: userId(77) }));

    const resumed = await executeRecovery(world.services, waveOf(planDigest, 40));

    expect(resumed.stopped).toBe(stopped);
  });
});

describe('protected', () => {
  it.each([
    ['an object', { neverTouchIds: [userId(0).toUpperCase()] }],
    ['a group of a membership', { breakGlassIds: [staff] }],
  ])('%s while waves are written is left out of the next one', async (_what, protectedNow) => {
    const world = createCase();
    const planDigest = await approved(world, [
      plannedUser(0, { deltas: [delta(), membership('addMember')] }),
      plannedUser(1),
      plannedUser(2),
    ]);
    const [last, first] = [waveOf(planDigest, 2, 0, 2), waveOf(planDigest, 3, 2, 1)];
    await executeRecovery(world.services, first);
    world.inForce.policy = policyWith({ protected: protectedNow });

    const result = await executeRecovery(world.services, last);

    expect(world.directory.effects.map(({ objectId }) => objectId)).toEqual([userId(2), userId(1)]);
    expect(result).toMatchObject({ applied: 2, skipped: 1, failed: 0, drifted: 0 });
  });
});

describe('lines of approval', () => {
  const created = plannedUser(0, { deltas: [existence('softDelete', { class: 'created' })] });

  it.each([
    ['is left out and recorded when nobody named its line', [], 'present', 0],
    ['is carried out when everybody named its line', ['created'], 'softDeleted', 1],
  ] as const)('a soft delete %s', async (_what, lines, presence, applied) => {
    const world = createCase();
    await world.open();
    world.directory.put(damagedUser(0), damagedUser(1));
    const planDigest = await world.plan([created, plannedUser(1)]);
    await world.approve(planDigest, [olga, anna], lines);

    const result = await executeRecovery(world.services, waveOf(planDigest, 2));

    expect(world.directory.object(userId(0)).presence).toBe(presence);
    expect(result).toMatchObject({ applied: 1 + applied, skipped: 1 - applied });
    expect(/left out/.test(world.summaries('execute.wave.result').join())).toBe(applied === 0);
  });
});

describe('a hold', () => {
  it('stops before the next batch, and the partial wave is told as it is', async () => {
    const world = createCase();
    const planDigest = await approved(world);
    world.directory.script.arrive = async ({ number }) => {
      if (number === 2) await hold(world);
    };

    const held = await executeRecovery(world.services, waveOf(planDigest, 100));

    expect(world.directory.batches).toHaveLength(2);
    expect(held).toMatchObject({ applied: 40, skipped: 0, failed: 0, stopped: 'held' });
    expect(world.summaries('execute.wave.result')[0]).toContain('60 not reached');
    expect((await world.incident()).execution).toMatchObject({ applied: 40 });

    await world.put('marks', { cancel: null, hold: null });
    const resumed = await executeRecovery(world.services, waveOf(planDigest, 100));

    expect(resumed).toMatchObject({ applied: 100, skipped: 0, stopped: null });
    expect(world.directory.effects).toHaveLength(100);
  });

  it('what somebody else put right during it is not told as our work', async () => {
    const world = createCase();
    const planDigest = await approved(world, plannedUsers(40));
    world.directory.script.arrive = async ({ number }) => {
      if (number === 1) await hold(world);
    };
    await executeRecovery(world.services, waveOf(planDigest, 40));
    await world.put('marks', { cancel: null, hold: null });
    world.directory.set(userId(39), { accountEnabled: true });

    const resumed = await executeRecovery(world.services, waveOf(planDigest, 40));

    expect(resumed).toMatchObject({ applied: 39, skipped: 1 });
  });

  it('an approval that expires in the middle of a wave stops it', async () => {
    const world = createCase();
    const planDigest = await approved(world);
    world.clock.advance(240 * 60_000 - 2000);

    const result = await executeRecovery(world.services, waveOf(planDigest, 100));

    const last = world.directory.batches.at(-1)!.at;
    expect(last).toBeLessThan(start + 240 * 60_000);
    expect(result).toMatchObject({ stopped: 'expired', applied: 40 });
  });
});

describe('a crash', () => {
  it('after a batch was applied and before the result was kept writes nothing twice and still counts it', async () => {
    const world = createCase();
    const planDigest = await approved(world);
    world.directory.script.arrive = ({ number }) => {
      // The outcome's artefact is the first thing written after the batch.
      if (number === 2) world.store.failWrite(1);
    };
    await expect(executeRecovery(world.services, waveOf(planDigest, 100))).rejects.toThrow('died');

    const again = await executeRecovery(world.services, waveOf(planDigest, 100));

    expect(again).toMatchObject({ applied: 100, skipped: 0, failed: 0 });
    const written = world.directory.effects.map(({ objectId }) => objectId);
    expect(new Set(written).size).toBe(written.length);
  });

  it('after the first batch was applied is told when the plan may not be carried out any more', async () => {
    const world = createCase();
    const planDigest = await approved(world);
    world.directory.script.arrive = ({ number }) => {
      if (number === 1) world.store.failWrite(1);
    };
    await expect(executeRecovery(world.services, waveOf(planDigest, 100))).rejects.toThrow('died');
    expect(world.directory.effects.length).toBeGreaterThan(0);
    world.inForce.policy = policyWith({ people: { approvers: [] } });

    const again = await executeRecovery(world.services, waveOf(planDigest, 100));

    expect(again).toMatchObject({ stopped: 'unapproved', applied: 0, begun: true });
  });

  it.each(Array.from({ length: 24 }, (_, index) => index + 1))(
    'at write %i of the store ends the same after a second run',
    async (place) => {
      const world = createCase();
      const planDigest = await approved(world, plannedUsers(40));
      world.store.failWrite(place);
      await executeRecovery(world.services, waveOf(planDigest, 40)).catch(() => null);
      world.store.failWrite(0);

      const again = await executeRecovery(world.services, waveOf(planDigest, 40));

      expect(again).toMatchObject({ applied: 40, skipped: 0, failed: 0 });
      const written = world.directory.effects.map(({ objectId }) => objectId);
      expect(written).toHaveLength(40);
      expect(new Set(written).size).toBe(40);
    },
  );

  it.each(['before', 'after'] as const)(
    'an answer that was lost %s the effect is written down as unknown, thrown, and read before anything is written again',
    async (when) => {
      const world = createCase();
      const planDigest = await approved(world);
      world.directory.script.lose = ({ number }) => (number === 2 ? when : null);

      const lost = executeRecovery(world.services, waveOf(planDigest, 100));

      await expect(lost).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE', retryable: true });
      expect(world.summaries('execute.outcome.unknown')).toHaveLength(1);
      const outcomes = world.kinds().filter((kind) => kind.startsWith('execute.outcome'));
      expect(outcomes).toHaveLength(world.summaries('execute.intent').length);
      expect(world.summaries('execute.wave.result')[0]).toContain('20 with unknown outcome');
      const reads = world.directory.reads;

      const again = await executeRecovery(world.services, waveOf(planDigest, 100));

      expect(world.directory.reads).toBeGreaterThan(reads);
      expect(again).toMatchObject({ applied: 100, skipped: 0, failed: 0 });
      expect(world.directory.effects).toHaveLength(100);
    },
  );

  it('batches that are under way when one is lost come to their own end and are counted', async () => {
    const world = createCase();
    const planDigest = await approved(world);
    world.directory.script.latencyMs = 10_000;
    world.directory.script.lose = ({ number }) => (number === 1 ? 'before' : null);

    await expect(executeRecovery(world.services, waveOf(planDigest, 100))).rejects.toThrow();

    expect((await world.incident()).execution).toMatchObject({ applied: 60 });
    expect(world.directory.batches).toHaveLength(4);
  });

  it('a failure of our own is told with what was done before it', async () => {
    const world = createCase();
    const planDigest = await approved(world);
    world.directory.script.arrive = ({ number }) => {
      if (number === 3) throw new RewindError('INVARIANT_BROKEN', 'a request that must not be');
    };

    const answer = await world.handlers.executeRecovery(waveOf(planDigest, 100));

    expect(answer).toMatchObject({ refused: { code: 'INVARIANT_BROKEN' } });
    expect((await world.incident()).execution).toMatchObject({ applied: 40 });
    expect(world.summaries('execute.outcome.unknown')).toHaveLength(1);
  });
});

const departmentDelta = delta({
  property: 'department',
  then: { known: true, value: 'Sales' },
  now: { known: true, value: 'wiped' },
});
