import { compareTypes } from '../../../shared/domain/plan/execution-order.js';
import { compareInstants, compareText } from '../../../shared/domain/instants.js';
import type { AuditEvent, ObjectHistory } from '../../../shared/domain/attribution/audit.js';
import { objectTypeIn } from '../../../shared/domain/attribution/policy-twins.js';

/**
 * Groups events by object, oldest first within each, no row twice. Objects come in the order in which
 * their kinds are repaired, then by id.
 */
export function groupByObject(events: Iterable<AuditEvent>): ObjectHistory[] {
  const byObject = new Map<string, Map<string, AuditEvent>>();
  for (const event of events) {
    let known = byObject.get(event.objectId);
    if (known === undefined) byObject.set(event.objectId, (known = new Map<string, AuditEvent>()));
    // A row that was read of everybody is judged, whoever else's reading brought it as well.
    if (event.earlier !== true || !known.has(rowKey(event))) known.set(rowKey(event), event);
  }
  const histories = [...byObject].map(([objectId, rows]): ObjectHistory => {
    const all = [...rows.values()].sort(byTime);
    const ordered = all.filter((event) => event.earlier !== true);
    const earlier = all.filter((event) => event.earlier === true);
    return {
      objectId,
      objectType: objectTypeIn(ordered),
      name: ordered.findLast((event) => event.objectName !== null)?.objectName ?? null,
      events: ordered,
      ...(earlier.length > 0 && { earlier }),
    };
  });
  return histories.sort(
    (a, b) => compareTypes(a.objectType, b.objectType) || compareText(a.objectId, b.objectId),
  );
}

/** The identity of one row about one object: what a scope's digest is over. */
export const rowKey = (event: AuditEvent): string =>
  `${event.id}|${event.objectId}|${event.groupId ?? ''}`;

/** What belongs into a scope: a change that happened. */
export const isChange = (event: AuditEvent): boolean => event.succeeded && event.kind !== 'other';

const byTime = (a: AuditEvent, b: AuditEvent): number =>
  compareInstants(a.at, b.at) || compareText(a.id, b.id);
