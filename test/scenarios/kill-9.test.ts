import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { writesOf } from '../support/tenant-truth.js';
import { startWorld, type World } from '../support/world.js';

const users = 12;
const mostLives = 40;
const preload = pathToFileURL(path.join(import.meta.dirname, 'crash-at-effects.mjs')).href;

describe('kill -9 of the function app at every outside effect of an incident', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld({ scenario: 'bulk-disable', users, speed: 1000 });
  }, 120_000);
  afterAll(() => world.stop());

  /** Does what people do until the incident is closed. */
  async function attend(id: string): Promise<Incident> {
    for (;;) {
      const incident = await world.until(
        id,
        'the incident waits for people or is closed',
        ({ state }) => state === 'awaitingApproval' || state === 'closed',
        120_000,
      );
      if (incident.state === 'closed') return incident;
      for (const person of ['operator', 'approver'] as const) await world.decide(person, id);
      await world.until(
        id,
        'the plan is decided on',
        (i) => i.state !== 'awaitingApproval',
        120_000,
      );
    }
  }

  /** One life that ends at an effect, or with the incident. Odd ones die after it, even ones before. */
  async function live(id: string, life: number): Promise<Incident | null> {
    const fault = life % 2 === 1 ? 'after:1' : 'before:2';
    const env = { EFFECT_FAULT: fault, NODE_OPTIONS: `--import=${preload}` };
    try {
      await world.startApp(env);
    } catch (error) {
      // It went on with its work, and met its effect, before it listened.
      if (/ended with .* before it listened/.test((error as Error).message)) return null;
      throw error;
    }
    const attended = attend(id);
    attended.catch(() => undefined);
    const first = await Promise.race([attended, world.appEnded().then(() => null)]).catch(
      async (error: unknown) => {
        // A call that broke off: the app has ended, or is about to.
        if (!/fetch failed/.test((error as Error).message)) throw error;
        await world.appEnded();
        return null;
      },
    );
    return first;
  }

  it('ends as if nothing had happened, and writes every repair once', async () => {
    const id = await world.alert();
    await world.killApp();

    let closed: Incident | null = null;
    let lives = 0;
    while (closed === null && lives < mostLives) closed = await live(id, (lives += 1));

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
    expect(lives).toBeGreaterThan(5);
  }, 300_000);
});
