import { etaOf, type Etas } from './eta.js';
import type { PlanView } from '../incident/incident.js';
import {
  deltaClasses,
  planActions,
  type ExecutorName,
  type PlanExecutor,
  type PlanBody,
  type PlanChunk,
  type PlanCounts,
  type PlannedObject,
  type StageCount,
} from './plan.js';
import { executorOrder, stagesOf } from './plan-stages.js';
import type { Policy } from '../policy.js';

const zeros = <K extends string>(keys: readonly K[]): Record<K, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;

export const emptyCounts = (): PlanCounts => ({
  objects: 0,
  byClass: zeros(deltaClasses),
  byAction: zeros(planActions),
  excluded: 0,
});

/** Counts one object in: its deltas by class and action, itself once when anything would be done to it. */
export function addToCounts(counts: PlanCounts, object: PlannedObject): PlanCounts {
  const one = {
    objects: 0,
    byClass: zeros(deltaClasses),
    byAction: zeros(planActions),
    excluded: 0,
  };
  for (const delta of object.deltas) {
    one.byClass[delta.class] += 1;
    if (delta.action !== null) one.byAction[delta.action] += 1;
  }
  if (object.deltas.some(({ action }) => action !== null)) one.objects = 1;
  return mergeCounts(counts, one);
}

export function mergeCounts(a: PlanCounts, b: PlanCounts): PlanCounts {
  return {
    objects: a.objects + b.objects,
    byClass: added(deltaClasses, a.byClass, b.byClass),
    byAction: added(planActions, a.byAction, b.byAction),
    excluded: a.excluded + b.excluded,
  };
}

/** How long each executor takes, seconds: floors, no promise (eta.ts). */
export function planEtas(body: Pick<PlanBody, 'counts' | 'chunks'>, policy: Policy): Etas {
  const stages = stagesOf(body.chunks);
  const byExecutor = objectsByExecutor(stages);
  const others = byExecutor.native + byExecutor.handOff;
  const actionsPlanned = planActions.reduce((sum, action) => sum + body.counts.byAction[action], 0);
  const ofPolicies = stages
    .filter(({ executor, stage }) => executor === 'surgical' && stage === 'controlPlane')
    .reduce((sum, { objects }) => sum + objects, 0);
  return etaOf(
    {
      writes: Math.max(byExecutor.surgical, actionsPlanned - others) - ofPolicies,
      policyWrites: ofPolicies,
      canaries: policy.execution.canary.length,
      nativeObjects: byExecutor.native,
      handOffObjects: byExecutor.handOff,
    },
    policy,
  );
}

export function toPlanView(body: PlanBody, digest: string, policy: Policy): PlanView {
  const stages = stagesOf(body.chunks);
  const etas = planEtas(body, policy);
  return {
    version: body.version,
    digest,
    executor: body.executor,
    byExecutor: objectsByExecutor(stages),
    stages,
    objects: body.counts.objects,
    byClass: body.counts.byClass,
    byAction: body.counts.byAction,
    excluded: body.counts.excluded,
    etaSeconds: etas.surgical + etas.native + etas.handOff,
    etaByExecutor: etas,
    warnings: body.warnings,
    ...(body.lines && { lines: body.lines }),
    ...(body.forecast && { forecast: body.forecast }),
    ...(body.requiredLines && { requiredLines: body.requiredLines }),
    expiresAt: body.expiresAt,
  };
}

/** The plan's executor: the one that carries out all of it, or `auto` when each object has its own. */
export function executorOf(chunks: readonly PlanChunk[]): PlanExecutor {
  const executors = new Set(stagesOf(chunks).map(({ executor }) => executor));
  const [only = 'surgical'] = executors;
  return executors.size > 1 ? 'auto' : only;
}

function objectsByExecutor(stages: readonly StageCount[]): Record<ExecutorName, number> {
  const sums = zeros(executorOrder);
  for (const { executor, objects } of stages) sums[executor] += objects;
  return sums;
}

function added<K extends string>(
  keys: readonly K[],
  a: Readonly<Record<K, number>>,
  b: Readonly<Record<K, number>>,
): Record<K, number> {
  const sum = zeros(keys);
  for (const key of keys) sum[key] = a[key] + b[key];
  return sum;
}
