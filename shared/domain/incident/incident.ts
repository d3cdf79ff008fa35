import type { LineCount } from '../approval/approval-lines.js';
import type { ApprovalLine } from '../approval/approval.js';
import type { LockoutForecast } from '../plan/lockout-forecast.js';
import type { StageCount } from '../plan/plan-stages.js';
import type { UndoView } from '../plan/undo-view.js';

/** The rules an incident began with; an incident in flight finishes on them. */
export const PLAYBOOK_VERSION = 1;

/** What an incident's id looks like, everywhere (contract section 5). */
export const incidentIdForm = /^[a-z0-9-]{1,80}$/;

export const stepNames = [
  'contain',
  'scope',
  'chooseRecoveryPoint',
  'preview',
  'approve',
  'execute',
  'verify',
] as const;
export type StepName = (typeof stepNames)[number];

export const stepStates = ['pending', 'running', 'waiting', 'done', 'skipped', 'failed'] as const;
export type StepState = (typeof stepStates)[number];

export const incidentStates = [
  'containing',
  'scoping',
  'choosingRecoveryPoint',
  'previewing',
  'awaitingApproval',
  'executing',
  'verifying',
  'closed',
] as const;
export type IncidentState = (typeof incidentStates)[number];

export const outcomes = [
  'recovered',
  'partiallyRecovered',
  'nothingToRecover',
  'rejected',
  'expired',
  'cancelled',
  'failed',
] as const;
export type Outcome = (typeof outcomes)[number];

export type IncidentSource =
  'sentinelIncident' | 'sentinelAlert' | 'sentinelEntity' | 'azureMonitor' | 'commander';

export type Cause = 'accidental' | 'malicious' | 'unknown';

/** Half-open in time: from <= t < to. ISO 8601 UTC. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

export interface Person {
  readonly id: string;
  readonly name: string;
}

export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly etaSeconds: number | null;
}

export interface StepView {
  readonly name: StepName;
  readonly state: StepState;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** One line for people. */
  readonly summary: string;
  readonly progress: Progress;
}

export type ActorKind = 'user' | 'servicePrincipal';

export interface ActorRef {
  readonly kind: ActorKind;
  readonly id: string;
  readonly name: string;
}

export type ContainmentState =
  | 'pending'
  | 'contained'
  | 'stillWriting'
  | 'waitingForCommander'
  | 'refused'
  | 'released'
  | 'kept';

export interface ActorView extends ActorRef {
  readonly containment: ContainmentState;
  /** When the containment was proven by reading it back; null before that. */
  readonly provenAt: string | null;
}

export interface ScopeView {
  readonly objects: number;
  readonly changes: number;
  readonly sweeps: number;
  readonly settled: boolean;
  readonly digest: string | null;
}

export interface RecoveryPointView {
  /** Null when no backup is usable: the plan then stands on audit values alone. */
  readonly id: string | null;
  readonly createdDateTime: string | null;
  /** Seconds between the recovery point and the first bad change. */
  readonly gapSeconds: number | null;
  readonly expiresAt: string | null;
  readonly reason: string;
  readonly alternatives: readonly { readonly id: string; readonly createdDateTime: string }[];
}

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

export interface PlanView {
  readonly version: number;
  readonly digest: string;
  readonly executor: PlanExecutor;
  /** Planned objects by what carries them out. */
  readonly byExecutor?: Readonly<Record<ExecutorName, number>>;
  /** Planned objects in the order in which they are carried out. */
  readonly stages?: readonly StageCount[];
  /** Objects that are written only when everybody who must approve names this line. */
  readonly lines?: readonly LineCount[];
  /** Lines without which nobody's approval counts. */
  readonly requiredLines?: readonly ApprovalLine[];
  /** Who could sign in after it; absent when the plan cannot change that. */
  readonly forecast?: LockoutForecast;
  readonly objects: number;
  readonly byClass: Readonly<Record<DeltaClass, number>>;
  readonly byAction: Readonly<Record<PlanAction, number>>;
  readonly excluded: number;
  readonly etaSeconds: number;
  /** The same by executor. */
  readonly etaByExecutor?: Readonly<Record<ExecutorName, number>>;
  readonly warnings: readonly string[];
  readonly expiresAt: string;
}

