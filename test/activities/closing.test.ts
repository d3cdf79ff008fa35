import { askCommander } from '../../functions/activities/ask-commander.js';
import { closeIncident } from '../../functions/activities/verify/close-incident.js';
import { holdExecution } from '../../functions/activities/execute/hold-execution.js';
import { readCase } from '../../functions/activities/read-case.js';
import { reportStep } from '../../functions/activities/report-step.js';
import type { Incident, Outcome } from '../../shared/domain/incident/incident.js';
import {
  createCase,
  incidentId,
  olga,
  plannedUsers,
  policyWith,
  start,
} from '../support/activity-case.js';

const at = new Date(start + 600_000).toISOString();
const close = { incidentId, at, outcome: 'recovered' as Outcome, why: 'all read back' };
const execution = (applied: number): Incident['execution'] => ({
  ...{ executor: 'surgical', waves: [], applied, skipped: 0, failed: 0 },
});
const verification = (verified: number): Incident['verification'] => ({
  ...{ verified, mismatched: 0, pending: 0, signIns: { seen: 0, sampled: 0 } },
});

describe('closing', () => {
  it('writes the outcome, the last entry of the record, the places and the report', async () => {
    const world = createCase();
    await world.open();

    const { entries } = await closeIncident(world.services, {
      ...close,
      outcome: 'nothingToRecover',
    });

    const incident = await world.incident();
    expect(incident).toMatchObject({
      ...{ state: 'closed', outcome: 'nothingToRecover', closedAt: at, waitingFor: null },
      links: { record: expect.any(String) as string, report: expect.any(String) as string },
      record: { entries },
    });
    expect(world.summaries('closed')).toEqual(['nothingToRecover: all read back']);
    expect(await world.store.readReport(incidentId)).toContain(incidentId);
  });

  it('takes back what a fault left with a person, and no other task', async () => {
    const world = createCase();
    await world.open();
    const other = { incidentId, key: 'stop-it', text: 'Stop the script.', command: 'Stop-Script' };
    await askCommander(world.services, other);
    const list = { ...other, key: 'hand-off:0123456789ab:2:abc', command: 'POST recoveryJobs' };
    await askCommander(world.services, list);

    await closeIncident(world.services, { ...close, outcome: 'failed', why: 'GRAPH_REJECTED' });

    const { tasks } = await world.incident();
    expect(tasks).toMatchObject([{ id: 'stop-it' }, { command: null }]);
    expect(tasks[1]?.text).toContain('Nothing is to be started from hand-off-2.md');
    expect(world.told('urgent').at(-1)).toContain('the incident has closed (failed)');
    expect(world.kinds().at(-1)).toBe('closed');
  });

  it('gives the report the ledger and examples of the plan', async () => {
    const world = createCase();
    await world.open();
    const digest = await world.plan(plannedUsers(300));
    await world.approve(digest, [olga]);

    await closeIncident(world.services, { ...close, outcome: 'rejected' });

    const { incident, extras } = world.reports[0]!;
    expect(incident.state).toBe('closed');
    expect(extras?.ledger?.decisions).toMatchObject([{ by: olga }]);
    expect(extras?.examples).toHaveLength(200);
  });

  it('writes the report of an incident whose plan was altered on the disk', async () => {
    const world = createCase();
    await world.open();
    await world.plan(plannedUsers(3));
    const plan = (await world.store.readDocument<never>(incidentId, 'plan')) as unknown as {
      body: { chunks: { sha256: string }[] };
    };
    world.store.tamper(incidentId, plan.body.chunks[0]!.sha256, 'x');

    await closeIncident(world.services, { ...close, outcome: 'failed', why: 'INVARIANT_BROKEN' });

    expect(world.reports[0]?.extras?.examples).toEqual([]);
    expect(await world.incident()).toMatchObject({ state: 'closed', outcome: 'failed' });
  });

  it.each<[Outcome, number, number, Outcome]>([
    ['failed', 12, 0, 'failed'],
    ['expired', 12, 0, 'failed'],
    ['nothingToRecover', 12, 3, 'partiallyRecovered'],
    ['cancelled', 12, 0, 'cancelled'],
    ['failed', 0, 0, 'failed'],
    ['recovered', 30, 30, 'recovered'],
    ['recovered', 30, 29, 'partiallyRecovered'],
    ['recovered', 0, 0, 'failed'],
  ])(
    'as %s with %i written and %i of 30 verified is %s',
    async (claimed, applied, verified, outcome) => {
      const world = createCase();
      await world.open();
      await world.plan(plannedUsers(30));
      await world.store.updateIncident(incidentId, (open) => ({
        ...open,
        execution: execution(applied),
        verification: verification(verified),
      }));

      await closeIncident(world.services, { ...close, outcome: claimed });
      await closeIncident(world.services, { ...close, outcome: claimed });

      const incident = await world.incident();
      expect(incident.outcome).toBe(outcome);
      expect(incident.warnings).toEqual(claimed === outcome ? [] : [close.why]);
    },
  );

  it('ends what was under way, and run again changes and tells nothing twice', async () => {
    const world = createCase();
    await world.open();
    const line = { incidentId, at, step: 'scope', summary: 'reading' } as const;
    await reportStep(world.services, { ...line, key: 'scope', state: 'running' });
    await closeIncident(world.services, { ...close, outcome: 'cancelled' });
    const before = world.store.snapshot();

    await closeIncident(world.services, { ...close, outcome: 'cancelled' });

    expect(world.store.snapshot()).toBe(before);
    expect(world.told('notice')).toHaveLength(1);
    const scope = (await world.incident()).steps.find(({ name }) => name === 'scope');
    expect(scope).toMatchObject({ state: 'skipped', endedAt: at });
  });

  it.each(Array.from({ length: 4 }, (_, index) => index + 1))(
    'survives a crash at write %i of the store',
    async (place) => {
      const world = createCase();
      await world.open();
      world.store.failWrite(place);
      await closeIncident(world.services, { ...close, outcome: 'rejected' }).catch(() => null);
      world.store.failWrite(0);

      await closeIncident(world.services, { ...close, outcome: 'rejected' });

      expect(await world.incident()).toMatchObject({ state: 'closed', outcome: 'rejected' });
      expect(world.summaries('closed')).toHaveLength(1);
      expect(await world.store.readReport(incidentId)).not.toBeNull();
    },
  );
});

