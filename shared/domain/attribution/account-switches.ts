import type { AuditEvent, PropertyChange } from './audit.js';
import { known, unknown } from '../json.js';

const nameOf = (operation: string): string => operation.trim().toLowerCase();

const switching: Readonly<Record<string, boolean>> = {
  'enable account': true,
  'disable account': false,
};

/**
 * Rows that leave nothing to undo: they end sessions, or repeat what the update row of the same request
 * states. That update row is believed: a switching row may name the opposite as the earlier value
 * although nothing changed.
 */
const harmless = new Set(['update stsrefreshtokenvalidfrom timestamp', ...Object.keys(switching)]);

/** True for rows that change nothing about the object which could be put back. */
export const leavesNothing = (event: AuditEvent): boolean => harmless.has(nameOf(event.operation));

/** True for rows that do not make an object one that others changed, e.g. the end of its sessions. */
export const isHarmless = (event: AuditEvent): boolean =>
  event.kind === 'other' &&
  event.changes.length === 0 &&
  leavesNothing(event) &&
  !isSwitching(event);

/** Correlation ids of requests whose update row states `AccountEnabled`. */
export function enablingsStated(events: readonly AuditEvent[]): ReadonlySet<string> {
  const updates = events.filter(
    (event) => !isSwitching(event) && event.changes.some(statesEnabling),
  );
  return new Set(updates.map(({ correlationId }) => correlationId));
}

/** True for `Enable account` and `Disable account`. */
export const isSwitching = (event: AuditEvent): boolean =>
  Object.hasOwn(switching, nameOf(event.operation));

const statesEnabling = ({ property }: PropertyChange): boolean =>
  nameOf(property) === 'accountenabled';

/** A `Disable account` row may carry no property; what the account was before is then unknown. */
export function impliedChanges(event: AuditEvent): PropertyChange[] {
  const enabled = switching[nameOf(event.operation)];
  if (enabled === undefined || event.changes.some(statesEnabling)) return [];
  const before = unknown('the row only says that the account was switched');
  return [{ property: 'AccountEnabled', before, after: known(enabled) }];
}
