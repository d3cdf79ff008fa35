import { readStanding } from '../../functions/activities/approve/read-standing.js';
import { remindApprovers } from '../../functions/activities/approve/remind-approvers.js';
import { requestApproval } from '../../functions/activities/approve/request-approval.js';
import { settleCard } from '../../functions/activities/approve/settle-card.js';
import { closeSweep } from '../../functions/activities/scope/close-sweep.js';
import { queryAuditLogs } from '../../functions/activities/scope/query-audit-logs.js';
import type { Ledger } from '../../shared/domain/approval/approval.js';
import type { Window } from '../../shared/domain/incident/incident.js';
import {
  actor,
  anna,
  carl,
  createCase,
  incidentId,
  membership,
  olga,
  plannedUser,
  plannedUsers,
  policyWith,
  staff,
  userId,
  type Case,
} from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';
import { putOnRecord } from '../support/memory-store.js';

async function planned(count = 30) {
  const world = createCase();
  await world.open();
  const planDigest = await world.plan(plannedUsers(count));
  return { world, planDigest };
}
const ask = (world: Case, planDigest: string) =>
  requestApproval(world.services, { incidentId, planDigest, planVersion: 1 });
const stand = (world: Case, planDigest: string) =>
  readStanding(world.services, { incidentId, planDigest });

describe('asking for approval', () => {
  it.each([
    [25, ['operator']],
    [26, ['operator', 'approver']],
  ])('of %i objects asks %j', async (count, required) => {
    const { world, planDigest } = await planned(count);

    const asked = await ask(world, planDigest);

    expect(asked).toMatchObject({ required, delivered: true });
    expect((await world.incident()).approvals).toEqual({ required, given: [] });
  });

  it('run again finds the same request, nonce and card, and asks nobody twice', async () => {
    const { world, planDigest } = await planned();
    const first = await ask(world, planDigest);
    const before = await world.store.readLedger(incidentId);

    const again = await ask(world, planDigest);

    expect(again).toEqual(first);
    expect(await world.store.readLedger(incidentId)).toEqual(before);
    expect(world.told('card')).toHaveLength(1);
    expect(world.summaries('approval.asked')).toHaveLength(1);
  });

  it('run again after a decision keeps showing the decision', async () => {
    const { world, planDigest } = await planned();
    await world.approve(planDigest, [olga]);

    await ask(world, planDigest);

    expect((await world.incident()).approvals.given).toMatchObject([{ by: olga }]);
  });

  it('approves nothing by itself', async () => {
    const { world, planDigest } = await planned();
    await ask(world, planDigest);

    expect(await stand(world, planDigest)).toMatchObject({
      state: 'open',
      remaining: ['operator', 'approver'],
    });
  });

  it('names as diagnosticians whoever opened by hand and whoever named actors, each once', async () => {
    const world = createCase();
    await world.open({}, { openedBy: carl });
    await world.put('actors', { version: 1, add: [], remove: [], by: [carl, anna] });
    const planDigest = await world.plan(plannedUsers(30));

    await ask(world, planDigest);

    const { requests } = await world.store.readLedger(incidentId);
    expect(requests[0]).toMatchObject({ diagnosticians: [carl, anna], actorIds: [actor.id] });
  });

  it('with a card that cannot be delivered goes to the urgent channel once, and warns', async () => {
    const { world, planDigest } = await planned();
    world.works.card = false;

    const asked = await ask(world, planDigest);
    await ask(world, planDigest);

    expect(asked.delivered).toBe(false);
    expect(world.told('urgent')).toHaveLength(1);
    expect(world.told('urgent')[0]).toContain(planDigest);
    expect((await world.incident()).warnings).toEqual([
      expect.stringContaining('could not be delivered') as string,
    ]);
    expect(world.kinds()).toContain('approval.undelivered');
  });

  it('that no channel took at all is written down as untold', async () => {
    const { world, planDigest } = await planned();
    world.works.card = false;
    world.works.urgent = false;

    await ask(world, planDigest);

    expect(world.kinds()).toContain('approval.untold');
  });
});

