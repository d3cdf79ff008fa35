import { executeRecovery } from '../../functions/activities/execute/execute-recovery.js';
import { RewindError } from '../../shared/errors.js';
import {
  createCase,
  damagedUser,
  existence,
  incidentId,
  membership,
  plannedUser,
  plannedUsers,
  policyWith,
  start,
  userId,
  type Case,
} from '../support/activity-case.js';

const waveOf = (planDigest: string, to: number, from = 0, wave = 1) => ({
  incidentId,
  planDigest,
  wave,
  from,
  to,
  canary: false,
});

/** An approved plan that enables `count` disabled users. */
async function approved(world: Case, count: number): Promise<string> {
  await world.open();
  world.directory.put(...Array.from({ length: count }, (_, number) => damagedUser(number)));
  const digest = await world.plan(plannedUsers(count));
  await world.approve(digest);
  return digest;
}

/** The most writes that began within any `ms`, half-open. */
function mostWithin(world: Case, ms: number): number {
  const { batches } = world.directory;
  const from = (at: number) =>
    batches
      .filter((batch) => batch.at >= at && batch.at < at + ms)
      .reduce((sum, batch) => sum + batch.writes.length, 0);
  return Math.max(...batches.map(({ at }) => from(at)));
}

describe('the write budget', () => {
  it('is kept over any 150 seconds, from wave to wave as well', async () => {
    const world = createCase();
    const planDigest = await approved(world, 4800);

    for (let wave = 1; wave <= 10; wave += 1) {
      const from = (wave - 1) * 480;
      await executeRecovery(world.services, waveOf(planDigest, from + 480, from, wave));
    }

    expect(world.directory.effects).toHaveLength(4800);
    expect(mostWithin(world, 150_000)).toBeLessThanOrEqual(0.8 * 3000);
    const seconds = (world.directory.batches.at(-1)!.at - start) / 1000;
    expect(seconds).toBeLessThan(4800 / 16 + 1);
  });

  it('is shared by incidents that write at the same time', async () => {
    const world = createCase();
    const planDigest = await approved(world, 400);

    await Promise.all([
      executeRecovery(world.services, waveOf(planDigest, 200, 0, 1)),
      executeRecovery(world.services, waveOf(planDigest, 400, 200, 2)),
    ]);

    expect(mostWithin(world, 15_000)).toBeLessThanOrEqual(16 * 15);
  });

  it('is the share that the policy says', async () => {
    const world = createCase();
    world.inForce.policy = policyWith({
      execution: { writeQuota: { requests: 100, perSeconds: 10 }, writeBudget: 0.5 },
    });
    const planDigest = await approved(world, 200);

    await executeRecovery(world.services, waveOf(planDigest, 200));

    expect(mostWithin(world, 10_000)).toBeLessThanOrEqual(50);
  });
});

describe('batches', () => {
  it('hold 20 writes at most, and four are under way at most however long they take', async () => {
    const world = createCase();
    const planDigest = await approved(world, 300);
    world.directory.script.latencyMs = 20_000;

    await executeRecovery(world.services, waveOf(planDigest, 300));

    expect(Math.max(...world.directory.batches.map(({ writes }) => writes.length))).toBe(20);
    expect(world.directory.mostInFlight).toBe(4);
  });

  it('have an intent in the record before they are sent and an outcome after it', async () => {
    const world = createCase();
    const planDigest = await approved(world, 60);
    const intentsAtArrival: number[] = [];
    world.directory.script.arrive = () =>
      void intentsAtArrival.push(world.summaries('execute.intent').length);

    await executeRecovery(world.services, waveOf(planDigest, 60));

    expect(intentsAtArrival.every((intents, index) => intents > index)).toBe(true);
    expect(world.summaries('execute.intent')).toHaveLength(3);
    expect(world.summaries('execute.outcome')).toHaveLength(3);
  });

  it('refused as a whole have an outcome too, and the others go on', async () => {
    const world = createCase();
    const planDigest = await approved(world, 40);
    world.directory.script.arrive = ({ number }) => {
      if (number === 1) throw new RewindError('GRAPH_REJECTED', 'A batch was refused (403).');
    };

    const result = await executeRecovery(world.services, waveOf(planDigest, 40));

    expect(result).toMatchObject({ applied: 20, failed: 20 });
    expect(result.note).toContain('A batch was refused (403).');
    expect(world.summaries('execute.outcome')).toContain('Batch 1: 0 of 20 accepted.');
  });

  it('whose every item is refused are told as failed, with the reason', async () => {
    const world = createCase();
    const planDigest = await approved(world, 40);
    world.directory.script.answer = (_write, batch) =>
      batch.number === 1
        ? { ok: false, code: 'GRAPH_REJECTED', status: 403, message: 'no right', requestId: null }
        : null;

    const result = await executeRecovery(world.services, waveOf(planDigest, 40));

    expect(result).toMatchObject({ applied: 20, failed: 20, failedHere: 20 });
    expect(result.note).toContain('403 no right');
    expect(world.summaries('execute.outcome')).toContain('Batch 1: 0 of 20 accepted.');
  });
});

