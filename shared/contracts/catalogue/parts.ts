import { z } from 'zod';
import type { ActorRef } from '../../domain/identities.js';
import { incidentIdForm, outcomes } from '../../domain/incident/incident.js';
import { executorNames, planStages } from '../../domain/plan/plan.js';

/** A document that another schema or rule has already checked; only its being an object is asked again. */
export const checked = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null);

export const incidentId = z.string().regex(incidentIdForm);

export const instant = z.string().min(20);

export const count = z.number().int().nonnegative();

export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

export const actor = checked<ActorRef>();

export const window = z.object({ from: instant, to: instant });

export const artefact = z.object({ name: z.string(), sha256: digest, bytes: count });

/** A run of ObjectHistory or PlannedObject lines. */
export const chunk = z.object({ sha256: digest, objects: count });

export const executor = z.enum(executorNames);

export const planChunk = chunk.extend({
  planned: count,
  stage: z.enum(planStages).optional(),
  executor: executor.optional(),
});

export const outcome = z.enum(outcomes);

/** One wave of an approved plan. */
export const waveOfPlan = z.object({
  incidentId,
  planDigest: digest,
  wave: count,
  from: count,
  to: count,
  canary: z.boolean(),
});

export const stopReason = z.enum([
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

export const waveResult = z.object({
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
  /** Set on a stop when a run that died before may have written what no total has. */
  begun: z.literal(true).optional(),
  note: z.string().nullable(),
});

export function activity<I extends z.ZodType, O extends z.ZodType>(input: I, output: O) {
  return { input, output };
}