describe('the standing', () => {
  it('goes from open to approved with the second person, and brings the card up to date', async () => {
    const { world, planDigest } = await planned();
    await ask(world, planDigest);
    await decideAs(world, planDigest, [olga]);
    const one = await stand(world, planDigest);
    await decideAs(world, planDigest, [anna]);

    const both = await stand(world, planDigest);

    expect(one).toMatchObject({ state: 'open', remaining: ['approver'], superseded: false });
    expect(world.told('update')).toHaveLength(1);
    expect(both).toMatchObject({ state: 'approved', remaining: [] });
    expect((await world.incident()).approvals.given).toHaveLength(2);
  });

  it('loses the word of a person who was removed from the policy', async () => {
    const { world, planDigest } = await planned();
    await world.approve(planDigest);
    await stand(world, planDigest);
    world.inForce.policy = policyWith({ people: { operators: [] } });

    const now = await stand(world, planDigest);

    expect(now).toMatchObject({ state: 'open', remaining: ['operator'] });
    expect((await world.incident()).approvals.given).toMatchObject([{ by: anna }]);
  });

  it('shows who stands there now when one person was replaced by another', async () => {
    const { world, planDigest } = await planned();
    await world.approve(planDigest);
    await world.store.updateIncident(incidentId, (open) => ({
      ...open,
      approvals: {
        ...open.approvals,
        given: [carl, anna].map((by) => ({ by, countedAs: 'operator', at: '', via: 'http' })),
      },
    }));

    await stand(world, planDigest);

    expect((await world.incident()).approvals.given.map(({ by }) => by)).toEqual([olga, anna]);
  });

  it('takes no word that stands in the ledger alone, without its entry in the record', async () => {
    const { world, planDigest } = await planned();
    await ask(world, planDigest);
    await decideAs(world, planDigest, [olga]);
    await world.store.updateLedger(incidentId, (ledger: Ledger) => ({
      ...ledger,
      decisions: ledger.decisions.flatMap((one) => [
        one,
        { ...one, by: anna, countedAs: 'approver' as const },
      ]),
    }));

    expect(await stand(world, planDigest)).toMatchObject({
      state: 'open',
      remaining: ['approver'],
    });
  });

  it('is expired when nobody decided in time, and tells marks as they are', async () => {
    const { world, planDigest } = await planned();
    await ask(world, planDigest);
    await world.put('marks', { cancel: null, hold: { by: olga, at: '', why: '' } });
    world.clock.advance(240 * 60_000);

    expect(await stand(world, planDigest)).toMatchObject({
      ...{ state: 'expired', superseded: false, held: true, cancelled: false },
    });
  });
});

describe('a plan is superseded', () => {
  it('when other actors are named, even in the moment it is approved', async () => {
    const { world, planDigest } = await planned();
    await world.approve(planDigest);
    await world.put('actors', { version: 1, add: [], remove: ['x'], by: [carl] });

    expect(await stand(world, planDigest)).toMatchObject({ superseded: true });
  });

  it.each([
    ['an object of it', userId(3)],
    ['a group of it', staff],
  ])('when %s is protected since', async (_what, id) => {
    const world = createCase();
    await world.open();
    const planDigest = await world.plan([
      ...plannedUsers(5),
      plannedUser(6, { deltas: [membership('addMember')] }),
    ]);
    await ask(world, planDigest);
    world.inForce.policy = policyWith({ protected: { neverTouchIds: [id] } });

    expect(await stand(world, planDigest)).toMatchObject({ superseded: true });
  });

  it('not when something else is protected since', async () => {
    const { world, planDigest } = await planned();
    await ask(world, planDigest);
    world.inForce.policy = policyWith({ protected: { neverTouchIds: ['unrelated'] } });

    expect(await stand(world, planDigest)).toMatchObject({ superseded: false });
  });
});

describe('an alert that joins while approval is awaited', () => {
  const scoped: Window = { from: '2026-11-20T19:30:00.000Z', to: '2026-11-20T21:00:00.000Z' };

  /** A plan whose scope holds one row at 20:40, and an alert that reports earlier activity. */
  async function joined() {
    const world = createCase();
    await world.open();
    world.auditLog.rows.push(auditRow({ byId: actor.id }));
    const job = { incidentId, sweep: 1 };
    const slice = await queryAuditLogs(world.services, { ...job, actors: [actor], window: scoped });
    const { digest } = await closeSweep(world.services, { ...job, slices: [slice.artefact!] });
    await world.store.updateIncident(incidentId, (open) => ({
      ...open,
      scope: { ...open.scope, digest },
    }));
    const planDigest = await world.plan(plannedUsers(30), { scopeDigest: digest });
    await ask(world, planDigest);
    await world.store.updateIncident(incidentId, (open) => ({
      ...open,
      window: { ...open.window, from: '2026-11-20T19:00:00.000Z' },
    }));
    return { world, planDigest };
  }
  const earlierRow = () =>
    auditRow({ byId: actor.id, at: '2026-11-20T18:30:00Z', objectId: userId(77) });
  const basisOf = async (world: Case) =>
    (
      (await world.store.readDocument<never>(incidentId, 'plan')) as unknown as {
        basis: { windowFrom: string };
      }
    ).basis;

  it('makes a new version when it adds a write of the actor', async () => {
    const { world, planDigest } = await joined();
    world.auditLog.rows.push(earlierRow());

    expect(await stand(world, planDigest)).toMatchObject({ superseded: true });
  });

  it('leaves the plan standing with a warning when it adds none, and the doors take decisions again', async () => {
    const { world, planDigest } = await joined();
    world.auditLog.rows.push(
      { ...earlierRow(), by: { ...earlierRow().by, id: 'somebody else' } },
      { ...earlierRow(), succeeded: false },
    );

    const first = await stand(world, planDigest);
    await stand(world, planDigest);

    expect(first).toMatchObject({ superseded: false, state: 'open' });
    expect((await world.incident()).warnings).toEqual([
      expect.stringContaining('adds no write of the actor') as string,
    ]);
    expect(world.summaries('plan.stands')).toHaveLength(1);
    expect((await basisOf(world)).windowFrom).toBe((await world.incident()).window.from);
  });

  it('is looked at again until late rows have had the settle time, then no more', async () => {
    const { world, planDigest } = await joined();
    await stand(world, planDigest);
    const looks = () => world.auditLog.asked.length;
    const after = looks();
    world.clock.advance(5 * 60_000);
    await stand(world, planDigest);
    world.clock.advance(11 * 60_000);
    await stand(world, planDigest);
    expect(looks()).toBe(after + 2);

    await stand(world, planDigest);

    expect(looks()).toBe(after + 2);
  });

  it('makes a new version when its row arrives late', async () => {
    const { world, planDigest } = await joined();
    await stand(world, planDigest);
    world.clock.advance(5 * 60_000);
    world.auditLog.rows.push(earlierRow());

    expect(await stand(world, planDigest)).toMatchObject({ superseded: true });
  });
});

