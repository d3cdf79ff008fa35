import { closeSweep } from '../../functions/activities/scope/close-sweep.js';
import { measureLogDelay } from '../../functions/activities/scope/measure-log-delay.js';
import { pickRecoveryPoint } from '../../functions/activities/scope/pick-recovery-point.js';
import { queryAuditLogs } from '../../functions/activities/scope/query-audit-logs.js';
import { readHistories } from '../../functions/activities/plan/read-histories.js';
import type { AuditEvent, ObjectHistory } from '../../shared/domain/attribution/audit.js';
import type { Window } from '../../shared/domain/incident/incident.js';
import { actor, createCase, incidentId, userId, type Case } from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';

const window: Window = { from: '2026-11-20T20:00:00Z', to: '2026-11-20T21:00:00Z' };
const other = 'other-administrator';

const disabled = (number: number, minute: number, over: Partial<AuditEvent> = {}) =>
  auditRow({
    byId: actor.id,
    objectId: userId(number),
    at: `2026-11-20T20:${String(minute).padStart(2, '0')}:00Z`,
    ...over,
  });

/** One sweep in slices that end at these minutes. */
async function sweep(world: Case, number = 1, ends: readonly number[] = [30, 60]) {
  const slices = [];
  let from = window.from;
  for (const end of ends) {
    const to = new Date(Date.parse(window.from) + end * 60_000).toISOString();
    const slice = await queryAuditLogs(world.services, {
      incidentId,
      sweep: number,
      actors: [actor],
      window: { from, to },
    });
    if (slice.artefact !== null) slices.push(slice.artefact);
    from = to;
  }
  return closeSweep(world.services, { incidentId, sweep: number, slices });
}

async function linesOf(world: Case, chunks: readonly { sha256: string }[]) {
  const histories: ObjectHistory[] = [];
  for (const { sha256 } of chunks) {
    const text = Buffer.from(await world.store.readArtefact(incidentId, sha256)).toString();
    const lines = text.split('\n').filter((line) => line !== '');
    histories.push(...lines.map((line) => JSON.parse(line) as ObjectHistory));
  }
  return histories;
}

/** Where the rows of the newest sweep lie. */
const chunksOf = async (world: Case) =>
  (
    (await world.store.readDocument<never>(incidentId, 'scope')) as unknown as {
      chunks: { sha256: string; objects: number }[];
    }
  ).chunks;

describe('a sweep', () => {
  it('counts objects, things changed, and the times of the first and last write', async () => {
    const world = createCase();
    await world.open();
    world.auditLog.rows.push(
      disabled(1, 10),
      disabled(1, 10, { operation: 'Disable account' }),
      disabled(2, 40),
      disabled(2, 41, { kind: 'softDelete', changes: [] }),
      disabled(3, 42, { kind: 'addMember', groupId: 'g1', changes: [] }),
      disabled(3, 43, { kind: 'addMember', groupId: 'g2', changes: [] }),
    );

    const answer = await sweep(world);

    expect(answer).toMatchObject({
      objects: 3,
      changes: 5,
      firstChangeAt: '2026-11-20T20:10:00Z',
      lastChangeAt: '2026-11-20T20:43:00Z',
    });
    expect(await linesOf(world, await chunksOf(world))).toHaveLength(3);
  });

  it('takes neither failed attempts nor rows that change nothing', async () => {
    const world = createCase();
    await world.open();
    world.auditLog.rows.push(
      disabled(1, 10, { succeeded: false }),
      disabled(2, 11, { kind: 'other', changes: [] }),
    );

    expect(await sweep(world)).toMatchObject({ objects: 0, changes: 0, firstChangeAt: null });
  });

  it('has a digest that depends on the rows alone, not on their order nor on the slices', async () => {
    const rows = Array.from({ length: 30 }, (_, number) => disabled(number, number + 5));
    const digests = [];
    for (const [order, ends] of [
      [rows, [60]],
      [[...rows].reverse(), [7, 8, 31, 60]],
      [
        [...rows.slice(15), ...rows.slice(0, 15), ...rows.slice(3, 9)],
        [30, 60],
      ],
    ] as const) {
      const world = createCase();
      await world.open();
      world.auditLog.rows.push(...order);
      digests.push((await sweep(world, 1, ends)).digest);
    }

    expect(new Set(digests).size).toBe(1);
  });

  it('has another digest as soon as one late row arrives', async () => {
    const world = createCase();
    await world.open();
    world.auditLog.rows.push(disabled(1, 10));
    const first = await sweep(world);
    world.auditLog.rows.push(disabled(1, 9, { operation: 'late' }));

    const second = await sweep(world, 2);

    expect(second.digest).not.toBe(first.digest);
    expect(second.firstChangeAt).toBe('2026-11-20T20:09:00Z');
  });

  it('of 1,200 objects is stored in runs of at most 500, and run again stores the same', async () => {
    const world = createCase();
    await world.open();
    world.auditLog.rows.push(...Array.from({ length: 1200 }, (_, number) => disabled(number, 10)));

    const first = await sweep(world);
    const again = await sweep(world);

    expect((await chunksOf(world)).map(({ objects }) => objects)).toEqual([500, 500, 200]);
    expect(again).toEqual(first);
    expect(world.summaries('scope.sweep')).toHaveLength(1);
  });

  it('of a slice that was altered on the disk is refused', async () => {
    const world = createCase();
    await world.open();
    world.auditLog.rows.push(disabled(1, 10));
    const slice = await queryAuditLogs(world.services, {
      ...{ incidentId, sweep: 1, actors: [actor], window },
    });
    world.store.tamper(incidentId, slice.artefact!.sha256, '');

    const answer = await world.handlers.closeSweep({
      ...{ incidentId, sweep: 1, slices: [slice.artefact] },
    });

    expect(answer).toMatchObject({ refused: { code: 'INVARIANT_BROKEN' } });
  });
});