describe('a task for the commander', () => {
  const task = { incidentId, key: 'stop-it', text: 'Stop the script.', command: 'Stop-Script' };

  it('stands in the incident once and is told once per key, on both channels, with its command', async () => {
    const world = createCase();
    await world.open();

    await askCommander(world.services, task);
    await askCommander(world.services, task);
    await askCommander(world.services, { ...task, key: 'another' });

    expect((await world.incident()).tasks).toMatchObject([
      { id: 'stop-it', text: 'Stop the script.', command: 'Stop-Script' },
    ]);
    expect(world.told('urgent')).toHaveLength(2);
    expect(world.told('urgent')[0]).toContain('Stop-Script');
    expect(world.summaries('task')).toEqual(Array(2).fill('Stop the script. By hand: Stop-Script'));
  });

  it('that no channel took is written down as undelivered, and told by the next run', async () => {
    const world = createCase();
    await world.open();
    Object.assign(world.works, { notice: false, urgent: false });
    const lost = await askCommander(world.services, task);
    world.works.urgent = true;

    const told = await askCommander(world.services, task);

    expect([lost.told, told.told]).toEqual([false, true]);
    expect(world.kinds()).toEqual(['task.undelivered', 'task']);
    expect((await world.incident()).tasks).toHaveLength(1);
  });
});

describe('a hold by our own judgement', () => {
  it('leaves the mark that activities read, and is told once', async () => {
    const world = createCase();
    await world.open();
    const job = { incidentId, key: 'canary-1', why: 'The canary failed.' };

    await holdExecution(world.services, job);
    await holdExecution(world.services, job);

    expect(await readCase(world.services, { incidentId })).toMatchObject({
      ...{ held: true, cancelled: false },
    });
    expect(world.told('urgent')).toHaveLength(1);
    expect(world.summaries('hold')).toEqual(['The canary failed.']);
  });

  it('keeps a cancel that stands beside it', async () => {
    const world = createCase();
    await world.open();
    await world.put('marks', { cancel: { by: olga, at }, hold: null });

    await holdExecution(world.services, { incidentId, key: 'canary-1', why: 'failed' });

    expect(await readCase(world.services, { incidentId })).toMatchObject({ cancelled: true });
  });
});

describe('the case', () => {
  it('keeps the policy it began with, stricter only about people and protected ids', async () => {
    const world = createCase();
    await world.open();
    world.inForce.policy = policyWith({
      people: { approvers: [] },
      protected: { neverTouchIds: ['new'] },
      execution: { writeBudget: 1 },
      containment: { maxPerHour: 99 },
    });

    const { policy } = await readCase(world.services, { incidentId });

    expect(policy.people.approvers).toEqual([]);
    expect(policy.protected.neverTouchIds).toEqual(['new']);
    expect(policy.execution.writeBudget).toBe(0.8);
    expect(policy.containment.maxPerHour).toBe(3);
  });

  it('without its documents is refused for good instead of being retried', async () => {
    const world = createCase();

    expect(await world.handlers.readCase({ incidentId })).toMatchObject({
      refused: { code: 'INVARIANT_BROKEN' },
    });
  });

  it('is not read from an input of another shape', async () => {
    const world = createCase();

    await expect(world.handlers.readCase({ incidentId: '../x' })).rejects.toThrow();
  });
});
