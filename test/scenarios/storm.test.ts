import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { verifyRecordFile } from '../../local/commands/verify-record.js';
import { eventually } from '../support/eventually.js';
import { alertId, incidentName, sentinelIncident } from '../support/alert-bodies.js';
import { writesOf } from '../support/tenant-truth.js';
import { startWorld, type World } from '../support/world.js';

const alerts = 20;
const deliveries = 5;

interface Opened {
  readonly incidentId: string;
  readonly deduplicated: boolean;
}

describe(`${alerts} alerts, each delivered ${deliveries} times at once, with a kill -9 in between`, () => {
  const names = Array.from({ length: alerts }, () => randomUUID());
  const answers = new Map<string, Opened[]>(names.map((name) => [name, []]));
  let world: World;
  let interrupted = 0;

  beforeAll(async () => {
    world = await startWorld();
    const key = await readFile(path.join(world.dataDir, 'app/keys.json'), 'utf8');
    const headers = { 'x-functions-key': (JSON.parse(key) as { default: string }).default };
    const order = shuffled(names.flatMap((name) => Array<string>(deliveries).fill(name)));

    let answered = 0;
    const restart: { done: Promise<void> | null } = { done: null };
    const storm = Promise.all(order.map((name) => untilAccepted(name)));
    await storm;
    await restart.done;

    /** Like a playbook: tries again until somebody accepts the alert. */
    async function untilAccepted(name: string): Promise<void> {
      await eventually(`alert ${name} is accepted`, async () => {
        const body = alertNamed(name);
        const got = await world.api('/alerts/sentinel', { body, headers }).catch(() => null);
        if (got === null || got.status === 503) {
          interrupted += 1;
          return null;
        }
        expect(got).toMatchObject({ status: 202 });
        answers.get(name)?.push(got.body as Opened);
        answered += 1;
        if (answered === 30) restart.done = world.killApp().then(() => world.startApp());
        return got;
      });
    }
  }, 120_000);
  afterAll(() => world.stop());

  it('every alert has one incident, under the id that its name makes', () => {
    expect(interrupted).toBeGreaterThan(0);
    for (const [name, opened] of answers) {
      const ids = new Set(opened.map(({ incidentId }) => incidentId));

      expect({ name, answers: opened.length, ids: [...ids] }).toEqual({
        name,
        answers: deliveries,
        ids: [`inc-${sha256(`incident|${name}`).slice(0, 32)}`],
      });
      // The one that started it may have died before it could answer.
      expect(opened.filter(({ deduplicated }) => !deduplicated).length).toBeLessThanOrEqual(1);
    }
  });

  it('none is lost and none is double', async () => {
    const { body } = await world.api('/incidents?top=200', { as: 'reader' });
    const listed = (body as { items: { id: string }[] }).items.map(({ id }) => id).sort();
    const promised = [...answers.values()].map(([first]) => first?.incidentId ?? '').sort();

    expect(listed).toEqual(promised);
  });

  it('each of them is at work, was opened once in its record, and can be ended', async () => {
    for (const opened of answers.values()) {
      const id = opened[0]?.incidentId ?? '';
      await world.until(id, 'the run asks who it was', (i) => i.waitingFor?.kind === 'actor');
      const cancelled = await world.api(`/incidents/${id}/cancel`, { as: 'commander', body: {} });
      expect(cancelled.status).toBe(202);
    }
    for (const opened of answers.values()) {
      const id = opened[0]?.incidentId ?? '';
      const closed = await world.until(id, 'the incident closes', (i) => i.state === 'closed');
      const record = path.join(world.dataDir, 'app/evidence/incidents', id, 'record.jsonl');
      const kinds = (await readFile(record, 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { kind: string }).kind);

      expect(closed.outcome).toBe('cancelled');
      expect(kinds.filter((kind) => kind === 'opened')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'closed')).toHaveLength(1);
      expect(await verifyRecordFile(record, null)).toMatchObject({ intact: true });
    }
    expect(await writesOf(world)).toEqual([]);
  }, 120_000);
});

/** An alert of its own, about somebody whom this tenant does not know. */
function alertNamed(name: string): unknown {
  const now = Date.now();
  const body = sentinelIncident({
    name,
    alertIds: [sha256(name)],
    from: new Date(now - 600_000).toISOString(),
    to: new Date(now - 60_000).toISOString(),
  });
  return JSON.parse(
    JSON.stringify(body).replaceAll(incidentName, name).replaceAll(alertId, sha256(name)),
  ) as unknown;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