describe('rows that reach the trail late', () => {
  /** A plan on a scope that holds every row there is; nobody joins. */
  async function awaited() {
    const world = createCase();
    await world.open();
    world.auditLog.rows.push(auditRow({ byId: actor.id }));
    const window: Window = { from: '2026-11-20T19:30:00.000Z', to: '2026-11-20T21:00:00.000Z' };
    const job = { incidentId, sweep: 1 };
    const slice = await queryAuditLogs(world.services, { ...job, actors: [actor], window });
    const { digest } = await closeSweep(world.services, { ...job, slices: [slice.artefact!] });
    const planDigest = await world.plan(plannedUsers(30), { scopeDigest: digest });
    await ask(world, planDigest);
    return { world, planDigest };
  }

  it('draw a new version while approval is awaited, without any alert', async () => {
    const { world, planDigest } = await awaited();
    expect(await stand(world, planDigest)).toMatchObject({ superseded: false });

    world.clock.advance(4 * 60_000);
    world.auditLog.rows.push(
      auditRow({ byId: actor.id, at: '2026-11-20T20:41:00Z', objectId: userId(78) }),
    );

    expect(await stand(world, planDigest)).toMatchObject({ superseded: true });
  });

  it('are looked for until the settle time is over, then the plan stands', async () => {
    const { world, planDigest } = await awaited();
    await stand(world, planDigest);
    world.clock.advance(16 * 60_000);
    await stand(world, planDigest);
    const looks = world.auditLog.asked.length;

    await stand(world, planDigest);

    expect(world.auditLog.asked).toHaveLength(looks);
  });
});

describe('reminders', () => {
  it('go out once per number however often the activity runs, and name who is missing', async () => {
    const { world, planDigest } = await planned();
    await world.approve(planDigest, [olga]);

    for (const reminder of [1, 1, 2]) {
      await remindApprovers(world.services, { incidentId, planDigest, reminder });
    }

    expect(world.told('notice')).toHaveLength(2);
    expect(world.told('urgent')).toHaveLength(2);
    expect(world.told('notice')[0]).toContain('still waiting for approver');
    expect(world.summaries('approval.reminded')).toHaveLength(2);
  });

  it('that no channel took are written down as undelivered and tried again', async () => {
    const { world, planDigest } = await planned();
    await ask(world, planDigest);
    Object.assign(world.works, { notice: false, urgent: false });
    const job = { incidentId, planDigest, reminder: 1 };

    const lost = await remindApprovers(world.services, job);
    world.works.notice = true;
    const told = await remindApprovers(world.services, job);

    expect([lost.told, told.told]).toEqual([false, true]);
    expect(world.kinds()).toContain('approval.reminder.undelivered');
  });

  it('disturb nobody once the plan is decided', async () => {
    const { world, planDigest } = await planned();
    await world.approve(planDigest);

    await remindApprovers(world.services, { incidentId, planDigest, reminder: 1 });

    expect(world.sent).toEqual([]);
  });
});

it('the settled card has no buttons any more', async () => {
  const { world, planDigest } = await planned();
  await ask(world, planDigest);

  const { told } = await settleCard(world.services, { incidentId, planDigest, text: 'Rejected.' });

  expect(told).toBe(true);
  expect(world.told('card')[0]).toContain('Action.Execute');
  expect(world.told('update')[0]).not.toContain('Action.Execute');
});

/** Adds decisions to the request that is already there. */
async function decideAs(world: Case, planDigest: string, people: readonly (typeof olga)[]) {
  const scratch = createCase();
  await scratch.open();
  await scratch.approve(planDigest, people);
  const { decisions } = await scratch.store.readLedger(incidentId);
  await world.store.updateLedger(incidentId, (ledger: Ledger) => ({
    ...ledger,
    decisions: [...ledger.decisions, ...decisions],
  }));
  await putOnRecord(world.store, incidentId, decisions);
}
