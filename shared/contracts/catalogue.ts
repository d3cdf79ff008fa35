/**
 * Every name that is written to a history, with the shape of what goes in and comes out. Names and
 * shapes are a stored format: an incident in flight replays against them, so they are added to, never
 * renamed. Inputs and outputs are JSON objects (durable-engine-observed.md: bare values are mangled).
 */
import { z } from 'zod';
import { type RecoveryPointView, PLAYBOOK_VERSION } from '../domain/incident/incident.js';
import type { PlanCounts } from '../domain/plan/plan.js';
import { approveActivities } from './catalogue/approve.js';
import { caseActivities } from './catalogue/case.js';
import { containActivities } from './catalogue/contain.js';
import { executeActivities } from './catalogue/execute.js';
import { jobKind, serviceWaveResult, nativeActivities } from './catalogue/native.js';
import {
  checked,
  incidentId,
  instant,
  count,
  digest,
  actor,
  window,
  artefact,
  chunk,
  executor,
  planChunk,
  waveOfPlan,
  stopReason,
} from './catalogue/parts.js';
import { planActivities } from './catalogue/plan.js';
import { pointTotals, pointActivities } from './catalogue/point.js';
import { scopeActivities } from './catalogue/scope.js';
import { writtenWave, undoActivities } from './catalogue/undo.js';
import { verifyActivities } from './catalogue/verify.js';

export const activities = {
  ...caseActivities,
  ...containActivities,
  ...scopeActivities,
  ...planActivities,
  ...approveActivities,
  ...executeActivities,
  ...nativeActivities,
  ...pointActivities,
  ...verifyActivities,
  ...undoActivities,
} as const;

export type ActivityName = keyof typeof activities;
export type ActivityInput<N extends ActivityName> = z.input<(typeof activities)[N]['input']>;
export type ActivityOutput<N extends ActivityName> = z.output<(typeof activities)[N]['output']>;

/** External events: they wake, they carry no authority; the store is read after each. */
export const events = {
  approvalDecided: z.object({ eventId: z.string() }),
  actorsNamed: z.object({ eventId: z.string() }),
  marksChanged: z.object({ eventId: z.string() }),
  scopeExtended: z.object({ eventId: z.string() }),
  planRevised: z.object({ eventId: z.string() }),
  sessionLent: z.object({ eventId: z.string() }),
} as const;
export type EventName = keyof typeof events;

const started = z.object({
  playbookVersion: z.number().int().min(1).max(PLAYBOOK_VERSION),
  incidentId,
});
/** The policy's rhythm of waits; absent in runs that began before it was handed on. */
const pollSeconds = z.object({ first: z.number(), max: z.number() }).optional();

