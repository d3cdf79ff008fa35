import { compareInstants, compareText } from '../../shared/domain/instants.js';
import type { AuditEvent, ObjectHistory } from '../../shared/domain/audit.js';

/** Groups events by object, oldest first within each, objects in the order of their ids; no row twice. */
export function groupByObject(events: Iterable<AuditEvent>): ObjectHistory[] {
  const byObject = new Map<string, Map<string, AuditEvent>>();
  for (const event of events) {
    let known = byObject.get(event.objectId);
    if (known === undefined) byObject.set(event.objectId, (known = new Map()));
    known.set(`${event.id}|${event.groupId ?? ''}`, event);
  }
  return [...byObject.keys()].sort().map((objectId) => {
    const ordered = [...(byObject.get(objectId)?.values() ?? [])].sort(byTime);
    const last = ordered.at(-1);
    return {
      objectId,
      objectType: last?.objectType ?? 'other',
      name: [...ordered].reverse().find((event) => event.objectName !== null)?.objectName ?? null,
      events: ordered,
    };
  });
}

const byTime = (a: AuditEvent, b: AuditEvent): number =>
  compareInstants(a.at, b.at) || compareText(a.id, b.id);
