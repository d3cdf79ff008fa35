import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { AuditEvent } from '../../../shared/domain/attribution/audit.js';
import { isChange } from './histories.js';
import { putLines } from '../lines.js';
import type { ActivityServices } from '../services.js';

/** One slice of one sweep: everything these actors wrote in the slice that can be read by now. */
export async function queryAuditLogs(
  services: ActivityServices,
  { incidentId, sweep, actors, window }: ActivityInput<'queryAuditLogs'>,
): Promise<ActivityOutput<'queryAuditLogs'>> {
  const events: AuditEvent[] = [];
  for await (const event of services.auditLog.readWrites(actors, window)) {
    if (isChange(event)) events.push(event);
  }
  if (events.length === 0) return { events: 0, artefact: null };
  const name = `sweep-${sweep}-${window.from}`;
  return { events: events.length, artefact: await putLines(services, incidentId, name, events) };
}
