import type { AuditEvent, ObjectType } from './audit.js';

/** Words of a row that say less than the kind of object. */
const vague: ReadonlySet<ObjectType> = new Set(['policy', 'other']);
/** Kinds of which two services tell each change. */
const toldTwice: ReadonlySet<ObjectType> = new Set(['conditionalAccessPolicy', 'namedLocation']);
/** The rows of one change lie this close together. */
const mostApartMs = 60_000;

/**
 * What an object is by its rows, oldest first. Conditional Access says it exactly; Core Directory calls the
 * same object a `Policy` (graph fact sheet D.3), so the newest exact word counts and not the newest row.
 */
export function objectTypeIn(events: readonly AuditEvent[]): ObjectType {
  const exact = events.findLast(({ objectType }) => !vague.has(objectType));
  return (exact ?? events.at(-1))?.objectType ?? 'other';
}

/**
 * The rows of one object without those by which Core Directory tells once more what Conditional Access told
 * of a change that succeeded: by the same identity, within a minute. They have the policy in a form of
 * their own (`PolicyDetail`), a big one in several rows of one request. What a change accounts for is the
 * request it has the correlation id of, and two changes of one request account for that alone; whether the
 * two services share it is not documented, so where none has it, the nearest one. Every other row of Core
 * Directory is kept.
 */
export function withoutTwins(events: readonly AuditEvent[]): readonly AuditEvent[] {
  const exact = events.filter(
    ({ objectType, succeeded }) => succeeded && toldTwice.has(objectType),
  );
  if (exact.length === 0) return events;
  const told = new Set<AuditEvent>();
  const others: AuditEvent[] = [];
  const near = (one: AuditEvent): AuditEvent[] =>
    events.filter(
      (event) =>
        event.objectType === 'policy' &&
        event.by.id === one.by.id &&
        apart(event, one) <= mostApartMs,
    );
  const tell = (rows: readonly AuditEvent[], correlationId: string): boolean => {
    const again = rows.filter((row) => row.correlationId === correlationId);
    for (const row of again) told.add(row);
    return again.length > 0;
  };
  for (const one of exact) if (!tell(near(one), one.correlationId)) others.push(one);
  for (const one of others) {
    const rows = near(one).filter((row) => !told.has(row));
    const [nearest] = rows.toSorted((a, b) => apart(a, one) - apart(b, one));
    if (nearest !== undefined) tell(rows, nearest.correlationId);
  }
  return events.filter((event) => !told.has(event));
}

const apart = (a: AuditEvent, b: AuditEvent): number =>
  Math.abs(Date.parse(a.at) - Date.parse(b.at));
