import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import {
  type ExecutorName,
  planStages,
  type PlanChunk,
  type PlannedObject,
  type PlanStage,
} from '../../../shared/domain/plan/plan.js';
import {
  candidateKey,
  canaryTierOf,
  chooseCanary,
  endsOf,
  executorOrder,
  isPinned,
  isPlanned,
  isPutAway,
  isRestored,
  rankOf,
  stageOf,
  type StageGround,
} from '../../../shared/domain/plan/plan-stages.js';
import { pinnedIds, type Policy } from '../../../shared/domain/policy.js';
import { policyOf } from '../case-file.js';
import { objectsPerChunk, putLines, readLines } from '../lines.js';
import type { ActivityServices } from '../services.js';

type Choice = NonNullable<ReturnType<typeof chooseCanary>>;
type Canaries = ReadonlyMap<ExecutorName, Choice>;

/**
 * Puts the objects of a preview into the order in which they are carried out: by executor, by stage, and
 * last what is only listed. Never holds more than one unfinished run per executor and stage, and so reads
 * the preview three times, since what comes back and which stage is largest is known only at its end; of
 * 48,000 objects a reading takes a tenth of what storing them takes. `backward` is the order of an undo
 * plan. The same preview under the same policy is arranged the same way each time.
 */
export async function arrangePlan(
  services: ActivityServices,
  { incidentId, version, chunks, backward = false }: ActivityInput<'arrangePlan'>,
): Promise<ActivityOutput<'arrangePlan'>> {
  const { policy } = await policyOf(services, incidentId);
  const lines = () => linesOf(services, incidentId, chunks);
  const ground = await readGround(lines, policy, backward ? isPutAway : isRestored);
  const canaries = await chooseCanaries(lines, ground);

  const runs = new Map<string, PlannedObject[]>();
  const stored = new Map<string, PlanChunk[]>();
  const sizeOfCanary = policy.execution.canary.reduce((sum, size) => sum + size, 0);
  const taken = new Map<ExecutorName, number>();
  for await (const line of lines()) {
    const object = routed(line);
    const key = keyOf(object);
    const run = runs.get(key) ?? [];
    run.push(object);
    runs.set(key, run);
    if (run.length === objectsPerChunk) await flush(key);
  }
  const arranged: PlanChunk[] = [];
  for (const key of backward ? keysBackward : keysForward) {
    await flush(key);
    arranged.push(...(stored.get(key) ?? []));
  }
  return { chunks: arranged };

  function keyOf(object: PlannedObject): string {
    if (object.route === undefined) return unplanned;
    const { executor } = object.route;
    const stage = stageOf(object, ground);
    const canary = canaries.get(executor);
    const before = taken.get(executor) ?? 0;
    if (
      before < sizeOfCanary &&
      canary?.stage === stage &&
      canaryTierOf(object, ground) === canary.tier
    ) {
      taken.set(executor, before + 1);
      return runKey(executor, 'canary', 0);
    }
    return runKey(executor, stage, rankOf(object, stage));
  }

  async function flush(key: string): Promise<void> {
    const run = runs.get(key) ?? [];
    if (run.length === 0) return;
    runs.set(key, []);
    const [executor, stage] = key.split('/') as [ExecutorName, PlanStage];
    const name = `plan-${version}-${key === unplanned ? 'listed' : `${executor}-${stage}`}`;
    const { sha256 } = await putLines(services, incidentId, name, run);
    const chunk =
      key === unplanned
        ? { sha256, objects: run.length, planned: 0 }
        : { sha256, objects: run.length, planned: run.length, stage, executor };
    stored.set(key, [...(stored.get(key) ?? []), chunk]);
  }
}

const unplanned = 'listed';
const runKey = (executor: ExecutorName, stage: PlanStage, rank: 0 | 1): string =>
  `${executor}/${stage}/${rank}`;

const keysOf = (stages: readonly PlanStage[], ranks: readonly (0 | 1)[]): readonly string[] => [
  ...executorOrder.flatMap((executor) =>
    stages.flatMap((stage) => ranks.map((rank) => runKey(executor, stage, rank))),
  ),
  unplanned,
];
const keysForward = keysOf(planStages, [0, 1]);
/** An undo takes apart what was put together: the canary first, then the last stage before the first. */
const keysBackward = keysOf(
  ['canary', ...planStages.filter((stage) => stage !== 'canary').reverse()],
  [1, 0],
);

/** What is done to an object has an executor; what is only listed has none. */
function routed(object: PlannedObject): PlannedObject {
  const { route, ...listed } = object;
  if (!isPlanned(object)) return listed;
  return { ...listed, route: route ?? { executor: 'surgical', why: surgicalByDefault } };
}
const surgicalByDefault = 'Each of its properties is put back by itself, under compare-and-set.';

async function readGround(
  lines: () => AsyncGenerator<PlannedObject>,
  policy: Policy,
  comesOrGoes: (object: PlannedObject) => boolean,
): Promise<StageGround> {
  const restoredIds = new Set<string>();
  const endsOfPinned = new Set<string>();
  const ground = { pinnedIds: pinnedIds(policy), restoredIds, neededByPinned: endsOfPinned };
  for await (const object of lines()) {
    if (comesOrGoes(object)) restoredIds.add(object.objectId.toLowerCase());
    if (isPinned(object, ground)) endsOf(object).forEach((id) => endsOfPinned.add(id));
  }
  return {
    ...ground,
    neededByPinned: new Set([...endsOfPinned].filter((id) => restoredIds.has(id))),
  };
}

async function chooseCanaries(
  lines: () => AsyncGenerator<PlannedObject>,
  ground: StageGround,
): Promise<Canaries> {
  const counts = new Map<ExecutorName, Map<string, number>>();
  for await (const line of lines()) {
    const object = routed(line);
    const tier = canaryTierOf(object, ground);
    if (object.route === undefined || tier === null) continue;
    const own = counts.get(object.route.executor) ?? new Map<string, number>();
    counts.set(object.route.executor, own);
    const key = candidateKey(tier, stageOf(object, ground));
    own.set(key, (own.get(key) ?? 0) + 1);
  }
  const canaries = new Map<ExecutorName, Choice>();
  for (const [executor, candidates] of counts) {
    const choice = chooseCanary(candidates);
    // What a person runs in the portal has no first wave of ours.
    if (choice !== null && executor !== 'handOff') canaries.set(executor, choice);
  }
  return canaries;
}

async function* linesOf(
  services: ActivityServices,
  incidentId: string,
  chunks: readonly { readonly sha256: string }[],
): AsyncGenerator<PlannedObject> {
  for (const { sha256 } of chunks) {
    yield* await readLines<PlannedObject>(services, incidentId, sha256);
  }
}
