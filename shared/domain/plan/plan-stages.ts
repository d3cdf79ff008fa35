import type { ObjectType } from '../attribution/audit.js';
import {
  planStages,
  type Delta,
  type ExecutorName,
  type PlanChunk,
  type PlannedObject,
  type PlanStage,
  type StageCount,
} from './plan.js';
import { otherEndOf } from '../attribution/relations.js';

/** What must be known of the whole plan to place one of its objects. Ids in lower case. */
export interface StageGround {
  /** People of the policy: who decides must be able to sign in. */
  readonly pinnedIds: ReadonlySet<string>;
  /** Objects that this plan brings back from the recycle bin; that it puts there, when it undoes. */
  readonly restoredIds: ReadonlySet<string>;
  /** Those of them that a relation of a pinned person ends at. */
  readonly neededByPinned: ReadonlySet<string>;
}

const byType: Readonly<Record<ObjectType, PlanStage>> = {
  conditionalAccessPolicy: 'controlPlane',
  namedLocation: 'controlPlane',
  authorizationPolicy: 'controlPlane',
  authenticationMethodPolicy: 'controlPlane',
  authenticationStrengthPolicy: 'controlPlane',
  organization: 'controlPlane',
  policy: 'controlPlane',
  role: 'controlPlane',
  application: 'applications',
  servicePrincipal: 'servicePrincipals',
  user: 'users',
  device: 'devices',
  other: 'devices',
  group: 'groups',
};

/** What is tried first when the canary is chosen; a plan of nothing but pinned people has them as canary. */
export const canaryTiers = ['ordinary', 'privileged', 'controlPlane', 'pinned'] as const;
export type CanaryTier = (typeof canaryTiers)[number];

export const executorOrder: readonly ExecutorName[] = ['surgical', 'native', 'handOff'];

/** What decides who may sign in, and how; Graph has a quota of its own for it. */
export const isControlPlane = (objectType: ObjectType): boolean =>
  byType[objectType] === 'controlPlane';

export const isPlanned = ({ deltas }: Pick<PlannedObject, 'deltas'>): boolean =>
  deltas.some(({ action }) => action !== null);

export const isRestored = ({ deltas }: Pick<PlannedObject, 'deltas'>): boolean =>
  deltas.some(({ action }) => action === 'restore');

export const isPutAway = ({ deltas }: Pick<PlannedObject, 'deltas'>): boolean =>
  deltas.some(({ action }) => action === 'softDelete');

/** Other ends of the relations that the plan would write. */
export const endsOf = ({ deltas }: Pick<PlannedObject, 'deltas'>): string[] =>
  deltas.filter(({ action }) => action !== null).flatMap((delta) => otherEndOf(delta) ?? []);

export const isPinned = ({ objectId }: PlannedObject, { pinnedIds }: StageGround): boolean =>
  pinnedIds.has(objectId.toLowerCase());

/**
 * The stage of a planned object, the canary aside: pinned people with what they hang on, what decides
 * who may sign in, applications before their service principals, users, groups, and last the relations.
 * An object with a relation to something that the plan restores comes last as a whole, so that both ends
 * exist by then. What the service itself recovers is a job for each wave, an hour at least: there, objects
 * of which only properties go back are one stage, whatever their kind, since none hangs on another.
 */
export function stageOf(object: PlannedObject, ground: StageGround): PlanStage {
  const id = object.objectId.toLowerCase();
  if (ground.pinnedIds.has(id) || ground.neededByPinned.has(id)) return 'pinned';
  if (awaitsRestore(object, ground)) return 'memberships';
  const acting = object.deltas.filter(({ action }) => action !== null);
  const relationsOnly = acting.length > 0 && acting.every((delta) => otherEndOf(delta) !== null);
  if (relationsOnly) return 'memberships';
  const isAJob = object.route !== undefined && object.route.executor !== 'surgical';
  return isAJob && isOfProperties(acting) && !isControlPlane(object.objectType)
    ? 'properties'
    : byType[object.objectType];
}

/** Nothing comes, goes, or is joined to anything. */
const isOfProperties = (acting: readonly Delta[]): boolean =>
  acting.every((delta) => delta.action === 'update' && otherEndOf(delta) === null);

/** Order within a stage: what others of the same stage refer to comes first. */
export function rankOf({ objectType }: PlannedObject, stage: PlanStage): 0 | 1 {
  switch (stage) {
    case 'pinned':
      return objectType === 'user' ? 1 : 0;
    case 'controlPlane':
      return objectType === 'conditionalAccessPolicy' ? 1 : 0;
    case 'memberships':
      return objectType === 'group' ? 0 : 1;
    default:
      return 0;
  }
}

/**
 * Whether an object can be tried before everything else, and how willingly; null when it hangs on
 * something that the plan restores first.
 */
export function canaryTierOf(object: PlannedObject, ground: StageGround): CanaryTier | null {
  const stage = stageOf(object, ground);
  if (stage === 'pinned') return isPinned(object, ground) ? 'pinned' : null;
  if (awaitsRestore(object, ground)) return null;
  // Its application may be among those restored; which one that is, the line does not say.
  if (stage === 'servicePrincipals' && isRestored(object)) return null;
  if (stage === 'controlPlane') return 'controlPlane';
  return object.privileged ? 'privileged' : 'ordinary';
}

/** How many candidates there are, by tier and stage. */
export type Candidates = ReadonlyMap<string, number>;
export const candidateKey = (tier: CanaryTier, stage: PlanStage): string => `${tier}/${stage}`;

/** From which tier and stage the canary is taken: the first tier that has any, its most numerous stage. */
export function chooseCanary(
  candidates: Candidates,
): { readonly tier: CanaryTier; readonly stage: PlanStage } | null {
  for (const tier of canaryTiers) {
    const counts = planStages.map((stage) => ({
      stage,
      count: candidates.get(candidateKey(tier, stage)) ?? 0,
    }));
    const most = counts.reduce((best, one) => (one.count > best.count ? one : best));
    if (most.count > 0) return { tier, stage: most.stage };
  }
  return null;
}

/** The runs of a plan, from its chunks in order; chunks without a stage belong to plans of old. */
export function stagesOf(chunks: readonly PlanChunk[]): StageCount[] {
  const runs: { executor: ExecutorName; stage: PlanStage | null; objects: number }[] = [];
  for (const { planned, executor = 'surgical', stage = null } of chunks) {
    const last = runs.at(-1);
    if (planned === 0) continue;
    if (last?.executor === executor && last.stage === stage) last.objects += planned;
    else runs.push({ executor, stage, objects: planned });
  }
  return runs;
}

const awaitsRestore = (object: PlannedObject, { restoredIds }: StageGround): boolean =>
  restoredIds.size > 0 && endsOf(object).some((id) => restoredIds.has(id));
