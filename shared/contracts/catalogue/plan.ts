import { z } from 'zod';
import type { PlanView, RecoveryPointView } from '../../domain/incident/incident.js';
import type { PlanCounts } from '../../domain/plan/plan.js';
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
  planChunk,
  activity,
} from './parts.js';

/** Steps 3 and 4. */
export const planActivities = {
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
} as const;
