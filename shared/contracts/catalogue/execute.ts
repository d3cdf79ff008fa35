import { z } from 'zod';
import { incidentId, waveOfPlan, waveResult, activity } from './parts.js';

/** Step 6, what we write ourselves. */
export const executeActivities = {
  executeRecovery: activity(waveOfPlan, waveResult),
  holdExecution: activity(
    z.object({ incidentId, key: z.string(), why: z.string() }),
    z.object({ told: z.boolean() }),
  ),
} as const;
