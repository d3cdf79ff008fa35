import type { ApprovalLine, LineCount } from '../approval/approval.js';
import type { ObjectType } from '../attribution/audit.js';
import type { LockoutForecast } from './forecast.js';
import type { Json, Known } from '../json.js';

export const deltaClasses = [
  'actorOnly',
  'mixed',
  'otherOnly',
  'unexplained',
  'created',
  'restoredSince',
  'lost',
  'synced',
  'unsupported',
] as const;
export type DeltaClass = (typeof deltaClasses)[number];

export const planActions = [
  'update',
  'restore',
  'softDelete',
  'addMember',
  'removeMember',
  'addAssignment',
  'removeAssignment',
] as const;
export type PlanAction = (typeof planActions)[number];

export const executorNames = ['surgical', 'native', 'handOff'] as const;
export type ExecutorName = (typeof executorNames)[number];

/** What carries a plan out: one executor for all of it, or `auto`, chosen object by object. */
export type PlanExecutor = ExecutorName | 'auto';

/** One difference on one object between the state to return to and the state now. */
export interface Delta {
  /** Graph's property name; `memberOf/{groupId}` for a membership; `*` for the object's existence. */
  readonly property: string;
  readonly class: DeltaClass;
  /** Null: left alone, listed with its reason. */
  readonly action: PlanAction | null;
  /** The value to return to: what it was before the actor's first write. */
  readonly then: Known;
  /** The value a compare-and-set expects to find: the actor's bad value, read now. */
  readonly now: Known;
  /** One sentence for people: who did what, why this class, why this action. */
  readonly reason: string;
  /** Ids of the audit rows it rests on. */
  readonly evidence: readonly string[];
  /** When the actor itself had set the value to return to; absent when it had not, as far as is known. */
  readonly setByActorAt?: string;
  /** How it is restored where its name or an address is taken by now. */
  readonly restoreAs?: RestoreAs;
  /**
   * Where the recovery point was asked and says otherwise than the rows: another value than the first row
   * since found, or a difference that no row is about.
   */
  readonly point?: 'disagrees' | 'unexplained';
}

/** The two parameters of a restore (backup fact sheet 11.1). */
export interface RestoreAs {
  /** Addresses that another user holds by now are dropped. */
  readonly autoReconcileProxyConflict: boolean;
  /** Null: the name it had is free. */
  readonly newUserPrincipalName: string | null;
}

/** A name or address of a deleted user that somebody else holds by now. */
export interface RestoreConflict {
  readonly kind: 'userPrincipalName' | 'proxyAddress';
  readonly value: string;
  /** Object id of who holds it. */
  readonly heldBy: string;
}

/** What carries one object out, and why that. */
export interface Route {
  readonly executor: ExecutorName;
  /** One sentence for people. */
  readonly why: string;
}

/**
 * The order in which a plan is carried out, within one executor: a representative canary, the people
 * who must decide, what decides who may sign in, then what others hang on before what hangs on it.
 * `properties` is what a native job puts back in any order: nothing of it hangs on anything.
 */
export const planStages = [
  'canary',
  'pinned',
  'controlPlane',
  'properties',
  'applications',
  'servicePrincipals',
  'users',
  'devices',
  'groups',
  'memberships',
] as const;
export type PlanStage = (typeof planStages)[number];

/** A run of a plan, in order: all its objects have one executor and one stage. */
export interface StageCount {
  readonly executor: ExecutorName;
  /** Null in plans that were made before plans had stages. */
  readonly stage: PlanStage | null;
  readonly objects: number;
}

/** What is left to a person. */
export interface Residual {
  readonly kind: 'lost' | 'unsupported' | 'synced' | 'manual';
  readonly objectId: string;
  /** What the tenant calls the object; absent where nobody looked. */
  readonly name?: string;
  /** The property it is about, as in plans; absent when it is about the object. */
  readonly property?: string;
  readonly what: string;
  readonly todo: string;
}

/** One line of a plan artefact: all deltas of one object. */
export interface PlannedObject {
  readonly objectId: string;
  readonly objectType: ObjectType;
  readonly displayName: string;
  readonly privileged: boolean;
  readonly deltas: readonly Delta[];
  /** Absent when nothing is done to it. */
  readonly route?: Route;
  /** What a person must do by hand, e.g. for lost or synced objects. */
  readonly residual: readonly Residual[];
}

/** A run of plan lines stored as one artefact, so that no step holds the whole plan. */
export interface PlanChunk {
  readonly sha256: string;
  /** Lines in it. */
  readonly objects: number;
  /** Lines with at least one action. */
  readonly planned: number;
  /** All its planned lines have this stage and executor; absent in a chunk that is not arranged yet. */
  readonly stage?: PlanStage | undefined;
  readonly executor?: ExecutorName | undefined;
}

/**
 * What a plan digest covers (contract section 7): SHA-256 of the RFC 8785 text of this value. The
 * object lines are covered through the hashes of their chunks, whose lines are RFC 8785 texts too.
 */
export interface PlanBody {
  readonly tenantId: string;
  readonly incidentId: string;
  readonly version: number;
  readonly recoveryPointId: string | null;
  readonly executor: PlanExecutor;
  readonly policyDigest: string;
  readonly scopeDigest: string;
  readonly exclusions: readonly string[];
  readonly expiresAt: string;
  readonly chunks: readonly PlanChunk[];
  readonly counts: PlanCounts;
  readonly warnings: readonly string[];
  /** Objects by the line that they need; absent in plans of old. */
  readonly lines?: readonly LineCount[];
  /** Lines without which nobody's approval of this plan counts. */
  readonly requiredLines?: readonly ApprovalLine[];
  /** Who could sign in after it; absent when the plan cannot change that. */
  readonly forecast?: LockoutForecast;
  /** The plan that this one undoes; absent in recovery plans. */
  readonly undoes?: string;
}

export interface PlanCounts {
  /** Distinct objects with at least one action. */
  readonly objects: number;
  readonly byClass: Readonly<Record<DeltaClass, number>>;
  readonly byAction: Readonly<Record<PlanAction, number>>;
  readonly excluded: number;
}

/** What the directory says about one object now. */
export interface CurrentObject {
  readonly objectId: string;
  readonly objectType: ObjectType;
  readonly displayName: string;
  readonly presence: 'present' | 'softDeleted' | 'absent';
  /** Days until the recycle bin forgets it; null unless soft-deleted. */
  readonly daysLeft: number | null;
  /** Mastered on-premises. */
  readonly synced: boolean;
  /** Holds a directory role, or is a member or owner of a role-assignable group. */
  readonly privileged: boolean;
  /** Only the properties that were asked for, in Graph's spelling. */
  readonly properties: { readonly [property: string]: Json };
  /** Groups, among those asked for, that it is a direct member of. */
  readonly memberOf: readonly string[];
  /** Which of several kinds of named location it is; Graph wants to be told with every write. */
  readonly variant?: string;
  /** What stands in the way of its restore; only of deleted users, and only where it was looked for. */
  readonly conflicts?: readonly RestoreConflict[];
}
