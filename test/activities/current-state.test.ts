import { executeRecovery } from '../../functions/activities/execute/execute-recovery.js';
import { readWaveLines } from '../../functions/activities/execute/wave-file.js';
import { readCurrentState } from '../../functions/activities/plan/current-state.js';
import { RewindError } from '../../shared/errors.js';
import {
  createCase,
  damagedUser,
  incidentId,
  plannedUser,
  plannedUsers,
  userId,
  type Case,
} from '../support/activity-case.js';

/** A directory of `users` that gives no answer about some of them, however it is asked. */
function silentAbout(world: Case, users: number, isSilent: (id: string, call: number) => boolean) {
  world.directory.put(...Array.from({ length: users }, (_, n) => damagedUser(n)));
  const read = world.directory.readObjects.bind(world.directory);
  let calls = 0;
  world.services.directory.readObjects = async (type, ids, ...asked) => {
    calls += 1;
    if (ids.some((id) => isSilent(id, calls))) throw new RewindError('GRAPH_UNAVAILABLE', '503');
    return read(type, ids, ...asked);
  };
  return () => calls;
}

const readOf = async (world: Case, users: number) =>
  [...(await readCurrentState(world.services, plannedUsers(users))).keys()].sort();

describe('objects read before they are written', () => {
  it.each([
    ['one of many', 100, [33]],
    ['two of many', 100, [3, 77]],
    ['one of a few', 3, [1]],
  ])('are read although %s never gets an answer', async (_what, users, silent) => {
    const world = createCase();
    const calls = silentAbout(world, users, (id) => silent.some((n) => id === userId(n)));

    const expected = Array.from({ length: users }, (_, n) => n).filter((n) => !silent.includes(n));
    expect(await readOf(world, users)).toEqual(expected.map(userId));
    expect(calls()).toBeLessThan(60);
  });

  it('are read although the only one of its kind never gets an answer', async () => {
    const world = createCase();
    silentAbout(world, 99, (id) => id === userId(99));
    const group = plannedUser(99, { objectType: 'group' });

    const read = await readCurrentState(world.services, [group, ...plannedUsers(99)]);

    expect([...read.keys()].sort()).toEqual(plannedUsers(99).map(({ objectId }) => objectId));
  });

  it('are asked for again later when some of each kind do not get an answer', async () => {
    const world = createCase();
    silentAbout(world, 100, (id) => [3, 7, 98, 99].some((n) => id === userId(n)));
    const groups = [98, 99].map((n) => plannedUser(n, { objectType: 'group' }));

    const read = readCurrentState(world.services, [...plannedUsers(98), ...groups]);

    await expect(read).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' });
  });

  it.each([
    ['nothing does', 100, () => true],
    ['many do not', 100, (id: string) => id.endsWith('5')],
    ['the only one does not', 1, () => true],
  ])('are asked for again later when %s get an answer', async (_what, users, isSilent) => {
    const world = createCase();
    const calls = silentAbout(world, users, isSilent);

    await expect(readOf(world, users)).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' });
    expect(calls()).toBeLessThan(30);
  });

  it('are all there when the service comes back while they are asked for', async () => {
    const world = createCase();
    silentAbout(world, 30, (_id, call) => call <= 4);

    expect(await readOf(world, 30)).toHaveLength(30);
  });
});

it('an object that was written before a hold and cannot be read after it is not forgotten', async () => {
  const world = createCase();
  await world.open();
  const planDigest = await world.plan(plannedUsers(3));
  await world.approve(planDigest);
  world.directory.put(damagedUser(0), damagedUser(1), damagedUser(2));
  const wave = { incidentId, planDigest, wave: 1, from: 0, to: 3, canary: false };
  await executeRecovery(world.services, wave);
  silentAbout(world, 3, (id) => id === userId(1));

  await executeRecovery(world.services, wave);

  const lines = await readWaveLines(world.services, incidentId, planDigest, 0, 3);
  expect(lines.get(userId(1))).toMatchObject({ result: 'failed', partly: true });
});

it('an object that cannot be read is named as failed, and its wave is carried out', async () => {
  const world = createCase();
  await world.open();
  const planDigest = await world.plan(plannedUsers(40));
  await world.approve(planDigest);
  silentAbout(world, 40, (id) => id === userId(7));

  const result = await executeRecovery(world.services, {
    ...{ incidentId, planDigest, wave: 1, from: 0, to: 40, canary: false },
  });

  expect(result).toMatchObject({ applied: 39, failed: 1 });
  expect(result.note).toContain(`${userId(7)} (could not be read just before)`);
});