export const orchestrations = {
  respondToIncident: { input: started },
  sweepAuditLogs: {
    input: started.extend({
      sweep: count,
      actors: z.array(actor),
      slices: z.array(window),
      collected: z.array(artefact),
      pollSeconds,
    }),
    output: activities.closeSweep.output,
  },
  drawPlan: {
    input: started.extend({
      version: count,
      provisional: z.boolean(),
      actors: z.array(actor),
      scopeWindow: window,
      reportedWindow: window.optional(),
      actorsVersion: count.optional(),
      revisionsVersion: count.optional(),
      pointIndex: digest.optional(),
      scopeDigest: digest,
      recoveryPoint: checked<RecoveryPointView>(),
      historyChunks: z.array(chunk).nullable(),
      planChunks: z.array(planChunk),
      counts: checked<PlanCounts>(),
      pollSeconds,
    }),
    output: activities.closePlan.output,
  },
  /** Runs as `ID-undo`, after the incident has closed. */
  undoRecovery: { input: started },
  drawUndo: {
    input: started.extend({
      /** Null until the first activity has said what was written. */
      version: count.nullable(),
      waves: z.array(writtenWave).nullable(),
      severalPlans: z.boolean().optional(),
      planChunks: z.array(planChunk),
      counts: checked<PlanCounts>(),
      pollSeconds,
    }),
    output: activities.closeUndoPlan.output.extend({ version: count }),
  },
  executeWaves: {
    input: started.extend({
      planDigest: digest,
      waves: z.array(
        z.object({
          from: count,
          to: count,
          canary: z.boolean(),
          /** Absent in runs that began when there was only one. */
          executor: executor.default('surgical'),
        }),
      ),
      next: count,
      planned: count,
      applied: count,
      skipped: count,
      failed: count,
      drifted: count,
    }),
    output: z.object({
      next: count,
      applied: count,
      skipped: count,
      failed: count,
      drifted: count,
      stopped: z
        .enum([...stopReason.options, 'canaryFailed', 'waveFailed', 'drift', 'operatorSession'])
        .nullable(),
      begun: z.literal(true).optional(),
      note: z.string().nullable(),
    }),
  },
  /** One wave by a preview and a recovery job under an operator's session. */
  recoverNatively: {
    input: started.extend({
      ...waveOfPlan.shape,
      /** What is being waited for; a job that runs is only looked at. */
      waiting: z.object({ kind: jobKind, jobId: z.string() }).nullable(),
      /** Looks so far at what is being waited for. */
      looks: count,
      /** Looks in a row at which the service did not know the job. */
      missed: count,
    }),
    output: serviceWaveResult,
  },
  /** Runs as `ID-point-RUN` beside the incident, once a session was lent before its execution. */
  checkRecoveryPoint: {
    input: started.extend({
      run: count,
      /** The preview that is followed, or was. */
      jobId: z.string().nullable(),
      /** Null until the preview has been read. */
      compared: z
        .object({ version: count, chunks: count, next: count, totals: pointTotals })
        .nullable(),
      looks: count,
      missed: count,
    }),
    output: activities.closePointCheck.output,
  },
  /** One wave that a person carries out in the portal. */
  awaitHandOff: {
    input: started.extend({
      ...waveOfPlan.shape,
      jobId: z.string().nullable(),
      looks: count,
      missed: count,
    }),
    output: serviceWaveResult,
  },
  verifyObjects: {
    input: started.extend({
      planDigest: digest,
      newerPlan: digest.optional(),
      planned: count,
      /** Slices of this pass that were not read yet, with how many passes in a row confirmed them. */
      open: z.array(z.object({ from: count, to: count, confirmed: count })),
      /** Slices of this pass that the next one reads again. */
      again: z.array(z.object({ from: count, to: count, confirmed: count })),
      verified: count,
      mismatched: count,
      pending: count,
      pass: count,
      /** No further pass follows this one: the read-back time is over. */
      last: z.boolean(),
      deadline: instant,
    }),
    output: z.object({ verified: count, mismatched: count, pending: count }),
  },
} as const;

/** The entity that keeps the tenant's one job apart: who holds it, and until when unless renewed. */
export const tenantJobs = {
  name: 'tenantJobs',
  key: 'tenant',
  acquire: z.object({ incidentId, now: instant }),
  release: z.object({ incidentId }),
  /** Only after the service said that no job runs. */
  takeOver: z.object({ incidentId, now: instant, from: z.string() }),
  output: z.object({
    granted: z.boolean(),
    owner: z.string().nullable(),
    /** The holder did not renew in time. */
    expired: z.boolean(),
  }),
} as const;
export type Lease = z.output<typeof tenantJobs.output>;
export type TenantJobsOperation = 'acquire' | 'release' | 'takeOver';
export type TenantJobsInput<O extends TenantJobsOperation> = z.input<(typeof tenantJobs)[O]>;

export type OrchestrationName = keyof typeof orchestrations;
export type OrchestrationInput<N extends OrchestrationName> = z.input<
  (typeof orchestrations)[N]['input']
>;
export type ChildName = Exclude<
  OrchestrationName,
  'respondToIncident' | 'undoRecovery' | 'checkRecoveryPoint'
>;
export type OrchestrationOutput<N extends ChildName | 'checkRecoveryPoint'> = z.output<
  (typeof orchestrations)[N]['output']
>;
export type ChildOutput<N extends ChildName> = OrchestrationOutput<N>;

/** What an activity answers when repeating it would not help: the code and a sentence. */
export const refusal = z.object({
  refused: z.object({ code: z.string(), message: z.string() }),
});
