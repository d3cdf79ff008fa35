import type { AuditEvent, ObjectType } from './audit.js';

/** Words of a row that say less than the kind of object. */
const vague: ReadonlySet<ObjectType> = new Set(['policy', 'other']);
/** Kinds of which two services tell each change. */
const toldTwice: ReadonlySet<ObjectType> = new Set(['conditionalAccessPolicy', 'namedLocation']);
/** The two rows of one change lie this close together. */
const apartMs = 60_000;

/**
 * What an object is by its rows, oldest first. Conditional Access says it exactly; Core Directory calls the
 * same object a `Policy` (graph fact sheet D.3), so the newest exact word counts and not the newest row.
 */
export function objectTypeIn(events: readonly AuditEvent[]): ObjectType {
  const exact = events.findLast(({ objectType }) => !vague.has(objectType));
  return (exact ?? events.at(-1))?.objectType ?? 'other';
}

/**
 * The rows of one object without those by which Core Directory tells once more what Conditional Access told:
 * by the same identity, within a minute. They have the policy in a form of their own (`PolicyDetail`), a big
 * one in several rows. A row of Core Directory that stands alone is kept.
 */
export function withoutTwins(events: readonly AuditEvent[]): readonly AuditEvent[] {
  const exact = events.filter(({ objectType }) => toldTwice.has(objectType));
  if (exact.length === 0) return events;
  const isTwin = ({ objectType, by, at }: AuditEvent): boolean =>
    objectType === 'policy' && exact.some((one) => one.by.id === by.id && areClose(one.at, at));
  return events.filter((event) => !isTwin(event));
}

const areClose = (a: string, b: string): boolean =>
  Math.abs(Date.parse(a) - Date.parse(b)) <= apartMs;
