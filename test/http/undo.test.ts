import { newUndo } from '../../shared/domain/plan/undo-view.js';
import type { UndoView } from '../../shared/domain/incident/incident.js';
import { createDoors, ids, type Doors, type Who } from '../support/doors.js';
import { incidentId, kinds, plannedUser, seedIncident, seedPlan } from '../support/cases.js';

const undoDigest = `sha256:${'d'.repeat(64)}`;
const execution = { executor: 'surgical', waves: [], applied: 30, skipped: 0, failed: 0 } as const;

const on = (doors: Doors, name: string, as: Who, body?: unknown) =>
  doors.call(name, { as, params: { id: incidentId }, ...(body === undefined ? {} : { body }) });

async function closed(change: Parameters<typeof seedIncident>[1] = {}): Promise<Doors> {
  const doors = createDoors();
  await seedIncident(doors, { state: 'closed', outcome: 'recovered', execution, ...change });
  return doors;
}

const patchUndo = (doors: Doors, change: Partial<UndoView>) =>
  doors.store.updateIncident(incidentId, (open) => ({
    ...open,
    undo: { ...newUndo({ id: ids.commander, name: 'commander' }, 'now'), ...open.undo, ...change },
  }));

/** The run, as far as the door can see it: the plan is drawn and its approval is asked for. */
async function drawn(doors: Doors): Promise<void> {
  const looks = doors.now() + 10_000;
  while (doors.now() < looks) await new Promise(setImmediate);
  expect(doors.instances).toContain(`${incidentId}-undo`);
  await patchUndo(doors, { state: 'awaitingApproval', planDigest: undoDigest });
}

describe('the undo of a closed incident', () => {
  it('starts a run of its own and answers the digest of the plan that awaits approval', async () => {
    const doors = await closed();

    const [got] = await Promise.all([on(doors, 'undoIncident', 'commander'), drawn(doors)]);

    expect(got).toMatchObject({ status: 202, body: { planDigest: undoDigest } });
    expect(kinds(doors)).toContain('undo.asked');
    const { state, outcome } = (await doors.store.readIncident(incidentId))!;
    expect({ state, outcome }).toEqual({ state: 'closed', outcome: 'recovered' });
  });

  it('that takes long to draw is answered without a digest, and asking again is the same question', async () => {
    const doors = await closed();

    const first = await on(doors, 'undoIncident', 'commander');
    const [again] = await Promise.all([on(doors, 'undoIncident', 'commander'), drawn(doors)]);

    expect(first).toMatchObject({ status: 202, body: { planDigest: null } });
    expect(again).toMatchObject({ status: 202, body: { planDigest: undoDigest } });
    expect(kinds(doors).filter((kind) => kind === 'undo.asked')).toHaveLength(1);
  });

  it.each<[string, Parameters<typeof seedIncident>[1], Who, number, string]>([
    ['before the end', { state: 'verifying' }, 'commander', 409, 'INCIDENT_NOT_CLOSED'],
    ['when nothing was written', { execution: null }, 'commander', 422, 'VALIDATION_FAILED'],
    ['by an operator', {}, 'operator', 403, 'NOT_PERMITTED'],
    ['by the actor', {}, 'actor', 403, 'DECIDER_IS_ACTOR'],
  ])('is refused %s', async (_when, change, as, status, code) => {
    const doors = await closed(change);

    const got = await on(doors, 'undoIncident', as);

    expect(got).toMatchObject({ status, body: { code } });
    expect(doors.instances).not.toContain(`${incidentId}-undo`);
  });

  it('is refused the second time, whatever became of the first', async () => {
    const doors = await closed();
    await patchUndo(doors, { state: 'closed', planDigest: undoDigest, outcome: 'rejected' });

    const got = await on(doors, 'undoIncident', 'commander');

    expect(got).toMatchObject({ status: 409, body: { code: 'INCIDENT_CLOSED' } });
  });
});

describe('decisions on an undo', () => {
  const approve = (planDigest: string) => ({ decision: 'approve', planDigest });

  async function awaiting(state: UndoView['state'] = 'awaitingApproval') {
    const doors = await closed();
    const { digest } = await seedPlan(doors, [plannedUser(1)]);
    await doors.store.updateIncident(incidentId, (open) => ({ ...open, state: 'closed' }));
    await patchUndo(doors, { state, planDigest: digest });
    return { doors, digest };
  }

  it('are taken while it awaits approval, and wake its own run', async () => {
    const { doors, digest } = await awaiting();

    const got = await on(doors, 'decideOverHttp', 'operator', approve(digest));

    expect(got).toMatchObject({ status: 202, body: { countedAs: 'operator' } });
    expect(doors.wakes).toMatchObject([
      { incidentId: `${incidentId}-undo`, event: 'approvalDecided' },
    ]);
  });

  it.each(['executing', 'closed'] as const)('are refused while it is %s', async (state) => {
    const { doors, digest } = await awaiting(state);

    const got = await on(doors, 'decideOverHttp', 'operator', approve(digest));

    expect(got).toMatchObject({ status: 409, body: { code: 'INCIDENT_CLOSED' } });
  });

  it('hold, resume and cancel reach the undo alone', async () => {
    const { doors } = await awaiting('executing');

    const got = await on(doors, 'holdIncident', 'commander', {});

    expect(got.status).toBe(202);
    expect(await doors.store.readDocument(incidentId, 'undoMarks')).toMatchObject({
      hold: { by: { id: ids.commander } },
    });
    expect(await doors.store.readDocument(incidentId, 'marks')).toBeNull();
    expect(doors.wakes).toMatchObject([{ incidentId: `${incidentId}-undo` }]);
  });
});
