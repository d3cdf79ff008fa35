import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { writesOf } from '../support/tenant-truth.js';
import { startWorld, type World } from '../support/world.js';

const users = 12;
const mostLives = 40;
const preload = pathToFileURL(path.join(import.meta.dirname, 'crash-at-effects.mjs')).href;

/** What is carried out, and when it waits for people. */
interface Course {
  readonly awaits: (incident: Incident) => boolean;
  readonly isOver: (incident: Incident) => boolean;
  readonly digest: (incident: Incident) => string | null | undefined;
}

const recovery: Course = {
  awaits: ({ state }) => state === 'awaitingApproval',
  isOver: ({ state }) => state === 'closed',
  digest: ({ plan }) => plan?.digest,
};

const undoing: Course = {
  awaits: ({ undo }) => undo?.state === 'awaitingApproval',
  isOver: ({ undo }) => undo?.state === 'closed',
  digest: ({ undo }) => undo?.planDigest,
};

describe('kill -9 of the function app at every outside effect of an incident', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld({
      users,
      speed: 1000,
      // At this speed a reminder would be the effect that most lives end at.
      policy: ({ approvals = {} }) => Object.assign(approvals, { remindEveryMinutes: 60 }),
    });
  }, 120_000);
  afterAll(() => world.stop());

  /** Does what people do until the course has come to its end. */
  async function attend(id: string, { awaits, isOver, digest }: Course): Promise<Incident> {
    for (;;) {
      const what = 'people are waited for, or it is over';
      const incident = await world.until(id, what, (i) => awaits(i) || isOver(i), 120_000);
      if (isOver(incident)) return incident;
      const body = { decision: 'approve', planDigest: digest(incident) };
      for (const as of ['operator', 'approver'] as const) {
        await world.api(`/incidents/${id}/decisions`, { as, body });
      }
      await world.until(id, 'the plan is decided on', (i) => !awaits(i), 120_000);
    }
  }

  /** One life that ends at an effect, or with the incident. Odd ones die after it, even ones before. */
  async function live(id: string, course: Course, life: number): Promise<Incident | null> {
    const fault = life % 2 === 1 ? 'after:1' : 'before:2';
    const env = { EFFECT_FAULT: fault, NODE_OPTIONS: `--import=${preload}` };
    try {
      await world.startApp(env);
    } catch (error) {
      // It went on with its work, and met its effect, before it listened.
      if (/ended with .* before it listened/.test((error as Error).message)) return null;
      throw error;
    }
    const attended = attend(id, course);
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

  async function toItsEnd(id: string, course: Course): Promise<{ end: Incident; lives: number }> {
    for (let life = 1; life <= mostLives; life += 1) {
      const end = await live(id, course, life);
      if (end !== null) return { end, lives: life };
    }
    throw new Error(`not over after ${mostLives} lives`);
  }

  /** Ids of the users that we switched to this, one for each write. */
  async function switchedTo(enabled: boolean): Promise<string[]> {
    const writes = await writesOf(world);
    return writes
      .filter(({ property, after }) => property === 'accountEnabled' && after === enabled)
      .map(({ objectId }) => objectId);
  }

  let id = '';

  it('ends as if nothing had happened, and writes every repair once', async () => {
    id = await world.alert();
    await world.killApp();

    const { end, lives } = await toItsEnd(id, recovery);

    const repairs = await switchedTo(true);
    expect(end).toMatchObject({
      outcome: 'recovered',
      execution: { applied: users, failed: 0 },
      verification: { verified: users },
    });
    expect(repairs).toHaveLength(users);
    expect(new Set(repairs).size).toBe(users);
    expect(lives).toBeGreaterThan(5);
  }, 300_000);

  it('and so does its undo', async () => {
    await world.killApp();
    await world.startApp();
    const before = await switchedTo(false);
    const asked = world.api(`/incidents/${id}/undo`, { as: 'commander', method: 'POST' });
    asked.catch(() => undefined);
    const isAsked = (incident: Incident) => (incident.undo?.planDigest ?? null) !== null;
    await world.until(id, 'the undo plan is drawn', isAsked, 120_000);
    await world.killApp();

    const { end, lives } = await toItsEnd(id, undoing);

    const writes = (await switchedTo(false)).slice(before.length);
    expect(end).toMatchObject({ state: 'closed', outcome: 'recovered' });
    expect(end.undo).toMatchObject({
      outcome: 'recovered',
      execution: { applied: users, failed: 0 },
      verification: { verified: users },
    });
    expect(writes).toHaveLength(users);
    expect(new Set(writes).size).toBe(users);
    expect(lives).toBeGreaterThan(2);
  }, 300_000);
});
