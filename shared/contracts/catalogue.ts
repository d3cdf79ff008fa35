/**
 * Every name that is written to a history, with the shape of what goes in and comes out. Names and
 * shapes are a stored format: an incident in flight replays against them, so they are added to, never
 * renamed. Inputs and outputs are JSON objects (durable-engine-observed.md: bare values are mangled).
 */
import { z } from 'zod';
import type { ActorRef, IncidentPatch, PlanView, RecoveryPointView } from '../domain/incident.js';
import { planStages, type PlanBody, type PlanCounts } from '../domain/plan.js';
import type { Policy } from '../domain/policy.js';

/** A document that another schema or rule has already checked; only its being an object is asked again. */
const checked = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null);

const incidentId = z.string().regex(/^[a-z0-9-]{1,80}$/);
const instant = z.string().min(20);
const count = z.number().int().nonnegative();
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const actor = checked<ActorRef>();
const window = z.object({ from: instant, to: instant });
const stepName = z.enum([
  'contain',
  'scope',
  'chooseRecoveryPoint',
  'preview',
  'approve',
  'execute',
  'verify',
]);
const stepState = z.enum(['pending', 'running', 'waiting', 'done', 'skipped', 'failed']);
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

/** A run of ObjectHistory or PlannedObject lines. */
const chunk = z.object({ sha256: digest, objects: count });
const executor = z.enum(['surgical', 'native', 'handOff']);
const planChunk = chunk.extend({
  planned: count,
  stage: z.enum(planStages).optional(),
  executor: executor.optional(),
});

const onActor = z.object({ incidentId, actor });

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
  reportStep: activity(
    z.object({
      incidentId,
      key: z.string(),
      step: stepName,
      state: stepState,
      at: instant,
      summary: z.string(),
      progress: progress.optional(),
      patch: checked<IncidentPatch>().optional(),
      artefact: artefact.optional(),
    }),
    z.object({ entries: count }),
  ),

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
    z.object({ chunks: z.array(chunk), events: count }),
  ),
  runScopedPreview: activity(
    z.object({
      incidentId,
      version: count,
      actors: z.array(actor),
      recoveryPointAt: instant.nullable(),
      historyChunk: chunk,
    }),
    z.object({ chunk: planChunk, counts: checked<PlanCounts>(), unknowns: count }),
  ),
  /** Puts the previewed objects into the order in which they are carried out. */
  arrangePlan: activity(
    z.object({ incidentId, version: count, chunks: z.array(planChunk) }),
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

  executeRecovery: activity(
    z.object({
      incidentId,
      planDigest: digest,
      wave: count,
      from: count,
      to: count,
      canary: z.boolean(),
    }),
    z.object({
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
      stopped: z.enum(['cancelled', 'held', 'approvalVoid', 'expired']).nullable(),
      note: z.string().nullable(),
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
  compareEntitlements: activity(
    z.object({ incidentId, planDigest: digest }),
    z.object({ sampled: count, differing: count, summary: z.string() }),
  ),
  settleDynamicGroups: activity(
    z.object({ incidentId, planDigest: digest }),
    z.object({ groups: count, pending: count, summary: z.string() }),
  ),
  closeIncident: activity(
    z.object({
      incidentId,
      at: instant,
      outcome: z.enum([
        'recovered',
        'partiallyRecovered',
        'nothingToRecover',
        'rejected',
        'expired',
        'cancelled',
        'failed',
      ]),
      why: z.string(),
    }),
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
  sessionLent: z.object({ eventId: z.string() }),
} as const;
export type EventName = keyof typeof events;

const started = z.object({ playbookVersion: z.literal(1), incidentId });
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
      scopeDigest: digest,
      recoveryPoint: checked<RecoveryPointView>(),
      historyChunks: z.array(chunk).nullable(),
      planChunks: z.array(planChunk),
      counts: checked<PlanCounts>(),
      pollSeconds,
    }),
    output: activities.closePlan.output,
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
        .enum([
          'cancelled',
          'held',
          'approvalVoid',
          'expired',
          'canaryFailed',
          'waveFailed',
          'drift',
        ])
        .nullable(),
      note: z.string().nullable(),
    }),
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

export type OrchestrationName = keyof typeof orchestrations;
export type OrchestrationInput<N extends OrchestrationName> = z.input<
  (typeof orchestrations)[N]['input']
>;
export type ChildName = Exclude<OrchestrationName, 'respondToIncident'>;
export type ChildOutput<N extends ChildName> = z.output<(typeof orchestrations)[N]['output']>;

/** What an activity answers when repeating it would not help: the code and a sentence. */
export const refusal = z.object({
  refused: z.object({ code: z.string(), message: z.string() }),
});

export type { PlanBody };
