import { nameActors } from '../../functions/http/actors.js';
import type { Door } from '../../functions/http/door.js';
import { joinIncident } from '../../functions/http/join-incident.js';
import { revisePlan } from '../../functions/http/revisions.js';
import type { Intake } from '../../shared/domain/incident/intake.js';
import type { Json } from '../../shared/domain/json.js';
import {
  actor,
  carl,
  damagedUser,
  incidentId,
  policyWith,
  start,
  userId,
} from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';
import { awaitingApproval, type PointChecks } from '../support/point-checks.js';
import { changeOf } from '../support/service-waves.js';

const opens = new Date(start + 3 * 3_600_000).toISOString();
const users = [0, 1, 2];

/** A plan for three users that two persons approved, three hours before anything may be written. */
async function approvedBeforeTheWindow(): Promise<PointChecks> {
  const rows = users.map((n) => auditRow({ byId: actor.id, objectId: userId(n) }));
  const waiting = await awaitingApproval(rows, (world) => {
    world.inForce.policy = policyWith({
      approvals: { secondApproverAbove: 0 },
      execution: { notBefore: opens },
    });
    world.directory.put(...users.map((n) => damagedUser(n)));
    for (const n of users) world.recovery.changes.set(userId(n), changeOf(n));
  });
  await waiting.decide(...waiting.both);
  expect(await waiting.incident()).toMatchObject({
    state: 'awaitingApproval',
    waitingFor: { kind: 'changeWindow' },
  });
  return waiting;
}

async function call({ doors, incident, engine }: PointChecks, door: Door, body: object) {
  const caller = { kind: 'person', ...carl };
  const nothing = { request: null as never, context: null as never, query: undefined };
  const visit = { ...nothing, services: doors, caller, body, incident: await incident() };
  const { status } = await door.handle(visit);
  await engine.runUntilIdle();
  return status;
}

const lateRow = ({ auditLog }: PointChecks) =>
  auditLog.rows.push(auditRow({ byId: actor.id, objectId: userId(7) }));

const asked = ({ calls }: PointChecks) => calls.filter((name) => name === 'requestApproval').length;

test('a revision while the window is awaited is asked for at once, and only it is written once it opens', async () => {
  const waiting = await approvedBeforeTheWindow();
  const { digest } = await waiting.plan();

  const status = await call(waiting, revisePlan, {
    basedOn: digest,
    exclude: [userId(0)],
    note: 'hers is right',
  });

  expect(status).toBe(202);
  expect(asked(waiting)).toBe(2);
  expect(waiting.clock.now()).toBeLessThan(start + 60_000);
  const steps = waiting.summaries('step.execute.pending');
  expect(steps).toEqual([expect.stringMatching(/hers is right.*nothing was written/)]);
  await waiting.decide(...waiting.both);
  await waiting.until(() => Boolean(waiting.outcome()));
  expect(waiting.outcome()).toEqual({ how: '2 applied', version: 2 });
  expect(waiting.directory.batches[0]?.at).toBeGreaterThanOrEqual(Date.parse(opens));
  expect(waiting.directory.object(userId(0)).properties['accountEnabled']).toBe(false);
});

test.each<[string, (waiting: PointChecks) => Promise<unknown>]>([
  [
    'a newly named actor',
    (waiting) =>
      call(waiting, nameActors, { add: [{ userId: userId(9) }], remove: [], note: 'seen' }),
  ],
  [
    'an alert that joins and a late row of the actor',
    async (waiting) => {
      lateRow(waiting);
      const known = await waiting.store.readDocument<Json>(incidentId, 'intake');
      const intake = { ...(known as unknown as Intake), alertIds: ['another-alert'] };
      const runs = waiting.doors.runs(null as never);
      await joinIncident(waiting.doors, runs, incidentId, intake, carl);
      await waiting.engine.runUntilIdle();
    },
  ],
  [
    'a late row of the actor that nobody announces',
    async (waiting) => {
      lateRow(waiting);
      await waiting.engine.advanceTo(waiting.clock.now() + 31 * 60_000);
    },
  ],
])('%s ends the wait for the window, with nothing written', async (_what, happens) => {
  const waiting = await approvedBeforeTheWindow();
  await happens(waiting);

  expect(waiting.outcome()).toEqual({ how: 'superseded', version: 1 });
  expect(waiting.clock.now()).toBeLessThan(start + 60 * 60_000);
  expect(waiting.calls).not.toContain('executeRecovery');
  expect((await waiting.incident()).warnings.join()).not.toContain('during the execution');
});

test('a recovery point that says otherwise is asked in the window, and the plan drawn again before it opens', async () => {
  const waiting = await approvedBeforeTheWindow();
  waiting.directory.set(userId(1), { city: 'Bonn' });
  waiting.recovery.changes.set(
    userId(1),
    changeOf(1, {
      target: { accountEnabled: true, city: 'Ulm' },
      current: { accountEnabled: false, city: 'Bonn' },
    }),
  );
  await waiting.lend();
  await waiting.until(() => asked(waiting) === 2);

  expect(waiting.clock.now()).toBeLessThan(start + 30 * 60_000);
  expect(waiting.calls).not.toContain('executeRecovery');
});

test('without any change the plan is written when the window opens, not before', async () => {
  const waiting = await approvedBeforeTheWindow();
  await waiting.until(() => Boolean(waiting.outcome()));

  expect(waiting.outcome()).toEqual({ how: '3 applied', version: 1 });
  expect(asked(waiting)).toBe(1);
  expect(waiting.directory.batches[0]?.at).toBeGreaterThanOrEqual(Date.parse(opens));
});
