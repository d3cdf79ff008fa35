import { createDoors } from '../support/doors.js';
import { sentinelIncident } from '../support/alert-bodies.js';

/** Doors whose store counts the claims made of it, and lets none through before `letGo`. */
function createSlowDoors() {
  const doors = createDoors();
  const { claim } = doors.store;
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const works = { fail: false };
  const claims: string[] = [];
  doors.store.claim = async (key, incidentId) => {
    claims.push(key);
    await held;
    if (works.fail) throw new Error('the disk is full');
    return claim.call(doors.store, key, incidentId);
  };
  const deliver = (title?: string) =>
    doors.call('alertsSentinel', {
      as: 'playbook',
      body: sentinelIncident(title === undefined ? {} : { title }),
    });
  return { doors, claims, works, letGo: () => letGo(), deliver };
}

describe('deliveries of one alert at the same time', () => {
  it('that say the same share one opening, and all but one are told that they are repetitions', async () => {
    const alone = createSlowDoors();
    alone.letGo();
    await alone.deliver();
    const { deliver, letGo, claims } = createSlowDoors();

    const all = Array.from({ length: 20 }, () => deliver());
    letGo();
    const answers = (await Promise.all(all)).map(({ status, body }) => [status, body.deduplicated]);

    expect(answers.filter(([, repeated]) => repeated === false)).toEqual([[202, false]]);
    expect(answers.filter(([, repeated]) => repeated === true)).toHaveLength(19);
    expect(claims).toEqual(alone.claims);
  });

  it('that say anything else are opened for themselves, and still make one incident', async () => {
    const { deliver, letGo, doors } = createSlowDoors();

    const all = ['first', 'second'].map((title) => deliver(title));
    letGo();
    const answers = await Promise.all(all);

    expect(new Set(answers.map(({ body }) => body.incidentId)).size).toBe(1);
    expect(answers.map(({ body }) => body.deduplicated).sort()).toEqual([false, true]);
    expect((await doors.store.listIncidents(10)).items).toHaveLength(1);
  });

  it('fail together and are not remembered: the next delivery opens the incident', async () => {
    const { deliver, letGo, works } = createSlowDoors();
    works.fail = true;

    const all = [deliver(), deliver()];
    letGo();
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    works.fail = false;
    const next = await deliver();

    expect(statuses.every((status) => status >= 500)).toBe(true);
    expect(next).toMatchObject({ status: 202, body: { deduplicated: false } });
  });
});