describe('the histories', () => {
  const read = (world: Case, scopeDigest: string) =>
    readHistories(world.services, {
      ...{ incidentId, version: 1, actors: [actor], scopeWindow: window, scopeDigest },
      window: { from: '2026-11-20T02:00:00Z', to: window.to },
    });

  it('hold what everybody did to the objects of the scope, and nothing about others', async () => {
    const world = createCase();
    await world.open();
    world.auditLog.rows.push(
      disabled(1, 10),
      auditRow({ byId: other, objectId: userId(1), at: '2026-11-20T09:00:00Z' }),
      auditRow({ byId: other, objectId: userId(9), at: '2026-11-20T09:00:00Z' }),
    );
    const scope = await sweep(world);

    const { chunks, events } = await read(world, scope.digest);

    const [history, ...more] = await linesOf(world, chunks);
    expect(more).toEqual([]);
    expect(history!.events.map((event) => event.by.id)).toEqual([other, actor.id]);
    expect(events).toBe(3);
  });

  it('keep a write of the actor that a lagging answer does not show, and no row twice', async () => {
    const world = createCase();
    await world.open();
    world.auditLog.rows.push(disabled(1, 10), disabled(2, 11));
    const scope = await sweep(world);
    world.auditLog.rows.splice(1, 1);

    const { chunks } = await read(world, scope.digest);

    const histories = await linesOf(world, chunks);
    expect(histories.map(({ objectId }) => objectId)).toEqual([userId(1), userId(2)]);
    expect(histories.map(({ events }) => events.length)).toEqual([1, 1]);
  });

  it('without a recovery point reach back as far as one would be old at most', async () => {
    const world = createCase();
    await world.open();
    world.auditLog.rows.push(
      disabled(1, 10),
      auditRow({ byId: actor.id, objectId: userId(1), at: '2026-11-20T03:00:00Z' }),
      auditRow({ byId: actor.id, objectId: userId(1), at: '2026-11-19T03:00:00Z' }),
    );
    const scope = await sweep(world);

    const { chunks } = await readHistories(world.services, {
      ...{ incidentId, version: 1, actors: [actor], scopeWindow: window, window },
      scopeDigest: scope.digest,
    });

    const [history] = await linesOf(world, chunks);
    expect(history?.events.map(({ at }) => at.slice(0, 13))).toEqual([
      '2026-11-20T03',
      '2026-11-20T20',
    ]);
  });

  it('of another scope than the newest are refused', async () => {
    const world = createCase();
    await world.open();
    world.auditLog.rows.push(disabled(1, 10));
    await sweep(world);

    await expect(read(world, `sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({
      code: 'INVARIANT_BROKEN',
    });
  });

  it('come in the order of repair: applications, users, groups', async () => {
    const world = createCase();
    await world.open();
    world.auditLog.rows.push(
      disabled(1, 10, { objectType: 'group' }),
      disabled(2, 11),
      disabled(3, 12, { objectType: 'application' }),
    );
    const scope = await sweep(world);

    const histories = await linesOf(world, (await read(world, scope.digest)).chunks);

    expect(histories.map(({ objectType }) => objectType)).toEqual(['application', 'user', 'group']);
  });
});

describe('the recovery point', () => {
  it('lies strictly before the first bad change', async () => {
    const world = createCase();
    const firstBadChangeAt = '2026-11-20T20:31:00Z';
    world.points.list = [
      { id: 'same-second', createdDateTime: firstBadChangeAt },
      { id: 'before', createdDateTime: '2026-11-20T02:00:00Z' },
      { id: 'older', createdDateTime: '2026-11-19T02:00:00Z' },
    ];

    const { point } = await pickRecoveryPoint(world.services, { incidentId, firstBadChangeAt });

    expect(point).toMatchObject({ id: 'before', createdDateTime: '2026-11-20T02:00:00Z' });
  });

  it('is an honest null with the reason when points cannot be read', async () => {
    const world = createCase();
    world.points.why = 'the service answered 403';

    const { point } = await pickRecoveryPoint(world.services, {
      incidentId,
      firstBadChangeAt: '2026-11-20T20:31:00Z',
    });

    expect(point).toMatchObject({ id: null });
    expect(point.reason).toContain('the service answered 403');
  });
});

it('the measured delay is passed on as it is, unknown as unknown', async () => {
  const world = createCase();
  const unknown = await measureLogDelay(world.services, { incidentId });
  world.auditLog.delaySeconds = 312;

  expect(unknown).toEqual({ seconds: null });
  expect(await measureLogDelay(world.services, { incidentId })).toEqual({ seconds: 312 });
});
