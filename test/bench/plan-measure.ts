import { createHash } from 'node:crypto';
import { runScopedPreview } from '../../functions/activities/plan/run-scoped-preview.js';
import type { ActivityServices } from '../../functions/activities/services.js';
import { policySchema } from '../../shared/contracts/policy.js';
import { canonicalText, sha256 } from '../../shared/digest.js';
import type { PlannedObject } from '../../shared/domain/plan/plan.js';
import { emptyCounts, mergeCounts } from '../../shared/domain/plan/plan-building.js';
import type { Policy } from '../../shared/domain/policy.js';
import {
  actorId,
  deltasPerObject,
  eventsPerObject,
  expectedClasses,
  recoveryPointAt,
  syntheticCurrent,
  syntheticHistory,
} from './synthetic-histories.js';

const objectsPerChunk = 500;
const person = { objectId: '22222222-2222-4222-8222-222222222222', name: 'Olga Operator' };
const policy = policySchema.parse({
  people: { operators: [person], approvers: [person] },
}) as Policy;
const inForce = { policy, digest: sha256('policy'), warning: null };

/** What the activity reads next and what it has just written: one chunk of each, as on the real store. */
let input = Buffer.alloc(0);
let output = '';
const services = {
  store: {
    readDocument: async (_id: string, name: string) => (name === 'policy' ? inForce : null),
    readArtefact: async () => input,
    putArtefact: async (_id: string, name: string, content: string) => {
      output = content;
      return { name, sha256: sha256(content), bytes: Buffer.byteLength(content) };
    },
  },
  sessions: { unavailable: 'no operator lends a session to a benchmark' },
  policies: { current: async () => inForce },
  directory: {
    privilegeMap: async () => ({ privilegedIds: [], writableByUs: false }),
    ownIdentity: async () => '00000505-0000-4000-8000-000000000000',
    readObjects: async (_type: string, ids: readonly string[]) => ids.map(syntheticCurrent),
  },
} as unknown as ActivityServices;

/** What the preview of one synthetic incident cost. */
export interface PlanRun {
  readonly deltas: number;
  readonly events: number;
  /** Reading, judging and storing; the making of the input is not in it. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** The same lines parsed, put into canonical text and hashed, nothing judged; 0 if not asked for. */
  readonly movingCpuSeconds: number;
  readonly peakBytes: number;
  /** SHA-256 over all plan lines. */
  readonly digest: string;
}

/**
 * Runs the preview activity over `deltas` synthetic differences, one chunk of objects at a time. Throws
 * when they did not come out in the classes that they were made for: then nothing was measured.
 */
export async function measurePlan(deltas: number, withFloor: boolean): Promise<PlanRun> {
  const objects = deltas / deltasPerObject;
  let counts = emptyCounts();
  const planning = stopwatch();
  const moving = stopwatch();
  const judged = createHash('sha256');
  for (let from = 0; from < objects; from += objectsPerChunk) {
    const size = Math.min(objectsPerChunk, objects - from);
    const lines = Array.from({ length: size }, (_, place) =>
      JSON.stringify(syntheticHistory(from + place)),
    );
    input = Buffer.from(`${lines.join('\n')}\n`);

    const { counts: seen } = await planning.around(() =>
      runScopedPreview(services, {
        incidentId: 'inc-bench',
        version: 1,
        actors: [{ kind: 'user', id: actorId, name: 'Jonas Junior' }],
        recoveryPointAt,
        historyChunk: { sha256: inForce.digest, objects: size },
      }),
    );
    counts = mergeCounts(counts, seen);
    judged.update(output);

    if (!withFloor) continue;
    const planned = parsed<PlannedObject>(output);
    await moving.around(async () => {
      parsed(input.toString('utf8'));
      sha256(planned.map((object) => `${canonicalText(object)}\n`).join(''));
    });
  }

  const expected = { ...emptyCounts().byClass, ...expectedClasses(objects) };
  if (canonicalText(counts.byClass) !== canonicalText(expected)) {
    throw new Error(
      `classes are ${canonicalText(counts.byClass)}, not ${canonicalText(expected)}: nothing was measured`,
    );
  }
  return {
    deltas: objects * deltasPerObject,
    events: objects * eventsPerObject,
    seconds: planning.seconds,
    cpuSeconds: planning.cpuSeconds,
    movingCpuSeconds: moving.cpuSeconds,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    digest: judged.digest('hex'),
  };
}

function parsed<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line.length > 0)
    .map((line) => JSON.parse(line) as T);
}

/** Adds up what happens inside `around`: the making of the synthetic input stays outside. */
function stopwatch() {
  const total = { seconds: 0, cpuSeconds: 0 };
  return Object.assign(total, {
    async around<T>(work: () => Promise<T>): Promise<T> {
      const [at, cpu] = [performance.now(), process.cpuUsage()];
      const result = await work();
      const used = process.cpuUsage(cpu);
      total.seconds += (performance.now() - at) / 1000;
      total.cpuSeconds += (used.user + used.system) / 1e6;
      return result;
    },
  });
}