describe('an object whose write never gets an answer', () => {
  const untilSettled = async (world: Case, planDigest: string) => {
    for (let run = 1; run <= 10; run += 1) {
      const result = await executeRecovery(world.services, waveOf(planDigest, 100)).catch(
        () => null,
      );
      if (result !== null) return { result, run };
    }
    throw new Error('the wave never came to its end');
  };

  it.each(['before', 'after'] as const)(
    'keeps nobody else from being written (lost %s the effect), and is named in the end',
    async (when) => {
      const world = createCase();
      const planDigest = await approved(world, 100);
      world.directory.script.lose = ({ writes }) =>
        writes.some(({ objectId }) => objectId === userId(33)) ? when : null;

      const { result, run } = await untilSettled(world, planDigest);

      const isDone = when === 'after';
      expect(result).toMatchObject({ applied: isDone ? 100 : 99, failed: isDone ? 0 : 1 });
      expect(isDone || result.note?.includes(userId(33))).toBe(true);
      expect(run).toBeLessThanOrEqual(7);
      const written = world.directory.effects.map(({ objectId }) => objectId);
      expect(new Set(written).size).toBe(written.length);
    },
  );

  it('is not confused with a service that is down: then nothing is given up', async () => {
    const world = createCase();
    const planDigest = await approved(world, 100);
    world.directory.script.lose = () => 'before';
    for (let run = 1; run <= 4; run += 1) {
      await expect(executeRecovery(world.services, waveOf(planDigest, 100))).rejects.toThrow();
    }
    world.directory.script.lose = () => null;

    const { result } = await untilSettled(world, planDigest);

    expect(result).toMatchObject({ applied: 100, failed: 0 });
  });
});

describe('policies', () => {
  it('are written one at a time within their own quota', async () => {
    const world = createCase();
    await world.open();
    const numbers = [0, 1, 2, 3, 4, 5];
    world.directory.put(
      ...numbers.map((n) => damagedUser(n, { objectType: 'conditionalAccessPolicy' })),
    );
    const planDigest = await world.plan(
      numbers.map((n) => plannedUser(n, { objectType: 'conditionalAccessPolicy' })),
    );
    await world.approve(planDigest, undefined, ['policies']);
    world.directory.script.latencyMs = 300;

    const result = await executeRecovery(world.services, waveOf(planDigest, 6));

    expect(result).toMatchObject({ applied: 6 });
    expect(world.directory.mostInFlight).toBe(1);
    const gaps = world.directory.batches
      .slice(1)
      .map(({ at }, n) => at - world.directory.batches[n]!.at);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1250);
  });
});

