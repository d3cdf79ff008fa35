import type { AuditEvent } from '../../../shared/domain/attribution/audit.js';
import type { Incident } from '../../../shared/domain/incident/incident.js';
import type { Policy } from '../../../shared/domain/policy.js';
import { isoNow, type ActivityServices } from '../services.js';
import { isChange, rowKey } from './histories.js';
import { readScopeRows } from './scope-file.js';

/** Writes of the incident's actors, up to now, that are not among the rows of the scope with this digest. */
export async function* unknownRows(
  services: ActivityServices,
  { id, actors, window }: Incident,
  scopeDigest: string,
  policy: Policy,
): AsyncIterable<AuditEvent> {
  const known = await readScopeRows(services, id, scopeDigest);
  const wide = {
    from: new Date(Date.parse(window.from) - policy.scope.lookbackMinutes * 60_000).toISOString(),
    to: isoNow(services),
  };
  for await (const event of services.auditLog.readWrites(actors, wide)) {
    if (isChange(event) && known?.has(rowKey(event)) !== true) yield event;
  }
}
