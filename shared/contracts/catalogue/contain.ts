import { z } from 'zod';
import { incidentId, instant, count, actor, window, activity } from './parts.js';

const measure = z.enum([
  'revokeSessions',
  'disable',
  'confirmCompromised',
  'removeCredentials',
  'removeAppRoles',
  'removeDirectoryRoles',
]);

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

const onActor = z.object({ incidentId, actor });

/** Step 1, and the release after the end. */
export const containActivities = {
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
} as const;
