import { writesOf } from '../support/tenant-truth.js';
import { startWorld, type World } from '../support/world.js';

const users = 240;

describe('kill -9 of the function app in the middle of an incident', () => {
  let world: World;

  beforeAll(async () => {
    // Slow enough that the execution can be hit: 16 writes a second times 100.
    world = await startWorld({ scenario: 'bulk-disable', users, speed: 100 });
  }, 120_000);
  afterAll(() => world.stop());

  it('goes on at every restart, and nothing is written twice', async () => {
    const id = await world.alert();
    await world.killApp();
    await world.startApp();
    await world.until(id, 'the scope is being read', (i) => i.state === 'scoping');
    await world.killApp();
    await world.startApp();
    await world.until(
      id,
      'the plan waits for approval',
      (i) => i.state === 'awaitingApproval',
      120_000,
    );
    await world.killApp();
    await world.startApp();
    await world.press('operator', 'approve', id);
    await world.press('approver', 'approve', id);
    await world.until(id, 'the first waves are written', (i) => (i.execution?.applied ?? 0) > 20);
    await world.killApp();
    await world.startApp();
    const closed = await world.until(
      id,
      'the incident closes',
      (i) => i.state === 'closed',
      180_000,
    );

    const repairs = (await writesOf(world)).filter(
      (write) => write.property === 'accountEnabled' && write.after === true,
    );
    expect(closed).toMatchObject({
      outcome: 'recovered',
      execution: { applied: users, failed: 0 },
      verification: { verified: users },
    });
    expect(repairs).toHaveLength(users);
    expect(new Set(repairs.map(({ objectId }) => objectId)).size).toBe(users);
  }, 400_000);
});
