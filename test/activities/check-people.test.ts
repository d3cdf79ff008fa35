import { checkPeople, lookAtDeciders } from '../../functions/activities/approve/check-people.js';
import { requestApproval } from '../../functions/activities/approve/request-approval.js';
import { watchPeople } from '../../functions/activities/approve/watch-people.js';
import { closeSweep } from '../../functions/activities/scope/close-sweep.js';
import { queryAuditLogs } from '../../functions/activities/scope/query-audit-logs.js';
import { newUndo } from '../../shared/domain/plan/undo-view.js';
import type { Person } from '../../shared/domain/identities.js';
import { RewindError } from '../../shared/errors.js';
import {
  actor,
  anna,
  carl,
  createCase,
  damagedUser,
  incidentId,
  olga,
  plannedUsers,
  policyWith,
  type Case,
} from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';

const pin = ({ id, name }: Person) => ({ objectId: id, name });
const glass = { id: '22222222-0000-4000-8000-000000000009', name: 'Gerda' };

async function asked(before: (world: Case) => unknown = () => undefined) {
  const world = createCase();
  world.inForce.policy = policyWith({
    people: { breakGlassApprovers: [{ objectId: glass.id, name: glass.name }] },
  });
  world.directory.addIdentity({ ...glass });
  await world.open();
  const planDigest = await world.plan(plannedUsers(30));
  await before(world);
  await requestApproval(world.services, { incidentId, planDigest, planVersion: 1 });
  return { world, planDigest };
}
async function look(world: Case): Promise<string[]> {
  const logged: string[] = [];
  await watchPeople(world.services, (line) => void logged.push(line));
  return logged;
}
const disable = (world: Case, id: string) => world.directory.addIdentity({ id, enabled: false });

describe('who must decide and cannot', () => {
  it('is nobody on a good day, and nothing is told', async () => {
    const { world } = await asked();
    const before = world.store.snapshot();

    await look(world);

    expect((await world.incident()).unable).toEqual([]);
    expect(world.told('urgent')).toEqual([]);
    expect(world.store.snapshot()).toBe(before);
  });

  it('is named in the document and on the card, and the second channel hears of a missing quorum at once', async () => {
    const { world } = await asked((one) => disable(one, anna.id));

    expect((await world.incident()).unable).toEqual([{ ...anna, why: 'is disabled' }]);
    expect(world.told('update').at(-1) ?? world.told('card').at(-1)).toContain('Cannot act');
    expect(world.told('urgent')).toHaveLength(1);
    expect(world.told('urgent')[0]).toMatch(/Anna is disabled.*Gerda/s);
    expect(await world.store.readLedger(incidentId)).toMatchObject({
      unable: [anna.id],
      gone: [anna.id],
    });
    expect(world.kinds()).toEqual(expect.arrayContaining(['people.unable', 'quorum.missing']));
  });

  it('is also who a policy keeps out as it is now; who may be kept out is not counted as unable', async () => {
    const policy = (id: string, state: string) => ({
      ...{ id, displayName: 'Block', state, grantControls: { builtInControls: ['block'] } },
      conditions: {
        clientAppTypes: ['all'],
        users: { includeUsers: [id === 'certain' ? anna.id : olga.id] },
        applications: { includeApplications: ['All'] },
        ...(id === 'certain' ? {} : { signInRiskLevels: ['high'] }),
      },
    });
    const { world } = await asked((one) => {
      one.directory.script.conditionalAccess = () => ({
        policies: [policy('certain', 'enabled'), policy('perhaps', 'enabled')],
        ...{ deleted: [], ownAppId: 'our-api' },
      });
      one.directory.put(
        ...[olga, anna].map(({ id }) => damagedUser(0, { objectId: id, properties: {} })),
      );
    });

    expect((await world.incident()).unable).toEqual([
      { ...anna, why: 'is kept out by a policy as it is now' },
    ]);
    expect((await world.store.readLedger(incidentId)).gone).toEqual([]);
  });

  it('is found while the decision is awaited, told once, and forgotten when the person is back', async () => {
    const { world } = await asked();
    disable(world, olga.id);

    await look(world);
    await look(world);
    const missing = world.told('urgent').length;
    expect((await world.incident()).warnings).toEqual([expect.stringContaining('Olga')]);
    world.directory.addIdentity({ ...olga, enabled: true });
    await look(world);

    expect(missing).toBe(1);
    expect(await world.store.readLedger(incidentId)).toMatchObject({ unable: [], gone: [] });
    expect(await world.incident()).toMatchObject({ unable: [], warnings: [] });
    expect(world.told('urgent')).toHaveLength(1);
  });

  it('is told again, once, when the same person was back and is gone again', async () => {
    const { world } = await asked();
    disable(world, olga.id);
    await look(world);
    world.directory.addIdentity({ ...olga, enabled: true });
    await look(world);
    disable(world, olga.id);

    await look(world);
    await look(world);

    expect(world.told('urgent')).toHaveLength(2);
    expect(world.kinds().filter((kind) => kind === 'quorum.missing')).toHaveLength(2);
  });

  it('is found as well while the undo of a closed incident awaits its decision', async () => {
    const { world } = await asked();
    await world.store.updateIncident(incidentId, (open) => ({
      ...open,
      state: 'closed',
      undo: { ...newUndo(olga, world.clock.iso()), state: 'awaitingApproval' },
    }));
    disable(world, olga.id);

    await look(world);

    expect((await world.incident()).unable).toEqual([{ ...olga, why: 'is disabled' }]);
    expect(world.told('urgent')).toHaveLength(1);
  });

  it('is told again when the channel did not take it', async () => {
    const { world } = await asked();
    disable(world, olga.id);
    world.works.urgent = false;
    await look(world);
    world.works.urgent = true;

    await look(world);

    expect(world.kinds()).toEqual(expect.arrayContaining(['quorum.untold', 'quorum.missing']));
  });

  it('is nobody’s business once the plan is decided', async () => {
    const { world, planDigest } = await asked();
    await world.approve(planDigest);
    disable(world, olga.id);

    await look(world);

    expect(world.told('urgent')).toEqual([]);
  });
});

