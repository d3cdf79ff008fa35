import { z } from 'zod';
import { incidentId, instant, count, digest, actor, window, artefact, activity } from './parts.js';

/** Step 2. */
export const scopeActivities = {
  measureLogDelay: activity(
    z.object({ incidentId }),
    z.object({ seconds: z.number().nonnegative().nullable() }),
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
} as const;
