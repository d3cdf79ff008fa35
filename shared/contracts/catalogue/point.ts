import { z } from 'zod';
import { jobAnswer, jobEnd, jobLook } from './native.js';
import { incidentId, count, activity } from './parts.js';

/** One run of the check of a plan against the recovery point, by its number. */
const pointCheckRun = z.object({ incidentId, run: count });

export const pointTotals = z.object({
  objects: count,
  differ: count,
  disagreeing: count,
  unexplained: count,
  learned: count,
});

/** The check of a plan against the recovery point. */
export const pointActivities = {
  /** Says whether the plan can be held against the recovery point by now, and notes what is to be asked. */
  openPointCheck: activity(
    pointCheckRun,
    z.object({ state: z.enum(['wait', 'ready', 'over']), note: z.string().nullable() }),
  ),
  /** Asks for the one preview of a check, or finds the one that was asked for. */
  startPointPreview: activity(pointCheckRun, jobAnswer),
  /** Reads the preview with our own identity; `cancelled` when it had to make way for the recovery. */
  followPointPreview: activity(
    pointCheckRun.extend({ jobId: z.string() }),
    jobLook.extend({ end: z.enum([...jobEnd.options, 'cancelled']).nullable() }),
  ),
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
} as const;
