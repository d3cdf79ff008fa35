import { createHash } from 'node:crypto';
import type { EvidenceStore } from '../../shared/ports/evidence.js';
import type { IncidentRuns } from '../../shared/ports/incident-runs.js';
import { createDoors, type Got } from '../support/doors.js';
import { createMemoryStore } from '../support/memory-store.js';
import { sentinelIncident } from '../support/alert-bodies.js';

const alerts = 100;
const deliveries = 20;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const names = Array.from({ length: alerts }, (_, index) => `alert-${index}`);

/** What outlives a process: the evidence and the runs that were started. */
function createWorld() {
  const store = createMemoryStore();
  const instances = new Set<string>();
  const starts: string[] = [];
  const runs: IncidentRuns = {
    start: async (id) => {
      await Promise.resolve();
      if (instances.has(id)) return 'already';
      instances.add(id);
      starts.push(id);
      return 'started';
    },
    startUndo: async () => 'started',
    startPointCheck: async () => 'started',
    exists: async (id) => instances.has(id),
    wake: async () => undefined,
  };
  return { store, runs, starts };
}

/** One process: from the moment it dies, nothing it still does reaches the world. */
function createProcess(world: ReturnType<typeof createWorld>) {
  let dead = false;
  const mortal = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (all, name) => {
        const member = all[name as keyof T];
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (dead) throw new Error('the process is dead');
          return (member as (...given: unknown[]) => unknown).apply(all, args);
        };
      },
    });
  const doors = createDoors({
    store: mortal<EvidenceStore>(world.store),
    runs: () => mortal(world.runs),
  });
  return { doors, die: () => void (dead = true), isDead: () => dead };
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state;
  };
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Like a playbook: tries again until somebody accepts the alert. */
async function storm(seed: number, deathAfter: number) {
  const world = createWorld();
  let living = createProcess(world);
  let begun = 0;
  let lost = 0;
  const answers = new Map<string, Got[]>(names.map((name) => [name, []]));

  const deliver = async (name: string): Promise<void> => {
    for (;;) {
      if ((begun += 1) === deathAfter) {
        living.die();
        living = createProcess(world);
      }
      const mine = living;
      // What says the same shares an opening, so the deliveries of an alert differ in a word.
      const title = `Bulk user changes, told ${begun % deliveries}`;
      const body = sentinelIncident({ name, title, alertIds: [sha256(name)] });
      const got = await mine.doors.call('alertsSentinel', { as: 'playbook', body });
      if (got.status === 202 && !mine.isDead()) return void answers.get(name)?.push(got);
      lost += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const order = shuffled(
    names.flatMap((name) => Array<string>(deliveries).fill(name)),
    seed,
  );
  await Promise.all(order.map(deliver));
  return { world, answers, lost };
}

describe(`${alerts} alerts, each delivered ${deliveries} times at once in any order, and a death in between`, () => {
  it('leave 100 incidents: none is lost and none is double', async () => {
    const { world, answers, lost } = await storm(2, 1000);

    expect(lost).toBeGreaterThan(0);
    const ids = names.map((name) => `inc-${sha256(`incident|${name}`).slice(0, 32)}`);
    for (const [index, name] of names.entries()) {
      const got = answers.get(name) ?? [];
      expect(new Set(got.map(({ body }) => body.incidentId))).toEqual(new Set([ids[index]]));
      expect(got).toHaveLength(deliveries);
      expect(got.filter(({ body }) => !body.deduplicated).length).toBeLessThanOrEqual(1);
    }
    expect([...world.starts].sort()).toEqual([...ids].sort());
    const { items } = await world.store.listIncidents(1000);
    expect(items.map(({ id }) => id).sort()).toEqual([...ids].sort());
    for (const id of ids) {
      const opened = world.store.entries(id).filter(({ kind }) => kind === 'opened');
      expect(opened).toHaveLength(1);
    }
  });
});
