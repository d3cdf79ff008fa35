import { decideContainment } from '../../functions/activities/contain/decide-containment.js';
import { disableActor } from '../../functions/activities/contain/disable-actor.js';
import { revokeSessions } from '../../functions/activities/contain/revoke-sessions.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { actor, createCase, incidentId, policyWith, type Case } from '../support/activity-case.js';
import { ourId } from '../support/fake-directory.js';

const decide = (world: Case, over: Partial<Parameters<typeof decideContainment>[1]> = {}) =>
  decideContainment(world.services, {
    incidentId,
    actor,
    auditRows: 5,
    commanderNamed: false,
    ...over,
  });

/** An incident of its own with an actor of its own. */
async function another(world: Case, number: number, change: Partial<Incident> = {}) {
  const who = { kind: 'user', id: `actor-${number}`, name: `Actor ${number}` } as const;
  const id = `inc-${String(number).padStart(32, '0')}`;
  world.directory.addIdentity(who);
  await world.open({ id, ...change });
  return { incidentId: id, actor: who };
}

describe('what may be done to an identity', () => {
  it('is what the policy says once the trail has a row by it', async () => {
    const world = createCase();
    await world.open();

    expect(await decide(world)).toMatchObject({
      allowed: ['revokeSessions', 'disable'],
      protectedActor: false,
      waitForCommander: false,
    });
  });

  it('is revoking alone on the word of an alert, and the commander is asked', async () => {
    const world = createCase();
    await world.open();

    const decision = await decide(world, { auditRows: 0 });

    expect(decision).toMatchObject({ allowed: ['revokeSessions'], waitForCommander: true });
  });

  it.each([
    ['a break-glass identity', { protected: { breakGlassIds: [actor.id] } }, {}],
    ['a service principal of Microsoft', {}, { firstParty: true }],
    ['the directory synchronisation account', {}, { directorySync: true }],
  ])('is nothing for %s, whatever the commander says', async (_who, policy, identity) => {
    const world = createCase();
    world.inForce.policy = policyWith(policy);
    world.directory.addIdentity({ ...actor, ...identity });
    await world.open();

    const decision = await decide(world, { commanderNamed: true });

    expect(decision).toMatchObject({ allowed: [], protectedActor: true });
  });

  it('is nothing for our own identity', async () => {
    const world = createCase();
    const us = { kind: 'servicePrincipal', id: ourId, name: 'Entra Rewind' } as const;
    world.directory.addIdentity(us);
    await world.open();

    expect(await decide(world, { actor: us })).toMatchObject({ allowed: [], protectedActor: true });
  });

  it('is nothing for an identity that became protected after the incident opened', async () => {
    const world = createCase();
    await world.open();
    world.inForce.policy = policyWith({ protected: { neverTouchIds: [actor.id] } });

    expect(await decide(world)).toMatchObject({ allowed: [], protectedActor: true });
  });
});

describe('the limit per hour', () => {
  it('holds over incidents: the fourth identity waits for the commander', async () => {
    const world = createCase();
    for (const number of [1, 2, 3]) {
      const job = await another(world, number);
      await decide(world, job);
      await disableActor(world.services, job);
    }
    await world.open();

    expect(await decide(world)).toMatchObject({ allowed: [], waitForCommander: true });
    expect((await decide(world, { commanderNamed: true })).allowed).toContain('disable');
  });

  it('counts over any number of incidents, closed ones of the last hour included', async () => {
    const world = createCase();
    for (const number of [1, 2, 3]) {
      const job = await another(world, number);
      await revokeSessions(world.services, job);
      await world.store.updateIncident(job.incidentId, (open) => ({
        ...open,
        closedAt: world.clock.iso(),
      }));
    }
    for (let number = 10; number < 260; number += 1) await another(world, number);
    await world.open();

    expect(await decide(world)).toMatchObject({ allowed: [] });
  });

  it('counts an identity once, and the one asked about never', async () => {
    const world = createCase();
    world.inForce.policy = policyWith({ containment: { maxPerHour: 2 } });
    const job = await another(world, 1);
    for (const number of [2, 3, 4]) {
      const { incidentId: id } = await another(world, number);
      await revokeSessions(world.services, { incidentId: id, actor: job.actor });
      await revokeSessions(world.services, { incidentId: id, actor });
    }
    await world.open();

    expect((await decide(world)).allowed).toContain('disable');
  });

  it('lets go after an hour', async () => {
    const world = createCase();
    for (const number of [1, 2, 3]) {
      const job = await another(world, number);
      await decide(world, job);
      await revokeSessions(world.services, job);
    }
    await world.open();
    world.clock.advance(61 * 60_000);

    expect((await decide(world)).allowed).toContain('disable');
  });

  it('holds when ten alerts arrive at the same moment: three go on, seven wait', async () => {
    const world = createCase();
    const jobs = [];
    for (let number = 1; number <= 10; number += 1) jobs.push(await another(world, number));

    const decisions = await Promise.all(jobs.map((job) => decide(world, job)));

    expect(decisions.filter(({ allowed }) => allowed.length > 0)).toHaveLength(3);
  });

  it('an identity that was refused its place does not keep others from theirs', async () => {
    const world = createCase();
    const jobs = [];
    for (const number of [1, 2, 3, 4]) jobs.push(await another(world, number));
    for (const job of jobs) await decide(world, job);
    world.clock.advance(61 * 60_000);
    await world.open();

    const decision = await decide(world);

    expect(decision.allowed).toContain('disable');
    const notes = await world.store.readDocument<never>(jobs[3]!.incidentId, 'containments');
    expect(notes).toMatchObject({ 'actor-4': { decidedAt: null } });
  });
});
