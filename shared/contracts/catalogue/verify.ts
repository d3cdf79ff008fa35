import { z } from 'zod';
import { incidentId, instant, count, digest, activity } from './parts.js';

/** Step 7. */
export const verifyActivities = {
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
  compareEntitlements: activity(
    z.object({ incidentId, planDigest: digest }),
    z.object({ sampled: count, differing: count, summary: z.string() }),
  ),
  sampleSignIns: activity(
    z.object({ incidentId, planDigest: digest, since: instant }),
    z.object({ seen: count, sampled: count }),
  ),
  watchOwnWrites: activity(
    z.object({ incidentId, planDigest: digest, since: instant }),
    z.object({ expected: count, seen: count, outsidePlan: count, byActor: count }),
  ),
  settleDynamicGroups: activity(
    z.object({ incidentId, planDigest: digest }),
    z.object({ groups: count, pending: count, summary: z.string() }),
  ),
  /** Writes of the actors that reached the trail after the scope had settled; listed for people. */
  findLateRows: activity(
    z.object({ incidentId, planDigest: digest }),
    z.object({ rows: count, objects: count, summary: z.string() }),
  ),
} as const;
