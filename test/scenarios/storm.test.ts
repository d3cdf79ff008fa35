import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { verifyRecordFile } from '../../local/commands/verify-record.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { eventually } from '../support/eventually.js';
import { blow, type Attempt, type Opened } from '../support/storm.js';
import { startWorld, type World } from '../support/world.js';

/** `npm run test:storm` runs the size of the promise; `STORM=50x4` any other. */
const [alerts = 0, deliveries = 0] = (process.env['STORM'] ?? '15x6').split('x').map(Number);
const users = 6;
/** What one incident more may cost on a busy machine. */
const patienceMs = 30_000 + alerts * 2000;

describe(`${alerts} alerts, each delivered ${deliveries} times at once, with a kill -9 in between`, () => {
  const names = Array.from({ length: alerts }, () => randomUUID());
  const outage = { from: 0, to: 0 };
  let attempts: readonly Attempt[];
  let world: World;

  beforeAll(async () => {
    world = await startWorld({
      users,
      speed: 600,
      // At this speed people would be reminded of every incident each few seconds.
      policy: ({ approvals = {} }) => Object.assign(approvals, { remindEveryMinutes: 60 }),
    });
    const keys = await readFile(path.join(world.dataDir, 'app/keys.json'), 'utf8');
    const key = (JSON.parse(keys) as { default: string }).default;
    const bodies = new Map<string, string>();
    for (const name of names) {
      bodies.set(name, JSON.stringify((await world.control(`/alert?name=${name}`)).body));
    }
    const restart: { done: Promise<void> | null } = { done: null };

    attempts = await blow({
      url: `${world.appUrl}/api/alerts/sentinel`,
      headers: { 'content-type': 'application/json', 'x-functions-key': key },
      alerts: bodies,
      deliveries,
      onAccepted(accepted) {
        if (accepted === Math.ceil((alerts * deliveries) / 3)) restart.done = killAndRestart();
      },
      giveUpAfterMs: patienceMs,
    });
    await restart.done;
  }, 30_000 + patienceMs);
  afterAll(() => world.stop());

  async function killAndRestart(): Promise<void> {
    outage.from = Date.now();
    await world.killApp();
    await world.startApp();
    outage.to = Date.now();
  }

  const answersOf = (name: string): readonly Opened[] =>
    attempts.flatMap(({ alert, opened }) => (alert === name && opened !== null ? [opened] : []));

  it('whoever reaches a living process is accepted', () => {
    const refused = attempts.filter(({ opened }) => opened === null);
    const inOutage = ({ from, to }: Attempt) => to >= outage.from && from <= outage.to;

    expect(refused.some(inOutage)).toBe(true);
    expect(refused.filter((attempt) => !inOutage(attempt))).toEqual([]);
    // No answer while it is dead, 503 while it starts, and nothing else.
    expect(new Set(refused.map(({ status }) => status ?? 503))).toEqual(new Set([503]));
  });

  it('every alert has one incident, under the id that its name makes', () => {
    for (const name of names) {
      const opened = answersOf(name);
      const ids = [...new Set(opened.map(({ incidentId }) => incidentId))];

      expect({ name, answers: opened.length, ids }).toEqual({
        name,
        answers: deliveries,
        ids: [idOf(name)],
      });
      // The one that started it may have died before it could answer.
      expect(opened.filter(({ deduplicated }) => !deduplicated).length).toBeLessThanOrEqual(1);
    }
  });

  it('none is lost and none is double', async () => {
    const listed = (await incidents()).map(({ id }) => id).sort();

    expect(listed).toEqual(names.map(idOf).sort());
  });

  it(
    'each goes on to a plan of its own while all the others do',
    async () => {
      let seen = '';
      const planned = await eventually(
        'every incident waits for its approval',
        async () => {
          const all = await incidents();
          seen = all.map(({ id, state }) => `${id} ${state}`).join('\n');
          return all.every(({ waitingFor }) => waitingFor?.kind === 'approval') ? all : null;
        },
        {
          ms: patienceMs,
          everyMs: 500,
          context: () => `${seen}\n${world.log.slice(-30).join('\n')}`,
        },
      );

      const digests = planned.map(({ plan }) => plan?.digest);
      expect(new Set(digests).size).toBe(alerts);
      expect(new Set(planned.map(({ plan }) => plan?.objects))).toEqual(new Set([users]));
    },
    patienceMs + 30_000,
  );

  it(
    'each was opened once in its record, and can be ended',
    async () => {
      for (const name of names) {
        const to = `/incidents/${idOf(name)}/cancel`;
        const { status } = await world.api(to, { as: 'commander', body: {} });
        expect(status).toBe(202);
      }
      await eventually(
        'every incident is closed',
        async () => ((await incidents()).every(({ state }) => state === 'closed') ? true : null),
        { ms: patienceMs, everyMs: 500 },
      );
      for (const incident of await incidents()) {
        const record = path.join(
          world.dataDir,
          'app/evidence/incidents',
          incident.id,
          'record.jsonl',
        );
        const kinds = (await readFile(record, 'utf8'))
          .trimEnd()
          .split('\n')
          .map((line) => (JSON.parse(line) as { kind: string }).kind);

        expect(incident.outcome).toBe('cancelled');
        expect(kinds.filter((kind) => kind === 'opened')).toHaveLength(1);
        expect(kinds.filter((kind) => kind === 'closed')).toHaveLength(1);
        expect(await verifyRecordFile(record, null)).toMatchObject({ intact: true });
      }
    },
    patienceMs + 30_000,
  );

  async function incidents(): Promise<readonly Incident[]> {
    const { body } = await world.api('/incidents?top=200', { as: 'reader' });
    return (body as { items: Incident[] }).items;
  }
});

const idOf = (name: string): string =>
  `inc-${createHash('sha256').update(`incident|${name}`).digest('hex').slice(0, 32)}`;
