import { z } from 'zod';
import type { PlanView } from '../../domain/incident/incident.js';
import type { PlanCounts } from '../../domain/plan/plan.js';
import {
  checked,
  incidentId,
  instant,
  count,
  digest,
  artefact,
  planChunk,
  outcome,
  activity,
} from './parts.js';

/** One wave of a plan that was carried out, and what became of its objects. */
export const writtenWave = z.object({
  planDigest: digest,
  wave: count,
  from: count,
  to: count,
});

/** The undo of a closed incident. */
export const undoActivities = {
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
} as const;
