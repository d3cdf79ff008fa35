/**
 * Every name that is written to a history, with the shape of what goes in and comes out. Names and
 * shapes are a stored format: an incident in flight replays against them, so they are added to, never
 * renamed. Inputs and outputs are JSON objects (durable-engine-observed.md: bare values are mangled).
 */
import { z } from 'zod';
import {
  incidentIdForm,
  outcomes,
  PLAYBOOK_VERSION,
  stepNames,
  stepStates,
  type IncidentPatch,
  type PlanView,
  type RecoveryPointView,
} from '../domain/incident/incident.js';
import type { ActorRef } from '../domain/identities.js';
import { executorNames, planStages, type PlanBody, type PlanCounts } from '../domain/plan/plan.js';
import type { Policy } from '../domain/policy.js';

/** A document that another schema or rule has already checked; only its being an object is asked again. */
const checked = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null);

const incidentId = z.string().regex(incidentIdForm);
const instant = z.string().min(20);
const count = z.number().int().nonnegative();
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const actor = checked<ActorRef>();
const window = z.object({ from: instant, to: instant });
const stepName = z.enum(stepNames);
const stepState = z.enum(stepStates);
const progress = z.object({
  done: count,
  total: count.nullable(),
  etaSeconds: z.number().nonnegative().nullable(),
});
const measure = z.enum([
  'revokeSessions',
  'disable',
  'confirmCompromised',
  'removeCredentials',
  'removeAppRoles',
  'removeDirectoryRoles',
]);
const artefact = z.object({ name: z.string(), sha256: digest, bytes: count });
const measureResult = z.object({
  measure,
  ok: z.boolean(),
  /** False when the tenant was already as wanted. */
  changed: z.boolean(),
  /** Why not, for people, with the exact manual command when a person can do it. */
  refusal: z
    .object({ code: z.string(), message: z.string(), command: z.string().nullable() })
    .nullable(),
});

const stepLine = z.object({
  incidentId,
  key: z.string(),
  step: stepName,
  state: stepState,
  at: instant,
  summary: z.string(),
  progress: progress.optional(),
  patch: checked<IncidentPatch>().optional(),
  artefact: artefact.optional(),
});

/** A run of ObjectHistory or PlannedObject lines. */
const chunk = z.object({ sha256: digest, objects: count });
const executor = z.enum(executorNames);
const planChunk = chunk.extend({
  planned: count,
  stage: z.enum(planStages).optional(),
  executor: executor.optional(),
});

const outcome = z.enum(outcomes);
/** One wave of a plan that was carried out, and what became of its objects. */
const writtenWave = z.object({
  planDigest: digest,
  wave: count,
  from: count,
  to: count,
});

const onActor = z.object({ incidentId, actor });

/** One wave of an approved plan. */
const waveOfPlan = z.object({
  incidentId,
  planDigest: digest,
  wave: count,
  from: count,
  to: count,
  canary: z.boolean(),
});
const stopReason = z.enum([
  'cancelled',
  'held',
  'approvalVoid',
  'expired',
  // The plan is not the one to carry out any more: a new version is drawn.
  'superseded',
  'revised',
  // Somebody who approved it does not count any more: it is drawn and asked for again.
  'unapproved',
]);
const waveResult = z.object({
  /** Totals of this plan over all its waves so far, partial ones included. */
  applied: count,
  skipped: count,
  failed: count,
  /** Objects whose value was neither the planned nor the expected one; part of `skipped`. */
  drifted: count,
  /** Failures of this wave alone. */
  failedHere: count,
  /** Objects that this wave wrote. */
  appliedHere: count.optional(),
  /** Set when the wave did not run to its end. */
  stopped: stopReason.nullable(),
  note: z.string().nullable(),
});
const jobKind = z.enum(['preview', 'recovery']);
const serviceWaveResult = waveResult.extend({
  stopped: z.enum([...stopReason.options, 'operatorSession']).nullable(),
});
/** How a job ended: the service's word, or ours when it was never asked for or is lost to view. */
const jobEnd = z.enum(['successful', 'failed', 'abandoned', 'lost', 'none']);

const jobAnswer = z.object({
  /**
   * `busy`: the tenant runs another job. `none`: nothing is left to be asked for. `stale`: what the job
   * would do has to be previewed anew first.
   */
  outcome: z.enum(['started', 'busy', 'session', 'refused', 'unknown', 'none', 'stale', 'stopped']),
  jobId: z.string().nullable(),
  stopped: stopReason.nullable(),
  note: z.string().nullable(),
});
const jobLook = z.object({ found: z.boolean(), end: jobEnd.nullable(), status: z.string() });