export type ApprovalRole = 'operator' | 'approver';

export interface GivenApproval {
  readonly by: Person;
  readonly countedAs: ApprovalRole;
  readonly at: string;
  readonly via: 'teams' | 'http';
}

export interface WaveView {
  readonly number: number;
  readonly objects: number;
  readonly applied: number;
  readonly skipped: number;
  readonly failed: number;
  readonly endedAt: string | null;
}

export interface ExecutionView {
  readonly executor: PlanExecutor;
  /** The newest 20; the totals beside it count all. */
  readonly waves: readonly WaveView[];
  readonly applied: number;
  readonly skipped: number;
  readonly failed: number;
}

export interface VerificationView {
  readonly verified: number;
  readonly mismatched: number;
  readonly pending: number;
  /** Planned objects of all plans that were executed; those overtaken count with what they reached. */
  readonly expected?: number;
  readonly signIns: { readonly seen: number; readonly sampled: number };
}

export type WaitKind =
  'actor' | 'approval' | 'operatorSession' | 'changeWindow' | 'choice' | 'scope';

export interface Waiting {
  readonly kind: WaitKind;
  readonly since: string;
  readonly question: string;
}

export interface Residual {
  readonly kind: 'lost' | 'unsupported' | 'synced' | 'manual';
  readonly objectId: string;
  /** The property it is about, as in plans; absent when it is about the object. */
  readonly property?: string;
  readonly what: string;
  readonly todo: string;
}

/** A task for the commander that no automation can do, e.g. stop a script at its source. */
export interface Task {
  readonly id: string;
  readonly at: string;
  readonly text: string;
  /** The exact command or portal step, when there is one. */
  readonly command: string | null;
}

/** The incident document of contract section 5: what people and programs read. */
export interface Incident {
  readonly id: string;
  readonly title: string;
  readonly source: IncidentSource;
  readonly labels: readonly string[];
  readonly state: IncidentState;
  readonly outcome: Outcome | null;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly cause: Cause;
  readonly actor: ActorRef | null;
  readonly actors: readonly ActorView[];
  /** While nobody could be told to be the actor: who it may have been, the likeliest first. */
  readonly candidates?: readonly (ActorRef & {
    readonly auditRows: number;
    readonly reason: string;
  })[];
  readonly window: Window;
  readonly steps: readonly StepView[];
  readonly scope: ScopeView;
  readonly recoveryPoint: RecoveryPointView | null;
  readonly plan: PlanView | null;
  readonly approvals: {
    readonly required: readonly ApprovalRole[];
    readonly given: readonly GivenApproval[];
  };
  /** Pinned people who were found unable to act while a decision was awaited, each with the reason. */
  readonly unable?: readonly (Person & { readonly why: string })[];
  readonly execution: ExecutionView | null;
  readonly verification: VerificationView | null;
  readonly waitingFor: Waiting | null;
  /** Null until a commander asks for it. */
  readonly undo: UndoView | null;
  readonly residual: readonly Residual[];
  readonly tasks: readonly Task[];
  readonly warnings: readonly string[];
  readonly record: { readonly entries: number; readonly head: string | null };
  readonly policyDigest: string;
  readonly playbookVersion: number;
  readonly links: Readonly<Record<string, string>>;
}

/** What a step may change in the document besides its own line. */
export type IncidentPatch = Partial<
  Pick<
    Incident,
    | 'state'
    | 'outcome'
    | 'closedAt'
    | 'actor'
    | 'actors'
    | 'window'
    | 'scope'
    | 'recoveryPoint'
    | 'plan'
    | 'approvals'
    | 'execution'
    | 'verification'
    | 'waitingFor'
    | 'residual'
    | 'tasks'
    | 'warnings'
    | 'links'
  >
>;
