import { z } from 'zod';
import { incidentId, instant, count, digest, activity } from './parts.js';

/** Step 5. */
export const approveActivities = {
  /** Looks whether those who must decide can act, before there is a plan. */
  checkPeople: activity(
    z.object({ incidentId }),
    z.object({
      /** False when the directory could not be read: then nothing was concluded. */
      checked: z.boolean(),
      quorum: z.boolean().nullable(),
    }),
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
} as const;