describe('at the opening, before there is a plan', () => {
  /** An incident just opened; two of the four pinned people may be unable. */
  async function opened(before: (world: Case) => unknown = () => undefined) {
    const world = createCase();
    world.inForce.policy = policyWith({
      people: {
        operators: [pin(olga), pin(carl)],
        breakGlassApprovers: [{ objectId: glass.id, name: glass.name }],
      },
    });
    world.directory.addIdentity({ ...glass });
    await world.open({ state: 'containing' });
    await before(world);
    const found = await lookAtDeciders(world.services, { incidentId });
    return { world, found };
  }

  it('nobody is missed on a good day, and nothing is told', async () => {
    const { world, found } = await opened();

    expect(found).toEqual({ checked: true, quorum: true });
    expect(world.sent).toEqual([]);
    expect((await world.incident()).unable).toEqual([]);
  });

  it('who cannot act is named in the document and in a notice while others suffice', async () => {
    const { world, found } = await opened((one) => disable(one, olga.id));
    await look(world);

    expect(found.quorum).toBe(true);
    expect((await world.incident()).unable).toEqual([{ ...olga, why: 'is disabled' }]);
    expect(world.told('notice')).toEqual([expect.stringMatching(/Olga is disabled.*suffice/)]);
    expect(world.told('urgent')).toEqual([]);
  });

  it('a quorum that is asked for larger plans and cannot be had is told at once, and once', async () => {
    const { world, found } = await opened((one) => disable(one, anna.id));
    await look(world);
    await look(world);

    expect(found.quorum).toBe(false);
    expect(world.told('urgent')).toEqual([
      expect.stringMatching(/Larger plans.*more than 25 objects.*Anna is disabled.*Gerda/s),
    ]);
    expect(await world.store.readLedger(incidentId)).toMatchObject({
      requests: [],
      unable: [anna.id],
      gone: [anna.id],
    });
  });

  it('is told otherwise when not even a small plan could be approved, in place of what was told before', async () => {
    const { world } = await opened((one) => disable(one, anna.id));
    disable(world, olga.id);
    disable(world, carl.id);
    await look(world);

    expect(world.told('urgent')).toHaveLength(2);
    expect((await world.incident()).warnings).toEqual([
      expect.stringMatching(/could approve no plan.*Olga.*Carl.*Anna/s),
    ]);
  });

  it('a warning about larger plans is gone once a small one waits for an operator alone', async () => {
    const { world } = await opened((one) => disable(one, anna.id));
    const planDigest = await world.plan(plannedUsers(3));
    await requestApproval(world.services, { incidentId, planDigest, planVersion: 1 });

    expect((await world.incident()).warnings).toEqual([]);
    expect(world.kinds()).toContain('quorum.missing');
  });

  it('an actor among those who must decide is no quorum', async () => {
    const { world, found } = await opened((one) =>
      one.store.updateIncident(incidentId, (open) => ({
        ...open,
        actors: [{ kind: 'user', ...anna, containment: 'contained', provenAt: null }],
      })),
    );

    expect(found.quorum).toBe(false);
    expect(world.told('urgent')).toHaveLength(1);
  });

  it('damage is told beside the reason as soon as the first sweep has it', async () => {
    const { world } = await opened((one) => disable(one, olga.id));
    world.auditLog.rows.push(auditRow({ byId: actor.id, objectId: olga.id }));
    const job = { incidentId, sweep: 1 };
    const window = { from: '2026-11-20T19:30:00.000Z', to: '2026-11-20T21:00:00.000Z' };
    const slice = await queryAuditLogs(world.services, { ...job, actors: [actor], window });
    await closeSweep(world.services, { ...job, slices: [slice.artefact!] });

    await look(world);

    expect((await world.incident()).unable).toEqual([
      { ...olga, why: 'is disabled, and is part of the damage' },
    ]);
    expect(world.told('notice')).toHaveLength(1);
  });

  it('an unreadable directory concludes nothing, and the minute timer looks again', async () => {
    const { world, found } = await opened((one) => {
      disable(one, anna.id);
      one.services.directory.readConditionalAccess = () =>
        Promise.reject(new RewindError('GRAPH_UNAVAILABLE', 'Graph does not answer.'));
    });
    const told = world.sent.length;
    world.services.directory.readConditionalAccess = () =>
      Promise.resolve({ policies: [], deleted: [], ownAppId: 'our-api' });
    await look(world);

    expect(found).toEqual({ checked: false, quorum: null });
    expect(world.kinds()).toContain('people.unchecked');
    expect(told).toBe(0);
    expect(world.told('urgent')).toHaveLength(1);
  });

  it.each([
    ['the directory rejects', new RewindError('GRAPH_REJECTED', 'Graph says 403.')],
    ['the ledger cannot be read', new RewindError('INVARIANT_BROKEN', 'Not a ledger.')],
    ['a defect of ours throws', new TypeError('x is undefined')],
  ])('concludes nothing and is no end of the incident when %s', async (_, fault) => {
    const { world } = await opened();
    world.services.directory.readIdentity = () => Promise.reject(fault);

    expect(await world.handlers.checkPeople({ incidentId })).toEqual({
      checked: false,
      quorum: null,
    });
    expect(world.kinds()).toContain('people.unchecked');
    expect(world.told('urgent')).toEqual([]);
  });

  it('a hundred incidents look each person up once a minute', async () => {
    const { world } = await opened();
    const one = await world.incident();
    for (let number = 0; number < 100; number += 1) {
      const id = `inc-${String(number).padStart(32, '0')}`;
      await world.open({ ...one, id });
    }
    const { readIdentity } = world.services.directory;
    const asked: string[] = [];
    world.services.directory.readIdentity = (kind, id) => {
      asked.push(id);
      return readIdentity(kind, id);
    };

    const logged = await look(world);

    expect(logged).toEqual([]);
    expect(asked.sort()).toEqual([olga.id, anna.id, carl.id, glass.id].sort());
  });
});

describe('while the directory cannot be read', () => {
  const outage = () =>
    Promise.reject(new RewindError('GRAPH_UNAVAILABLE', 'Graph does not answer.'));

  it('the plan is opened for decisions all the same, and nothing is concluded about anybody', async () => {
    const { world } = await asked((one) => {
      one.services.directory.readIdentity = outage;
    });

    expect(world.told('card')).toHaveLength(1);
    expect(world.kinds()).toContain('people.unchecked');
    expect((await world.store.readLedger(incidentId)).unable).toBeUndefined();
  });

  it('one incident that cannot be looked at keeps no other from it', async () => {
    const { world, planDigest } = await asked();
    world.services.directory.readIdentity = outage;

    const logged = await look(world);

    expect(logged.join()).toContain(`people of ${incidentId} not checked`);
    const [request] = (await world.store.readLedger(incidentId)).requests;
    await expect(checkPeople(world.services, incidentId, request!)).rejects.toThrow('Graph');
    expect(request?.planDigest).toBe(planDigest);
  });
});
