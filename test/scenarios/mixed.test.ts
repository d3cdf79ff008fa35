import { scenarioFacts, userNow, writesOf } from '../support/tenant-truth.js';
import { startWorld, type World } from '../support/world.js';
import type { Incident } from '../../shared/domain/incident/incident.js';

const users = 48;

describe('mixed: every class of the attribution table at once', () => {
  const facts = scenarioFacts({ scenario: 'mixed', users });
  let world: World;
  let id: string;
  let closed: Incident;

  beforeAll(async () => {
    world = await startWorld({ scenario: 'mixed', users, speed: 3000 });
    id = await world.alert();
    await world.until(id, 'the plan waits for approval', (i) => i.state === 'awaitingApproval');
    await world.press('operator', 'approve', id);
    await world.press('approver', 'approve', id);
    await world.until(
      id,
      'a session is asked for, after everything else was written',
      (i) => i.waitingFor?.kind === 'operatorSession',
    );
    await world.api(`/incidents/${id}/operator-session`, { as: 'operator', method: 'POST' });
    closed = await world.until(id, 'the incident closes', (i) => i.state === 'closed', 120_000);
  }, 240_000);
  afterAll(() => world.stop());

  it('recovers everything that was planned', () => {
    expect(closed).toMatchObject({ outcome: 'recovered', execution: { failed: 0 } });
    expect(closed.verification?.verified).toBe(closed.plan?.objects);
  });

  it.each([
    'otherOnly',
    'unexplained',
    'created',
    'hardDeleted',
    'synced',
    'roleHolders',
    'roleGroupMembers',
    'unknownOldValue',
  ])('our own identity leaves %s untouched', async (fact) => {
    const ids = facts[fact] ?? [];
    const touched = (await writesOf(world)).filter(({ objectId }) => ids.includes(objectId));

    expect(ids.length).toBeGreaterThan(0);
    expect(touched).toEqual([]);
  });

  it('restores what the actor deleted softly', async () => {
    for (const deleted of facts['softDeleted'] ?? []) {
      expect(await userNow(world, deleted)).toMatchObject({ state: 'live' });
    }
  });

  it('leaves a property alone that another person wrote after the actor, and names it', async () => {
    const overwritten = facts['overwrittenLater'] ?? [];
    const { body } = await world.api(`/incidents/${id}/plan`, { as: 'reader' });
    const text = JSON.stringify(body);

    expect(overwritten.length).toBeGreaterThan(0);
    for (const one of overwritten) expect(text).toContain(one);
  });

  it('names synced and lost objects as residual before the approval, never as failures', () => {
    const kinds = new Set(closed.residual.map(({ kind }) => kind));

    expect([...kinds].sort()).toEqual(expect.arrayContaining(['lost', 'synced']));
  });

  it('what our identity may not write, or what nobody told us of, comes back by the service', async () => {
    for (const one of facts['unknownOldValue'] ?? []) {
      const { properties } = await userNow(world, one);
      expect(properties['department']).not.toBe('Removed');
    }
    for (const one of [...(facts['roleHolders'] ?? []), ...(facts['roleGroupMembers'] ?? [])]) {
      const back = (await userNow(world, one)).properties['accountEnabled'];
      const named = closed.residual.some(({ objectId }) => objectId === one);
      expect({ one, settled: back === true || named }).toEqual({ one, settled: true });
    }
  });
});
