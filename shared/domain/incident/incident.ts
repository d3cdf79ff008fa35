import type { ApprovalLine, ApprovalRole, GivenApproval, LineCount } from '../approval/approval.js';
import type { ActorRef, Person } from '../identities.js';
import type { LockoutForecast } from '../plan/forecast.js';
import type {
  DeltaClass,
  ExecutorName,
  PlanAction,
  PlanExecutor,
  Residual,
  StageCount,
} from '../plan/plan.js';

/**
 * The rules an incident began with; an incident in flight finishes on them. From 2 on the people who must
 * decide are looked at when it opens, a change of the plan ends its wait for the change window, a lent
 * session has the plan looked at, and a held run tries again in growing pauses.
 */
export const PLAYBOOK_VERSION = 2;

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
  /** The newest check of a plan against what the recovery point itself holds; absent before the first. */
  readonly pointCheck?: {
    readonly outcome: 'agrees' | 'differs' | 'unanswered';
    readonly at: string;
    readonly summary: string;
  };
  readonly plan: PlanView | null;
  readonly approvals: {
    readonly required: readonly ApprovalRole[];
    readonly given: readonly GivenApproval[];
  };
  /** Pinned people who were found unable to act since the opening, each with the reason. */
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

/** `closed`: the undo has ended, however. */
export type UndoState = 'previewing' | 'awaitingApproval' | 'executing' | 'verifying' | 'closed';

/** The undo of a closed incident (contract section 5): its own plan, approvals and ending. */
export interface UndoView {
  readonly state: UndoState;
  readonly askedBy: Person;
  readonly askedAt: string;
  /** Null until the plan is drawn. */
  readonly planDigest: string | null;
  readonly plan: PlanView | null;
  readonly approvals: Incident['approvals'];
  readonly execution: ExecutionView | null;
  readonly verification: VerificationView | null;
  readonly waitingFor: Waiting | null;
  /** The same words as an incident's: `recovered` when every planned change reads back as planned. */
  readonly outcome: Outcome | null;
  /** The newest thing that happened, one line for people. */
  readonly summary: string;
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