describe('a throttled write', () => {
  it('goes again after the longest Retry-After and never earlier; nothing else is sent until then', async () => {
    const world = createCase();
    const planDigest = await approved(world, 60);
    let throttledAt = 0;
    world.directory.script.answer = (write, batch) => {
      if (batch.number !== 1) return null;
      throttledAt = batch.at;
      if (write.objectId === userId(3)) return { ok: false, code: 'THROTTLED', retryAfterMs: 7000 };
      if (write.objectId === userId(4))
        return { ok: false, code: 'THROTTLED', retryAfterMs: 30_000 };
      return null;
    };

    const result = await executeRecovery(world.services, waveOf(planDigest, 60));

    const later = world.directory.batches.slice(1);
    expect(Math.min(...later.map(({ at }) => at)) - throttledAt).toBeGreaterThanOrEqual(30_000);
    expect(result).toMatchObject({ applied: 60, failed: 0 });
    const sentTwice = world.directory.batches
      .flatMap(({ writes }) => writes)
      .filter(({ objectId }) => objectId === userId(4));
    expect(sentTwice).toHaveLength(2);
  });

  it('is not told as applied when a hold comes before it could go again', async () => {
    const world = createCase();
    const planDigest = await approved(world, 20);
    world.directory.script.answer = (write, batch) => {
      void world.put('marks', { cancel: null, hold: { by: 'x', at: 'now', why: 'look' } });
      return write.objectId === userId(0) && batch.number === 1
        ? { ok: false, code: 'THROTTLED', retryAfterMs: 1000 }
        : null;
    };

    const result = await executeRecovery(world.services, waveOf(planDigest, 20));

    expect(result).toMatchObject({ stopped: 'held', applied: 19, skipped: 0, failed: 0 });
  });
});

describe('the order of writes', () => {
  it('is restore, then properties, then memberships', async () => {
    const world = createCase();
    await world.open();
    const deleted = plannedUser(0, {
      deltas: [existence('restore'), delta0(), membership('addMember')],
    });
    const others = [1, 2].map((n) =>
      plannedUser(n, { deltas: [membership('addMember'), delta0()] }),
    );
    world.directory.put(
      damagedUser(0, { presence: 'softDeleted', daysLeft: 20 }),
      damagedUser(1),
      damagedUser(2),
    );
    const planDigest = await world.plan([...others, deleted]);
    await world.approve(planDigest);

    const result = await executeRecovery(world.services, waveOf(planDigest, 3));

    expect(world.directory.effects.map(({ kind }) => kind)).toEqual([
      'restore',
      ...['update', 'update', 'update'],
      ...['addMember', 'addMember', 'addMember'],
    ]);
    expect(result).toMatchObject({ applied: 3, failed: 0 });
  });

  it('leaves alone what hangs on an object that could not be restored', async () => {
    const world = createCase();
    await world.open();
    world.directory.put(damagedUser(0, { presence: 'softDeleted', daysLeft: 20 }));
    const planDigest = await world.plan([
      plannedUser(0, { deltas: [existence('restore'), delta0(), membership('addMember')] }),
    ]);
    await world.approve(planDigest);
    world.directory.script.answer = () => refusedWith(409);

    const result = await executeRecovery(world.services, waveOf(planDigest, 1));

    expect(world.directory.batches).toHaveLength(1);
    expect(result).toMatchObject({ applied: 0, failed: 1 });
  });

  it('waits for a restored object that a replica does not know yet', async () => {
    const world = createCase();
    await world.open();
    world.directory.put(damagedUser(0, { presence: 'softDeleted', daysLeft: 20 }));
    const planDigest = await world.plan([
      plannedUser(0, { deltas: [existence('restore'), delta0()] }),
    ]);
    await world.approve(planDigest);
    world.directory.script.answer = (write, batch) =>
      write.kind === 'update' && batch.number < 4 ? refusedWith(404) : null;

    const result = await executeRecovery(world.services, waveOf(planDigest, 1));

    expect(result).toMatchObject({ applied: 1, failed: 0 });
  });

  it('tells an object of which one write was accepted and one refused as failed, and as written in part', async () => {
    const world = createCase();
    await world.open();
    world.directory.put(damagedUser(0));
    const planDigest = await world.plan([
      plannedUser(0, { deltas: [delta0(), membership('addMember')] }),
    ]);
    await world.approve(planDigest);
    world.directory.script.answer = (write) =>
      write.kind === 'addMember' ? refusedWith(403) : null;

    const result = await executeRecovery(world.services, waveOf(planDigest, 1));

    expect(result).toMatchObject({ applied: 0, failed: 1 });
    expect(world.summaries('execute.wave.result')[0]).toContain('1 written in part');
  });
});

const delta0 = () => plannedUser(0).deltas[0]!;
const refusedWith = (status: number) =>
  ({ ok: false, code: 'GRAPH_REJECTED', status, message: 'refused', requestId: null }) as const;
