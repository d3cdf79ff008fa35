import { checkPeople } from '../../functions/activities/approve/check-people.js';
import { requestApproval } from '../../functions/activities/approve/request-approval.js';
import { watchPeople } from '../../functions/activities/approve/watch-people.js';
import { newUndo } from '../../shared/domain/plan/undo-view.js';
import { RewindError } from '../../shared/errors.js';
import {
  anna,
  createCase,
  damagedUser,
  incidentId,
  olga,
  plannedUsers,
  policyWith,
  type Case,
} from '../support/activity-case.js';

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
    world.directory.addIdentity({ ...olga, enabled: true });
    await look(world);

    expect(missing).toBe(1);
    expect(await world.store.readLedger(incidentId)).toMatchObject({ unable: [], gone: [] });
    expect((await world.incident()).unable).toEqual([]);
    expect(world.told('urgent')).toHaveLength(1);
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
