import { disableActor } from '../../functions/activities/contain/disable-actor.js';
import { releaseActor } from '../../functions/activities/contain/release-actor.js';
import { remindRelease } from '../../functions/activities/contain/remind-release.js';
import { removeDirectoryRoles } from '../../functions/activities/contain/remove-directory-roles.js';
import { revokeSessions } from '../../functions/activities/contain/revoke-sessions.js';
import type { Person } from '../../shared/domain/identities.js';
import { actor, anna, carl, createCase, incidentId, type Case } from '../support/activity-case.js';
import { refusal } from '../support/fake-directory.js';

type Decision = 'release' | 'keep';
const word = (decision: Decision, countedAs: 'commander' | 'approver', by: Person) => ({
  ...{ decision, countedAs, by },
  at: '2026-11-20T22:00:00Z',
  note: null,
});

async function contained(): Promise<Case> {
  const world = createCase();
  await world.open();
  await revokeSessions(world.services, { incidentId, actor });
  await disableActor(world.services, { incidentId, actor });
  return world;
}

const say = (world: Case, commander: Decision, approver: Decision) =>
  world.put('releases', {
    [actor.id]: [word(commander, 'commander', carl), word(approver, 'approver', anna)],
  });

const enabled = (world: Case) => world.directory.identity(actor.id).enabled;

describe('release', () => {
  it('needs two words by two persons', async () => {
    const world = await contained();
    const none = await releaseActor(world.services, { incidentId });
    await world.put('releases', { [actor.id]: [word('release', 'commander', carl)] });
    const one = await releaseActor(world.services, { incidentId });
    await world.put('releases', {
      [actor.id]: [word('release', 'commander', carl), word('release', 'approver', carl)],
    });

    const twiceTheSame = await releaseActor(world.services, { incidentId });

    for (const answer of [none, one, twiceTheSame]) expect(answer.open).toEqual([actor.id]);
    expect(enabled(world)).toBe(false);
  });

  it('gives the recorded earlier state back, with intent and outcome, and shows it', async () => {
    const world = await contained();
    await say(world, 'release', 'release');

    const answer = await releaseActor(world.services, { incidentId });

    expect(answer).toEqual({ open: [], released: [actor.id], kept: [] });
    expect(enabled(world)).toBe(true);
    expect(world.kinds().slice(-2)).toEqual(['release.intent', 'release.outcome']);
    expect((await world.incident()).actors[0]).toMatchObject({ containment: 'released' });
  });

  it.each([
    ['keep', 'release'],
    ['release', 'keep'],
    ['keep', 'keep'],
  ] as const)('keep wins: %s and %s leaves the identity contained', async (commander, approver) => {
    const world = await contained();
    await say(world, commander, approver);

    const answer = await releaseActor(world.services, { incidentId });

    expect(answer).toEqual({ open: [], released: [], kept: [actor.id] });
    expect(enabled(world)).toBe(false);
    expect((await world.incident()).actors[0]).toMatchObject({ containment: 'kept' });
  });

  it('gives the state back that was there before an interrupted attempt', async () => {
    const world = createCase();
    await world.open();
    world.directory.script.measure = () => 'after';
    await disableActor(world.services, { incidentId, actor }).catch(() => null);
    world.directory.script.measure = () => null;
    await disableActor(world.services, { incidentId, actor });
    await say(world, 'release', 'release');

    await releaseActor(world.services, { incidentId });

    expect(enabled(world)).toBe(true);
  });

  it('leaves an account disabled that was disabled before the incident', async () => {
    const world = createCase();
    await world.open();
    world.directory.addIdentity({ ...actor, enabled: false });
    await disableActor(world.services, { incidentId, actor });
    await say(world, 'release', 'release');

    await releaseActor(world.services, { incidentId });

    expect(enabled(world)).toBe(false);
    expect(world.directory.measures).toEqual([]);
  });

  it('leaves an account disabled that somebody else disabled while we only revoked sessions', async () => {
    const world = createCase();
    await world.open();
    await revokeSessions(world.services, { incidentId, actor });
    world.directory.addIdentity({ ...actor, enabled: false });
    await say(world, 'release', 'release');

    await releaseActor(world.services, { incidentId });

    expect(enabled(world)).toBe(false);
  });

  it('that the tenant refuses claims nothing: it stays open and the commander gets the command', async () => {
    const world = await contained();
    await say(world, 'release', 'release');
    world.directory.script.measure = () => refusal(403, 'Insufficient privileges');

    const refused = await releaseActor(world.services, { incidentId });

    expect(refused).toEqual({ open: [actor.id], released: [], kept: [] });
    const incident = await world.incident();
    expect(incident.actors[0]).toMatchObject({ containment: 'contained' });
    expect(incident.tasks[0]?.command).toBe(
      `Update-MgUser -UserId ${actor.id} -AccountEnabled:$true`,
    );

    world.directory.addIdentity({ ...actor, enabled: true });
    const byHand = await releaseActor(world.services, { incidentId });
    expect(byHand.released).toEqual([actor.id]);
  });

  it('is carried out once: an account that is disabled again later stays so', async () => {
    const world = await contained();
    await say(world, 'release', 'release');
    await releaseActor(world.services, { incidentId });
    world.directory.addIdentity({ ...actor, enabled: false });

    const again = await releaseActor(world.services, { incidentId });

    expect(again.released).toEqual([actor.id]);
    expect(enabled(world)).toBe(false);
  });

  it('lists for a person what was removed and only a person can give back', async () => {
    const world = await contained();
    world.directory.roles.push({ id: 'held', roleDefinitionId: 'admin', directoryScopeId: '/' });
    await removeDirectoryRoles(world.services, { incidentId, actor });
    await say(world, 'release', 'release');

    await releaseActor(world.services, { incidentId });

    expect((await world.incident()).tasks[0]?.text).toContain('directory role admin with scope /');
  });

  it('is asked once per reminder number, however often the activity runs', async () => {
    const world = await contained();

    await remindRelease(world.services, { incidentId, reminder: 0 });
    await remindRelease(world.services, { incidentId, reminder: 0 });
    await remindRelease(world.services, { incidentId, reminder: 1 });

    expect(world.told('notice')).toHaveLength(2);
    expect(world.summaries('release.asked')).toHaveLength(2);
  });
});
