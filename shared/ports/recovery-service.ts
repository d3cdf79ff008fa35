import type {
  IdLimits,
  JobKind,
  JobLimits,
  NativeChange,
  NativeJob,
} from '../domain/native/native-job.js';

export interface RecoveryPointFact {
  /** Opaque (backup fact sheet 5.2). */
  readonly id: string;
  readonly createdDateTime: string;
}

/**
 * A job to be started under the session that an operator lent to the incident. Only a preview, which
 * writes nothing, may be limited to whole kinds.
 */
export type NewJob = { readonly incidentId: string; readonly pointId: string } & (
  | { readonly kind: 'preview'; readonly limits: JobLimits }
  | { readonly kind: 'recovery'; readonly limits: IdLimits }
);

/**
 * What came of asking for a job. `busy`: the tenant already runs one, whose it may be. `unknown`: asked,
 * and nobody knows whether it was taken; only the list of jobs tells (safety.md I9). `session`: nobody's
 * delegated rights are at hand, or the service no longer takes them.
 */
export type JobStart =
  | { readonly started: true; readonly jobId: string }
  | {
      readonly started: false;
      readonly why: 'busy' | 'unknown' | 'session' | 'refused';
      readonly message: string;
    };

/** Whether a person may start jobs: holds the role now, could activate it, or neither. */
export interface JobRights {
  readonly backupAdministrator: 'active' | 'eligible' | 'missing';
  /** Why more could not be found out; null when everything was read. */
  readonly note: string | null;
}

/**
 * Microsoft Entra Backup and Recovery. Reading works with our own identity; starting a job does not, and
 * is done with the rights that an operator lent (backup fact sheet 4.1).
 */
export interface RecoveryService {
  /** Newest first, de-duplicated by time; empty when there are none; null when it cannot be read, with why. */
  listRecoveryPoints(): Promise<
    | { readonly ok: true; readonly points: readonly RecoveryPointFact[] }
    | { readonly ok: false; readonly why: string }
  >;
  /** Every job that the service still knows, of whomever. */
  listJobs(): Promise<readonly NativeJob[]>;
  /** One job, null when the service does not know it (any more). */
  readJob(job: {
    readonly kind: JobKind;
    readonly pointId: string;
    readonly jobId: string;
  }): Promise<NativeJob | null>;
  startJob(job: NewJob): Promise<JobStart>;
  /** Best-effort at the service: the job goes on until its status says otherwise. */
  cancelJob(job: {
    readonly incidentId: string;
    readonly jobId: string;
  }): Promise<{ readonly accepted: boolean; readonly message: string }>;
  /** What a successful preview would write, object by object. */
  readChanges(preview: {
    readonly pointId: string;
    readonly jobId: string;
  }): AsyncIterable<NativeChange>;
  /** What a recovery that ended could not write. */
  readFailedChanges(recovery: {
    readonly pointId: string;
    readonly jobId: string;
  }): AsyncIterable<NativeChange>;
  jobRights(userId: string): Promise<JobRights>;
}
