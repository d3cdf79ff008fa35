import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { jobsOf } from '../../local/commands/persons/hand-off.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { eventually } from '../support/eventually.js';
import { scenarioFacts, userNow, writesOf } from '../support/tenant-truth.js';
import { startWorld, type World } from '../support/world.js';

const users = 9;
const facts = scenarioFacts({ scenario: 'bulk-disable', users });
const damaged = facts['damaged'] ?? [];
const alsoMoved = facts['alsoMoved'] ?? [];

const worldOf = (executor: 'native' | 'handOff'): Promise<World> =>
  startWorld({
    users,
    speed: 3000,
    policy: (policy) =>
      void (policy['execution'] = { ...policy['execution'], executor, canary: [] }),
  });

interface Ended {
  readonly world: World;
  /** When a person was asked for something. */
  readonly asked: Incident;
  readonly closed: Incident;
  /** Ids of the plan by what carried them out; '' for those that are only listed. */
  readonly routed: ReadonlyMap<string, string>;
}

async function carriedOut(
  executor: 'native' | 'handOff',
  isAsked: (incident: Incident) => boolean,
  help: (world: World, asked: Incident) => Promise<void>,
): Promise<Ended> {
  const world = await worldOf(executor);
  const id = await world.alert();
  await world.until(id, 'the plan waits for approval', (i) => i.state === 'awaitingApproval');
  await world.press('operator', 'approve', id);
  const asked = await world.until(id, 'a person is asked', isAsked);
  await help(world, asked);
  const closed = await world.until(id, 'the incident closes', (i) => i.state === 'closed', 120_000);
  const { body } = await world.api(`/incidents/${id}/plan?top=1000`, { as: 'reader' });
  const { items } = body as {
    items: readonly { objectId: string; route?: { executor: string } }[];
  };
  const routed = new Map(items.map(({ objectId, route }) => [objectId, route?.executor ?? '']));
  return { world, asked, closed, routed };
}

const lend = async (world: World, { id }: Incident): Promise<void> => {
  expect(await jobsIn(world)).toEqual([]);
  const options = { as: 'operator', method: 'POST' } as const;
  const lent = await world.api(`/incidents/${id}/operator-session`, options);
  expect(lent).toMatchObject({ status: 200, body: { backupAdministrator: 'active' } });
};

const workInThePortal = async (world: World, { tasks }: Incident): Promise<void> => {
  for (const job of tasks.flatMap(({ command }) => jobsOf(command ?? ''))) {
    await eventually(`the portal takes the ${job.kind}`, async () => {
      const { status } = await world.control('/recovery/jobs', job);
      return status === 200 ? true : null;
    });
  }
};

const jobsIn = async (world: World): Promise<readonly { kind: string; status: string }[]> => {
  const { body } = await world.control('/recovery');
  return (body as { jobs: readonly { kind: string; status: string }[] }).jobs;
};

const writtenByUs = async (world: World): Promise<string[]> =>
  (await writesOf(world)).map(({ objectId }) => objectId).filter((id) => damaged.includes(id));

const by = ({ routed }: Ended, executor: string): string[] =>
  damaged.filter((id) => routed.get(id) === executor);

// Both wait most of their time, so they run beside each other.
let native: Ended;
let handOff: Ended;
beforeAll(async () => {
  [native, handOff] = await Promise.all([
    carriedOut('native', (i) => i.waitingFor?.kind === 'operatorSession', lend),
    carriedOut(
      'handOff',
      (i) => i.tasks.some(({ command }) => jobsOf(command ?? '').length === 2),
      workInThePortal,
    ),
  ]);
}, 240_000);
afterAll(() => Promise.all([native.world.stop(), handOff.world.stop()]));

describe('a native recovery under the session of an operator', () => {
  it('asks for the session by a task, and ends recovered', () => {
    const { asked, closed } = native;
    expect(asked.tasks.map(({ text }) => text).join()).toContain('OPERATOR_SESSION_REQUIRED');
    expect(closed).toMatchObject({ outcome: 'recovered', execution: { failed: 0 } });
    expect(by(native, 'native').length).toBeGreaterThan(0);
    expect(by(native, 'surgical')).toEqual(expect.arrayContaining([...alsoMoved]));
  });

  it('previews and recovers exactly once', async () => {
    const jobs = await jobsIn(native.world);
    expect(jobs.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
      'preview successful',
      'recovery successful',
    ]);
  });

  it('brings back everyone, writes nobody itself whom the service recovers, and keeps what others set', async () => {
    const { world } = native;
    for (const one of damaged) {
      expect(await userNow(world, one)).toMatchObject({ properties: { accountEnabled: true } });
    }
    for (const one of alsoMoved) {
      const properties = { department: 'Customer Care' };
      expect(await userNow(world, one)).toMatchObject({ properties });
    }
    expect((await writtenByUs(world)).sort()).toEqual(by(native, 'surgical').sort());
  });

  it('keeps no token: not in the evidence, the history, the log or an answer', async () => {
    const { world, closed } = native;
    const token = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/;
    const texts = [world.log.join('\n'), JSON.stringify(closed), ...(await filesOf(world))];
    expect(texts.length).toBeGreaterThan(20);
    for (const text of texts) expect(token.exec(text)?.[0].slice(0, 20)).toBeUndefined();
  });
});

describe('a recovery that a person carries out', () => {
  it('is found, followed and read back; what others changed too is left to people', async () => {
    const { world, closed } = handOff;
    expect(closed).toMatchObject({ outcome: 'recovered', plan: { executor: 'handOff' } });
    expect(closed.plan?.objects).toBe(by(handOff, 'handOff').length);
    for (const one of by(handOff, 'handOff')) {
      expect(await userNow(world, one)).toMatchObject({ properties: { accountEnabled: true } });
    }
    const residual = closed.residual.map(({ objectId }) => objectId);
    expect(residual).toEqual(expect.arrayContaining([...alsoMoved]));
    expect(await writtenByUs(world)).toEqual([]);
  });
});

async function filesOf(world: World): Promise<string[]> {
  const names = await readdir(world.dataDir, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(path.join(world.dataDir, 'tenant')));
  return Promise.all(files.map((file) => readFile(file, 'latin1')));
}
