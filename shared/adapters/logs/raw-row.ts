import { z } from 'zod';

/** Some exporters leave a nested object as JSON text (graph fact sheet D.4). */
function maybeText<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return null;
    }
  }, schema);
}

const text = z.string().nullish();

const modifiedProperty = z.object({
  displayName: text,
  oldValue: z.unknown(),
  newValue: z.unknown(),
});

const target = z.object({
  id: text,
  displayName: text,
  type: text,
  userPrincipalName: text,
  modifiedProperties: maybeText(z.array(modifiedProperty).nullish()),
});

const initiatedBy = z.object({
  user: maybeText(
    z.object({ id: text, displayName: text, userPrincipalName: text, ipAddress: text }).nullish(),
  ),
  app: maybeText(z.object({ appId: text, displayName: text, servicePrincipalId: text }).nullish()),
});

/**
 * One audit row of either dialect: Graph's `directoryAudit`, or a row of `AuditLogs` projected to the
 * same names. Unknown members are ignored; what is used must be there.
 */
export const rawAuditRow = z.object({
  id: z.string().min(1),
  activityDateTime: z.string().min(10),
  activityDisplayName: z.string(),
  operationType: text,
  correlationId: text,
  result: text,
  initiatedBy: maybeText(initiatedBy),
  targetResources: maybeText(z.array(target).nullish()),
});
export type RawAuditRow = z.output<typeof rawAuditRow>;
export type RawTarget = z.output<typeof target>;