/** One run of the check of a plan against the recovery point, by its number. */
const pointCheckRun = z.object({ incidentId, run: count });
const pointTotals = z.object({
  objects: count,
  differ: count,
  disagreeing: count,
  unexplained: count,
  learned: count,
});

function activity<I extends z.ZodType, O extends z.ZodType>(input: I, output: O) {
  return { input, output };
}

export const activities = {
  /** What the orchestrator needs to know before its first step, and again before each scope. */
  readCase: activity(
    z.object({ incidentId }),
    z.object({
      policy: checked<Policy>(),
      window,
      title: z.string(),
      cancelled: z.boolean(),
      held: z.boolean(),
      actorsVersion: count,
    }),
  ),
  /** Writes one step's line, any part of the document beside it, and the record's entry about it. */
  reportStep: activity(stepLine, z.object({ entries: count })),
  /** The same line, told of the undo of a closed incident. */
  reportUndo: activity(stepLine, z.object({ entries: count })),

  resolveActor: activity(
    z.object({ incidentId, window }),
    z.discriminatedUnion('resolved', [
      z.object({
        resolved: z.literal(true),
        /** How often people had named actors when these were chosen. */
        actorsVersion: count.optional(),
        actors: z.array(
          z.object({ actor, auditRows: count, commanderNamed: z.boolean(), reason: z.string() }),
        ),
      }),
      z.object({ resolved: z.literal(false), question: z.string() }),
    ]),
  ),
  decideContainment: activity(
    onActor.extend({ auditRows: count, commanderNamed: z.boolean() }),
    z.object({
      allowed: z.array(measure),
      refused: z.array(z.object({ measure, code: z.string(), why: z.string() })),
      protectedActor: z.boolean(),
      waitForCommander: z.boolean(),
      tokenWarning: z.string(),
    }),
  ),
  revokeSessions: activity(onActor, measureResult),
  disableActor: activity(onActor, measureResult),
  confirmCompromised: activity(onActor, measureResult),
  removeCredentials: activity(onActor, measureResult),
  removeAppRoles: activity(onActor, measureResult),
  removeDirectoryRoles: activity(onActor, measureResult),
  proveContainment: activity(
    onActor.extend({ measures: z.array(measure) }),
    z.object({
      proven: z.boolean(),
      why: z.string(),
      provenAt: instant.nullable(),
      /** Writes with a time after the containment, if any are already in the trail. */
      lastWriteAt: instant.nullable(),
      clientName: z.string().nullable(),
      ipAddress: z.string().nullable(),
    }),
  ),
  /** Gives the commander a task and tells the urgent channel; written once per key. */
  askCommander: activity(
    z.object({ incidentId, key: z.string(), text: z.string(), command: z.string().nullable() }),
    z.object({ told: z.boolean() }),
  ),
  /** Looks whether those who must decide can act, before there is a plan. */
  checkPeople: activity(
    z.object({ incidentId }),
    z.object({
      /** False when the directory could not be read: then nothing was concluded. */
      checked: z.boolean(),
      quorum: z.boolean().nullable(),
    }),
  ),
  releaseActor: activity(
    z.object({ incidentId }),
    z.object({
      open: z.array(z.string()),
      released: z.array(z.string()),
      kept: z.array(z.string()),
    }),
  ),
  remindRelease: activity(
    z.object({ incidentId, reminder: count }),
    z.object({ told: z.boolean() }),
  ),

  queryAuditLogs: activity(
    z.object({ incidentId, sweep: count, actors: z.array(actor), window }),
    z.object({ events: count, artefact: artefact.nullable() }),
  ),
  closeSweep: activity(
    z.object({ incidentId, sweep: count, slices: z.array(artefact) }),
    z.object({
      objects: count,
      changes: count,
      digest,
      firstChangeAt: instant.nullable(),
      lastChangeAt: instant.nullable(),
    }),
  ),
  measureLogDelay: activity(
    z.object({ incidentId }),
    z.object({ seconds: z.number().nonnegative().nullable() }),
  ),

  pickRecoveryPoint: activity(
    z.object({ incidentId, firstBadChangeAt: instant }),
    z.object({ point: checked<RecoveryPointView>() }),
  ),

  readHistories: activity(
    z.object({
      incidentId,
      version: count,
      actors: z.array(actor),
      scopeWindow: window,
      window,
      scopeDigest: digest,
    }),
    z.object({
      chunks: z.array(chunk),
      events: count,
      /** How often people had revised the plan when this drawing began. */
      revisionsVersion: count.optional(),
      /** What the service had told of the recovery point by then; absent when nothing. */
      pointIndex: digest.optional(),
    }),
  ),
  runScopedPreview: activity(
    z.object({
      incidentId,
      version: count,
      actors: z.array(actor),
      recoveryPointAt: instant.nullable(),
      historyChunk: chunk,
      pointIndex: digest.optional(),
    }),
    z.object({ chunk: planChunk, counts: checked<PlanCounts>(), unknowns: count }),
  ),
  /** Puts the previewed objects into the order in which they are carried out. */
  arrangePlan: activity(
    z.object({
      incidentId,
      version: count,
      chunks: z.array(planChunk),
      /** The order of an undo: what depends on others goes first. */
      backward: z.boolean().optional(),
    }),
    z.object({ chunks: z.array(planChunk) }),
  ),
  closePlan: activity(
    z.object({
      incidentId,
      version: count,
      provisional: z.boolean(),
      scopeDigest: digest,
      /** The incident's window as the scope knew it; a later one may hold more writes. */
      reportedWindow: window.optional(),
      /** How often people had named actors when this scope was read. */
      actorsVersion: count.optional(),
      /** How often people had revised the plan when this drawing began. */
      revisionsVersion: count.optional(),
      pointIndex: digest.optional(),
      recoveryPoint: checked<RecoveryPointView>(),
      chunks: z.array(planChunk),
      counts: checked<PlanCounts>(),
    }),
    z.object({ digest, artefact, view: checked<PlanView>() }),
  ),

  requestApproval: activity(
    z.object({ incidentId, planDigest: digest, planVersion: count }),
    z.object({
      expiresAt: instant,
      required: z.array(z.enum(['operator', 'approver'])),
      delivered: z.boolean(),
    }),
  ),
  readStanding: activity(
    z.object({ incidentId, planDigest: digest }),
    z.object({
      state: z.enum(['open', 'approved', 'rejected', 'expired']),
      remaining: z.array(z.enum(['operator', 'approver'])),
      cancelled: z.boolean(),
      held: z.boolean(),
      /** Since this plan was made other actors were named, or an alert added writes, or an object of it is protected. */
      superseded: z.boolean(),
      /** People changed the plan; its ground is the same. Absent in answers of old. */
      revised: z.boolean().optional(),
      /** Something is at work that no event will tell of: look again soon. */
      looksAgain: z.boolean().optional(),
      summary: z.string(),
    }),
  ),
  remindApprovers: activity(
    z.object({ incidentId, planDigest: digest, reminder: count }),
    z.object({ told: z.boolean() }),
  ),
  /** Puts the card into its final form for everyone, so that nobody presses what no longer counts. */
  settleCard: activity(
    z.object({ incidentId, planDigest: digest, text: z.string() }),
    z.object({ told: z.boolean() }),
  ),

  executeRecovery: activity(waveOfPlan, waveResult),
  /** Judges a wave that the service itself will recover; what was begun before is taken up again. */
  openServiceWave: activity(
    waveOfPlan.extend({ executor }),
    z.object({
      /** Objects left for a job. */
      open: count,
      /** A recovery job of this wave was asked for already and is to be followed. */
      begun: z.boolean(),
      stopped: stopReason.nullable(),
      note: z.string().nullable(),
    }),
  ),
  /** Asks for one job under the lent session, or finds the one that was asked for. */
  startNativeJob: activity(
    z.object({ incidentId, planDigest: digest, wave: count, kind: jobKind }),
    jobAnswer,
  ),
  /** Reads one job with our own identity; asks the service to cancel it where the commander cancelled. */
  followNativeJob: activity(
    z.object({
      incidentId,
      planDigest: digest,
      wave: count,
      kind: jobKind,
      jobId: z.string(),
    }),
    jobLook,
  ),
  /** Takes out of the wave whatever the service would do otherwise than planned. */
  compareNativePreview: activity(
    z.object({ incidentId, planDigest: digest, wave: count, jobId: z.string() }),
    z.object({ open: count, excluded: count }),
  ),
  /** Says what became of every object of the wave. */
  closeServiceWave: activity(
    waveOfPlan.extend({
      end: jobEnd,
      jobId: z.string().nullable(),
      stopped: stopReason.nullable(),
      note: z.string().nullable(),
    }),
    waveResult,
  ),
  /** Whether any job runs in the tenant, whoever's. */
  findTenantJob: activity(
    z.object({ incidentId, planDigest: digest.optional() }),
    z.object({
      running: z.boolean(),
      /** The plan may not be carried out any more, whatever runs. */
      stopped: stopReason.nullable(),
      note: z.string().nullable(),
    }),
  ),
  /** Says whether the plan can be held against the recovery point by now, and notes what is to be asked. */
  openPointCheck: activity(
    pointCheckRun,
    z.object({ state: z.enum(['wait', 'ready', 'over']), note: z.string().nullable() }),
  ),
  /** Asks for the one preview of a check, or finds the one that was asked for. */
  startPointPreview: activity(pointCheckRun, jobAnswer),
  followPointPreview: activity(pointCheckRun.extend({ jobId: z.string() }), jobLook),
  /** Keeps what the preview told, once there is a final plan that it can be held against. */
  readPointPreview: activity(
    pointCheckRun.extend({ jobId: z.string() }),
    z.object({
      state: z.enum(['wait', 'read', 'over']),
      /** The plan to be compared, and in how many runs of objects. */
      version: count,
      chunks: count,
      note: z.string().nullable(),
    }),
  ),
  /** Draws one run of the plan's objects with and without what the recovery point holds. */
  compareWithPoint: activity(pointCheckRun.extend({ version: count, chunk: count }), pointTotals),
  /** Says what came of the check; without totals it ended without an answer. */
  closePointCheck: activity(
    pointCheckRun.extend({
      version: count,
      totals: pointTotals.nullable(),
      note: z.string().nullable(),
    }),
    z.object({ outcome: z.enum(['agrees', 'differs', 'unanswered']), note: z.string() }),
  ),
  /** Asks the operators for a session; told once per key. */
  askForSession: activity(
    z.object({ incidentId, key: z.string(), note: z.string().nullable() }),
    z.object({ told: z.boolean() }),
  ),
  /** Gives a person the exact requests and steps of a wave. */
  handOver: activity(
    z.object({ incidentId, planDigest: digest, wave: count }),
    z.object({ told: z.boolean() }),
  ),
  /** Looks for the job that a person started for this wave, and flags those that are another. */
  lookForHandOff: activity(
    z.object({ incidentId, planDigest: digest, wave: count }),
    z.object({
      jobId: z.string().nullable(),
      stopped: stopReason.nullable(),
      note: z.string().nullable(),
      /** Objects that still wait for the person; absent when a job was found, or nothing may be written. */
      open: count.optional(),
      /** The list is shorter than the one that was handed over. */
      again: z.boolean().optional(),
    }),
  ),
  holdExecution: activity(
    z.object({ incidentId, key: z.string(), why: z.string() }),
    z.object({ told: z.boolean() }),
  ),

  verifyRecovery: activity(
    z.object({
      incidentId,
      planDigest: digest,
      from: count,
      to: count,
      pass: count,
      /** The plan that came after this one: what it plans anew is not judged by this one. */
      newerPlan: digest.optional(),
    }),
    z.object({ verified: count, mismatched: count, pending: count }),
  ),
  sampleSignIns: activity(
    z.object({ incidentId, planDigest: digest, since: instant }),
    z.object({ seen: count, sampled: count }),
  ),
  watchOwnWrites: activity(
    z.object({ incidentId, planDigest: digest, since: instant }),
    z.object({ expected: count, seen: count, outsidePlan: count, byActor: count }),
  ),
  /** Writes of the actors that reached the trail after the scope had settled; listed for people. */
  findLateRows: activity(
    z.object({ incidentId, planDigest: digest }),
    z.object({ rows: count, objects: count, summary: z.string() }),
  ),
  compareEntitlements: activity(
    z.object({ incidentId, planDigest: digest }),
    z.object({ sampled: count, differing: count, summary: z.string() }),
  ),
  settleDynamicGroups: activity(
    z.object({ incidentId, planDigest: digest }),
    z.object({ groups: count, pending: count, summary: z.string() }),
  ),
  /** Where what this incident wrote is kept, wave by wave: what an undo plan is drawn from. */
  readUndoGround: activity(
    z.object({ incidentId }),
    z.object({
      /** Of the undo plan to be drawn: the one after the newest plan of any kind. */
      version: count,
      waves: z.array(writtenWave),
      /** An object may be in waves of several plans; absent in answers from before that was joined. */
      severalPlans: z.boolean().optional(),
    }),
  ),
  /** The undo lines of one wave: what we wrote and what still is as we left it. */
  drawUndoWave: activity(
    writtenWave.extend({ incidentId, version: count }),
    z.object({ chunk: planChunk, counts: checked<PlanCounts>() }),
  ),
  /** One undo line per object; the waves' lines come in the order in which they are undone. */
  joinUndoLines: activity(
    z.object({ incidentId, version: count, chunks: z.array(planChunk) }),
    z.object({ chunks: z.array(planChunk), counts: checked<PlanCounts>() }),
  ),
  closeUndoPlan: activity(
    z.object({
      incidentId,
      version: count,
      chunks: z.array(planChunk),
      counts: checked<PlanCounts>(),
    }),
    z.object({ digest, artefact, view: checked<PlanView>() }),
  ),
  closeUndo: activity(
    z.object({ incidentId, at: instant, outcome, why: z.string() }),
    z.object({ entries: count }),
  ),
  closeIncident: activity(
    z.object({ incidentId, at: instant, outcome, why: z.string() }),
    z.object({ entries: count }),
  ),
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

export type { PlanBody };
