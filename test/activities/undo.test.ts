import fc from 'fast-check';
import { arrangePlan } from '../../functions/activities/plan/arrange-plan.js';
import { closeUndo } from '../../functions/activities/undo/close-undo.js';
import { closeUndoPlan } from '../../functions/activities/undo/close-undo-plan.js';
import { drawUndoWave } from '../../functions/activities/undo/draw-undo-wave.js';
import { joinUndoLines } from '../../functions/activities/undo/join-undo-lines.js';
import { executeRecovery } from '../../functions/activities/execute/execute-recovery.js';
import { readPlan, readPlanned } from '../../functions/activities/plan/plan-file.js';
import { closeServiceWave } from '../../functions/activities/native/native-close.js';
import { openServiceWave } from '../../functions/activities/native/native-open.js';
import { keepNativeWave, readNativeWave } from '../../functions/activities/native/native-wave.js';
import { readStanding } from '../../functions/activities/approve/read-standing.js';
import { readUndoGround } from '../../functions/activities/undo/read-undo-ground.js';
import { reportUndo } from '../../functions/activities/undo/report-undo.js';
import { requestApproval } from '../../functions/activities/approve/request-approval.js';
import { verifyRecovery } from '../../functions/activities/verify/verify-recovery.js';
import type { PlannedObject } from '../../shared/domain/plan/plan.js';
import { emptyCounts, mergeCounts } from '../../shared/domain/plan/plan-building.js';
import { readLines } from '../../functions/activities/lines.js';
import { canonicalText } from '../../shared/digest.js';
import { known } from '../../shared/domain/json.js';
import { newUndo } from '../../shared/domain/plan/undo-view.js';
import {
  anna,
  carl,
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
  userId,
  type Case,
} from '../support/activity-case.js';

const allLines = ['created', 'softDelete', 'policies'] as const;

const execute = (world: Case, planDigest: string, to: number) =>
  executeRecovery(world.services, {
    ...{ incidentId, planDigest, wave: 1, from: 0, to, canary: false },
  });

/** Carries out one version of the plan, and keeps it where it is found once it is overtaken. */
async function carriedOut(
  world: Case,
  objects: readonly PlannedObject[],
  version = 1,
): Promise<string> {
  const digest = await world.plan(objects, { version });
  const document = await world.store.readDocument(incidentId, 'plan');
  await world.put(`plan-${version}`, document);
  await world.approve(digest, [olga, anna], allLines);
  await execute(world, digest, objects.length);
  return digest;
}

const close = (world: Case) =>
  world.store.updateIncident(incidentId, (open) => ({
    ...open,
    state: 'closed',
    outcome: 'recovered',
    undo: newUndo(carl, world.clock.iso()),
  }));

/** Executes a plan of these objects and closes the incident as the playbook would. */
async function recovered(world: Case, objects: readonly PlannedObject[]): Promise<string> {
  await world.open();
  const digest = await carriedOut(world, objects);
  await close(world);
  return digest;
}

async function drawUndo(world: Case) {
  const ground = await readUndoGround(world.services, { incidentId });
  const { version, waves } = ground;
  const drawn = await Promise.all(
    waves.map((wave) => drawUndoWave(world.services, { incidentId, version, ...wave })),
  );
  const lines = drawn.map(({ chunk }) => chunk);
  const { chunks: undone, counts } = ground.severalPlans
    ? await joinUndoLines(world.services, { incidentId, version, chunks: lines })
    : {
        chunks: lines,
        counts: drawn.reduce((sum, one) => mergeCounts(sum, one.counts), emptyCounts()),
      };
  const { chunks } = await arrangePlan(world.services, {
    ...{ incidentId, version, backward: true, chunks: undone },
  });
  return closeUndoPlan(world.services, { incidentId, version, chunks, counts });
}

async function undone(world: Case, lines: readonly (typeof allLines)[number][] = allLines) {
  const { digest, view } = await drawUndo(world);
  await requestApproval(world.services, {
    ...{ incidentId, planDigest: digest, planVersion: view.version },
  });
  await world.approve(digest, [olga, anna], lines);
  const result = await execute(world, digest, view.objects);
  return { digest, view, result };
}

const linesOf = async (world: Case, digest: string) => {
  const { body } = await readPlan(world.services, incidentId, digest);
  return readPlanned(world.services, incidentId, body, 0, body.counts.objects);
};

