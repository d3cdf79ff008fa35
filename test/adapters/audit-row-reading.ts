import { normaliseAuditRow, type Dialect } from '../../shared/adapters/logs/rows.js';
import type { AuditEvent } from '../../shared/domain/attribution/audit.js';
import * as sample from './audit-row-samples.js';
import type { Told } from './audit-row-samples.js';

const dresses: readonly (readonly [string, Dialect, (told: Told) => object])[] = [
  ['Graph', 'graph', sample.inGraph],
  ['Log Analytics', 'logAnalytics', sample.inLogs],
  ['Log Analytics with text sides', 'logAnalytics', sample.inLogsWithTextSides],
  ['Log Analytics as text', 'logAnalytics', sample.inLogsAsText],
];

/** The events, after checking that every dialect tells the same. */
export function eventsOf(told: Told): AuditEvent[] {
  const [first, ...others] = dresses.map(([, dialect, dress]) =>
    normaliseAuditRow(dress(told), dialect),
  );
  for (const other of others) expect(other).toEqual(first);
  return first ?? [];
}

export function eventOf(told: Told): AuditEvent {
  const events = eventsOf(told);
  expect(events).toHaveLength(1);
  return events[0] as AuditEvent;
}
