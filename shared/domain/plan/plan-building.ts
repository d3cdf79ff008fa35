import { etaOf, type Etas } from './eta.js';
import type { PlanView, RecoveryPointView } from '../incident/incident.js';
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

export interface PlanFacts {
  readonly counts: PlanCounts;
  readonly recoveryPoint: RecoveryPointView;
  /** Things left for people. */
  readonly residuals: number;
  /** Privileged objects our identity may not write. */
  readonly privileged: number;
  /** Earlier values that no source states. */
  readonly unknownValues: number;
  /** Earlier values that only the backup holds: a native recovery writes them. */
  readonly fromBackup?: number;
  /** Properties that others wrote after the actor: left alone. */
  readonly overwritten: number;
  /** Properties of which the recovery point holds another value than the first row since found. */
  readonly disagreeing?: number;
  /** Values to return to that the actor itself had set before. */
  readonly setByActor?: number;
  /** Some of them, by object and property. */
  readonly setByActorIn?: readonly string[];
}

/** What an approver must know before deciding, one sentence each, the gravest first. */
export function planWarnings(facts: PlanFacts): string[] {
  const { byClass, byAction } = facts.counts;
  const { setByActor = 0, setByActorIn = [] } = facts;
  const warnings: [boolean, string][] = [
    [
      facts.recoveryPoint.id === null,
      'NO_RECOVERY_POINT: no backup confirms the earlier values; every one comes from an audit row.',
    ],
    [
      setByActor > 0,
      `${setByActor} values that would be returned to HAD BEEN SET BY THE ACTOR ITSELF before the recovery point: ${setByActorIn.join(', ')}${setByActor > setByActorIn.length ? ' and others' : ''}. Leave these objects out, or choose an earlier recovery point, in a revision.`,
    ],
    [
      byAction.softDelete > 0,
      `${byAction.softDelete} objects would be SOFT-DELETED because the actor created or restored them; each is left out unless everybody who must approve names that line (over HTTP).`,
    ],
    [
      byClass.unexplained > 0,
      `${byClass.unexplained} differences have no audit row that explains them; they are left alone.`,
    ],
    [
      (facts.disagreeing ?? 0) > 0,
      `${facts.disagreeing ?? 0} properties held another value at the recovery point than their first row since then found, so somebody's row is missing; the later value is the one that counts.`,
    ],
    [
      facts.privileged > 0,
      `${facts.privileged} privileged objects cannot be written by our identity; a person with the role must.`,
    ],
    [
      facts.unknownValues > 0,
      `${facts.unknownValues} earlier values are unknown and are not written.`,
    ],
    [
      (facts.fromBackup ?? 0) > 0,
      `${facts.fromBackup ?? 0} earlier values are unknown to us: a native recovery writes what the backup holds.`,
    ],
    [
      facts.overwritten > 0,
      `${facts.overwritten} properties were written by others after the actor; they are left as those set them.`,
    ],
    [
      byClass.created > 0 && byAction.softDelete === 0,
      `${byClass.created} objects the actor created are left in place.`,
    ],
    [byClass.lost > 0, `${byClass.lost} objects were hard-deleted and must be re-created by hand.`],
    [byClass.synced > 0, `${byClass.synced} differences lie on objects mastered on-premises.`],
    [
      byClass.unsupported > 0,
      `${byClass.unsupported} differences lie outside what can be written.`,
    ],
  ];
  return warnings.filter(([applies]) => applies).map(([, text]) => text);
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