describe('an undo', () => {
  it('after a recovery brings a directory back to the very state before it, whatever was written', async () => {
    const groups = ['66666666-0000-4000-8000-000000000001', '66666666-0000-4000-8000-000000000002'];
    const damage = fc.record({
      deleted: fc.boolean(),
      created: fc.boolean(),
      department: fc.option(fc.constantFrom('Sales', 'wiped', null), { nil: undefined }),
      enabled: fc.boolean(),
      groups: fc.subarray(groups),
      member: fc.boolean(),
      refused: fc.boolean(),
    });

    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 6 }), async (users) => {
        const world = createCase();
        world.inForce.policy = policyWith({ execution: { reapproveAboveDriftPercent: 100 } });
        const objects = users.map((user, n) => {
          const existing = user.deleted
            ? [existence('restore')]
            : user.created
              ? [existence('softDelete', { class: 'created' })]
              : [];
          return plannedUser(n, {
            deltas: [
              ...existing,
              ...(user.enabled ? [delta()] : []),
              ...(user.department === undefined
                ? []
                : [
                    delta({
                      property: 'department',
                      then: { known: true, value: 'Research' },
                      now: { known: true, value: user.department },
                    }),
                  ]),
              ...user.groups.map((id) =>
                membership(user.member ? 'removeMember' : 'addMember', id),
              ),
            ],
          });
        });
        world.directory.put(
          ...users.map((user, n) =>
            damagedUser(n, {
              presence: user.deleted ? 'softDeleted' : 'present',
              daysLeft: user.deleted ? 20 : null,
              properties: { accountEnabled: false, department: user.department ?? null },
              memberOf: user.member ? groups : [],
            }),
          ),
        );
        world.directory.script.answer = (write) =>
          users[Number(write.objectId.slice(-2))]?.refused === true && write.kind === 'update'
            ? { ok: false, code: 'GRAPH_REJECTED', status: 403, message: 'no', requestId: null }
            : null;
        const state = () =>
          users.map((_user, n) => {
            const { presence, properties, memberOf } = world.directory.object(userId(n));
            return { presence, properties, memberOf: [...memberOf].sort() };
          });
        const before = state();
        await recovered(world, objects);
        world.directory.script.answer = () => null;

        await undone(world);

        expect(state()).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });

  it('of a plan that was drawn again half-way goes back to before the first version, in one line each', async () => {
    const world = createCase();
    world.directory.put(damagedUser(0), damagedUser(1), damagedUser(2));
    const department = (then: string) =>
      delta({ property: 'department', then: known(then), now: known('wiped') });
    world.directory.set(userId(0), { department: 'wiped' });
    await world.open();
    await carriedOut(world, [
      plannedUser(0, { deltas: [delta(), department('Sales')] }),
      plannedUser(1),
    ]);
    // The actor strikes once more, so that the second version writes user 0 again.
    world.directory.set(userId(0), { accountEnabled: false, department: 'wiped again' });
    const again = { ...department('Research'), now: known('wiped again') };
    await carriedOut(world, [plannedUser(0, { deltas: [again] }), plannedUser(2)], 2);
    await close(world);
    world.directory.set(userId(0), { accountEnabled: true });

    const { digest, result } = await undone(world);

    const lines = await linesOf(world, digest);
    expect(lines.map(({ objectId }) => objectId).sort()).toEqual([0, 1, 2].map(userId));
    expect(result).toMatchObject({ applied: 3, skipped: 0, failed: 0 });
    expect(world.directory.object(userId(0)).properties).toEqual({
      ...{ accountEnabled: false, department: 'wiped' },
    });
    const { batches } = world.directory;
    const written = batches.flatMap(({ writes }) => writes).filter((w) => w.objectId === userId(0));
    expect(written).toHaveLength(3);
  });

  it('knows what was written of an object that changed for an hour before the wave was begun again', async () => {
    const world = createCase();
    world.inForce.policy = policyWith({ execution: { reapproveAboveDriftPercent: 100 } });
    world.directory.put(damagedUser(0), damagedUser(1));
    const property = delta({ property: 'department', then: known('Sales'), now: known('wiped') });
    await world.open();
    world.directory.set(userId(0), { department: 'on leave' });
    const objects = [plannedUser(0, { deltas: [property] }), plannedUser(1)];
    const digest = await carriedOut(world, objects);
    world.directory.set(userId(0), { department: 'wiped' });
    await execute(world, digest, 2);
    await close(world);

    await undone(world);

    expect(world.directory.object(userId(0)).properties['department']).toBe('wiped');
  });

  it('knows what was written of an object before a hold, whatever kept the rest from being written', async () => {
    const world = createCase();
    world.inForce.policy = policyWith({ execution: { reapproveAboveDriftPercent: 100 } });
    world.directory.put(damagedUser(0, { memberOf: [] }));
    await world.open();
    const objects = [plannedUser(0, { deltas: [delta(), membership('addMember')] })];
    world.directory.script.answer = (write) =>
      write.kind === 'addMember'
        ? { ok: false, code: 'GRAPH_REJECTED', status: 403, message: 'no', requestId: null }
        : null;
    const digest = await carriedOut(world, objects);
    await world.put('marks', { cancel: null, hold: { by: carl, at: '', why: 'look' } });
    await execute(world, digest, 1);
    world.inForce.policy = policyWith({ protected: { neverTouchIds: [userId(0)] } });
    await world.put('marks', { cancel: null, hold: null });
    await execute(world, digest, 1);
    world.inForce.policy = policyWith();
    await close(world);

    const { digest: undoDigest } = await drawUndo(world);

    expect(await linesOf(world, undoDigest)).toMatchObject([
      { objectId: userId(0), deltas: [{ property: 'accountEnabled', action: 'update' }] },
    ]);
  });

  it('leaves a written object of which no image was kept to a person, and is not called recovered', async () => {
    const world = createCase();
    world.directory.put(damagedUser(0), damagedUser(1));
    const digest = await recovered(world, plannedUsers(2));
    const images = [damagedUser(1)].map((image) => `${canonicalText(image)}\n`).join('');
    const { sha256 } = await world.store.putArtefact(incidentId, 'images', images);
    await world.put(`before-${digest.slice(7, 19)}-1`, { sha256, runs: 1 });

    const { digest: undoDigest, view } = await undone(world);

    expect(view.objects).toBe(1);
    const { body } = await readPlan(world.services, incidentId, undoDigest);
    const listed = await readLines<PlannedObject>(
      world.services,
      incidentId,
      body.chunks.find(({ planned }) => planned === 0)?.sha256 ?? '',
    );
    expect(listed).toMatchObject([{ objectId: userId(0), deltas: [{ action: null }] }]);
    expect(listed[0]?.residual[0]?.todo).toMatch(/no image of it was kept/);
    expect(world.directory.object(userId(0)).properties['accountEnabled']).toBe(true);
  });

  it('leaves alone what somebody changed after the recovery, and says so', async () => {
    const world = createCase();
    world.directory.put(damagedUser(0), damagedUser(1));
    await recovered(world, plannedUsers(2));
    world.directory.set(userId(0), { accountEnabled: false });

    const { digest, view } = await drawUndo(world);

    expect(view).toMatchObject({ objects: 1, version: 2, executor: 'surgical' });
    expect(view.warnings.join()).toMatch(/1 change of ours not as we left it/);
    expect(await linesOf(world, digest)).toMatchObject([
      {
        objectId: userId(1),
        deltas: [
          {
            action: 'update',
            then: { value: false },
            now: { value: true },
            property: 'accountEnabled',
          },
        ],
      },
    ]);
  });

  it('never takes for ours what was left out, was right already, or was refused', async () => {
    const world = createCase();
    world.directory.put(damagedUser(0), damagedUser(1), damagedUser(2));
    world.directory.set(userId(0), { accountEnabled: true });
    world.directory.script.answer = (write) =>
      write.objectId === userId(1)
        ? { ok: false, code: 'GRAPH_REJECTED', status: 403, message: 'no', requestId: null }
        : null;
    await recovered(world, plannedUsers(3));
    world.directory.set(userId(1), { accountEnabled: true });

    const { digest } = await drawUndo(world);

    expect((await linesOf(world, digest)).map(({ objectId }) => objectId)).toEqual([userId(2)]);
  });

  it('takes back what a native recovery wrote from values that only the backup knew', async () => {
    const world = createCase();
    const pointId = 'point-1';
    world.points.list = [{ id: pointId, createdDateTime: '2026-11-20T02:00:00Z' }];
    world.directory.put(damagedUser(0));
    await world.open();
    const unknown = delta({ then: { known: false, why: 'the trail cut it off' } });
    const planDigest = await world.plan([plannedUser(0, { deltas: [unknown] })], {
      recoveryPointId: pointId,
    });
    await world.approve(planDigest, [olga, anna], allLines);
    const wave = { incidentId, planDigest, wave: 1, from: 0, to: 1, canary: false };
    await openServiceWave(world.services, { ...wave, executor: 'native' });
    const opened = await readNativeWave(world.services, incidentId, wave);
    await keepNativeWave(world.services, incidentId, {
      ...opened,
      learned: { [userId(0)]: { accountEnabled: true } },
      recovery: { askedAt: world.clock.iso(), jobId: null },
    });
    world.directory.set(userId(0), { accountEnabled: true });
    await closeServiceWave(world.services, {
      ...{ ...wave, executor: 'native', end: 'failed', jobId: null, stopped: null, note: null },
    });

    const { digest } = await drawUndo(world);

    expect(await linesOf(world, digest)).toMatchObject([
      { deltas: [{ action: 'update', then: { value: false }, now: { value: true } }] },
    ]);
  });

  it('leaves to a person what a job wrote without telling anybody the value', async () => {
    const world = createCase();
    const pointId = 'point-1';
    world.points.list = [{ id: pointId, createdDateTime: '2026-11-20T02:00:00Z' }];
    world.directory.put(damagedUser(0));
    await world.open();
    const untold = delta({ then: { known: false, why: 'the trail cut it off' } });
    const planDigest = await world.plan([plannedUser(0, { deltas: [untold] })], {
      recoveryPointId: pointId,
    });
    await world.approve(planDigest, [olga, anna], allLines);
    const wave = { incidentId, planDigest, wave: 1, from: 0, to: 1, canary: false };
    await openServiceWave(world.services, { ...wave, executor: 'handOff' });
    const entries = [{ entityType: 'user', ids: [userId(0)] }];
    const { id: jobId } = world.recovery.addForeign('recovery', pointId, entries);
    world.clock.advance(120_000);
    world.directory.set(userId(0), { accountEnabled: true });
    await closeServiceWave(world.services, {
      ...{ ...wave, executor: 'handOff', end: 'successful', jobId, stopped: null, note: null },
    });
    await close(world);

    const { view } = await drawUndo(world);
    await closeUndo(world.services, {
      ...{ incidentId, at: world.clock.iso(), outcome: 'nothingToRecover', why: 'nothing to do.' },
    });

    expect(view.objects).toBe(0);
    expect(view.warnings.join()).toContain(
      'with a step for a person in the residual list of the plan: 1',
    );
    expect((await world.incident()).undo?.summary).toContain(
      'Left for a person to undo: 1 change of ours',
    );
  });

  it('leaves to a person what our identity may not write, and is then not called recovered', async () => {
    const world = createCase();
    world.directory.put(damagedUser(0), damagedUser(1));
    await recovered(world, plannedUsers(2));
    world.directory.script.privileged = [userId(0)];

    const { digest, view } = await undone(world);
    await reportUndo(world.services, {
      ...{ incidentId, key: 'verified', at: world.clock.iso(), step: 'verify', state: 'done' },
      summary: '1 verified.',
      patch: {
        verification: {
          ...{ verified: 1, mismatched: 0, pending: 0, expected: 1 },
          signIns: { seen: 0, sampled: 0 },
        },
      },
    });
    await closeUndo(world.services, {
      ...{ incidentId, at: world.clock.iso(), outcome: 'recovered', why: 'all read back.' },
    });

    expect(view.objects).toBe(1);
    expect(view.warnings.join()).toContain(
      'with a step for a person in the residual list of the plan: 1',
    );
    const lines = await linesOf(world, digest);
    expect(lines.map(({ objectId }) => objectId)).toEqual([userId(1)]);
    expect((await world.incident()).undo).toMatchObject({
      outcome: 'partiallyRecovered',
      summary: 'all read back. Left for a person to undo: 1 change of ours.',
    });
  });

  it('knows the restore of a run that was taken for undone because a replica still showed the bin', async () => {
    const world = createCase();
    const inBin = damagedUser(0, { presence: 'softDeleted', daysLeft: 20 });
    world.directory.put(inBin);
    const planDigest = await recovered(world, [plannedUser(0, { deltas: [existence('restore')] })]);
    world.directory.put(inBin);
    const code = 'GRAPH_REJECTED';
    world.directory.script.answer = () => ({
      ...{ ok: false, code, status: 404, message: 'not found', requestId: null },
    });
    await execute(world, planDigest, 1);
    world.directory.put(damagedUser(0));

    const { view } = await drawUndo(world);

    expect(view.lines).toEqual([{ line: 'softDelete', objects: 1 }]);
  });

  it('of a restore is a soft delete that needs its line', async () => {
    const world = createCase();
    world.directory.put(damagedUser(0, { presence: 'softDeleted', daysLeft: 20 }));
    await recovered(world, [plannedUser(0, { deltas: [existence('restore')] })]);

    const { view, result } = await undone(world, []);
    const { result: named } = await undone(world, ['softDelete']);

    expect(view.lines).toEqual([{ line: 'softDelete', objects: 1 }]);
    expect(result).toMatchObject({ applied: 0, skipped: 1 });
    expect(named).toMatchObject({ applied: 1 });
    expect(world.directory.effects.at(-1)).toMatchObject({ kind: 'softDelete', cameFromBin: true });
  });

  it('drawn twice is one plan; decided, executed and read back beside the closed incident', async () => {
    const world = createCase();
    world.directory.put(...Array.from({ length: 30 }, (_, n) => damagedUser(n)));
    const recovery = await recovered(world, plannedUsers(30));
    const closed = await world.incident();

    const { digest, result } = await undone(world);
    const { body, view } = await readPlan(world.services, incidentId, digest);
    const again = await closeUndoPlan(world.services, {
      incidentId,
      version: view.version,
      chunks: [...body.chunks],
      counts: body.counts,
    });
    const standing = await readStanding(world.services, { incidentId, planDigest: digest });
    const seen = await verifyRecovery(world.services, {
      ...{ incidentId, planDigest: digest, from: 0, to: 30, pass: 1 },
    });

    expect(again.digest).toBe(digest);
    expect(standing).toMatchObject({ state: 'approved', superseded: false });
    expect(result).toMatchObject({ applied: 30, failed: 0 });
    expect(seen).toEqual({ verified: 30, mismatched: 0, pending: 0 });
    const { undo, record, ...rest } = await world.incident();
    const { undo: _, record: before, ...unchanged } = closed;
    expect(rest).toMatchObject(unchanged);
    expect(record.entries).toBeGreaterThan(before.entries);
    expect(undo).toMatchObject({
      planDigest: digest,
      approvals: { required: ['operator', 'approver'], given: [{ by: olga }, { by: anna }] },
      execution: { applied: 30 },
    });
    const old = await verifyRecovery(world.services, {
      ...{ incidentId, planDigest: recovery, from: 0, to: 30, pass: 1 },
    });
    expect(old).toMatchObject({ verified: 0, pending: 30 });
  });

  it('stops for its own marks, not for those of the recovery', async () => {
    const world = createCase();
    world.directory.put(damagedUser(0));
    await recovered(world, plannedUsers(1));
    await world.put('marks', { cancel: { by: carl, at: '' }, hold: { by: carl, at: '', why: '' } });
    await world.put('undoMarks', { cancel: null, hold: { by: carl, at: '', why: 'look' } });

    const held = await undone(world);
    await world.put('undoMarks', { cancel: null, hold: null });
    const resumed = await execute(world, held.digest, 1);

    expect(held.result).toMatchObject({ stopped: 'held', applied: 0 });
    expect(resumed).toMatchObject({ stopped: null, applied: 1 });
  });

  it('tells its steps and its end in its own part of the document and the record', async () => {
    const world = createCase();
    world.directory.put(damagedUser(0));
    await recovered(world, plannedUsers(1));
    await undone(world);
    const line = { incidentId, at: world.clock.iso(), step: 'verify', state: 'done' } as const;
    await reportUndo(world.services, {
      ...{ ...line, key: 'verify-2-ended', summary: '1 verified.' },
      patch: {
        state: 'verifying',
        verification: {
          ...{ verified: 1, mismatched: 0, pending: 0, expected: 1 },
          signIns: { seen: 0, sampled: 0 },
        },
      },
    });
    await closeUndo(world.services, {
      ...{ incidentId, at: world.clock.iso(), outcome: 'recovered', why: 'all read back' },
    });

    const incident = await world.incident();
    expect(incident).toMatchObject({ state: 'closed', outcome: 'recovered', verification: null });
    expect(incident.undo).toMatchObject({
      ...{ state: 'closed', outcome: 'recovered', summary: 'all read back' },
      verification: { verified: 1 },
    });
    expect(world.kinds()).toEqual(
      expect.arrayContaining(['undo.plan', 'undo.verify.done', 'undo.closed']),
    );
  });
});
