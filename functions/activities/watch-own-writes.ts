import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { readIncident } from './case-file.js';
import { isoNow, type ActivityServices } from './services.js';
import { readWritten } from './written-objects.js';

/**
 * Finds our own rows in the audit trail: every object we wrote has one sooner or later, and one of ours
 * on any other object would mean that somebody else acts as us.
 */
export async function watchOwnWrites(
  services: ActivityServices,
  { incidentId, planDigest, since }: ActivityInput<'watchOwnWrites'>,
): Promise<ActivityOutput<'watchOwnWrites'>> {
  const [ourId, incident, written] = await Promise.all([
    services.directory.ownIdentity(),
    readIncident(services, incidentId),
    readWritten(services, incidentId, planDigest),
  ]);
  const planned = new Set(written.map((object) => object.objectId));
  const contained = new Set(incident.actors.map((actor) => actor.id));
  const window = { from: since, to: isoNow(services) };
  const us = { kind: 'servicePrincipal', id: ourId, name: 'Entra Rewind' } as const;

  const seen = new Set<string>();
  const outside = new Set<string>();
  for await (const event of services.auditLog.readWrites([us], window)) {
    if (planned.has(event.objectId)) seen.add(event.objectId);
    else if (!contained.has(event.objectId) && event.kind !== 'other') outside.add(event.objectId);
  }
  let byActor = 0;
  for await (const event of services.auditLog.readWrites(incident.actors, window)) {
    if (event.succeeded && event.kind !== 'other') byActor += 1;
  }
  return { expected: planned.size, seen: seen.size, outsidePlan: outside.size, byActor };
}
