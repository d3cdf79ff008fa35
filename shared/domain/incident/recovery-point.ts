import { spell } from '../instants.js';
import type { RecoveryPointView } from './incident.js';

export interface RecoveryPointCandidate {
  readonly id: string;
  readonly createdDateTime: string;
}

const alternativesShown = 6;
const dayMs = 86_400_000;

/**
 * The newest recovery point strictly before the first bad change (safety.md I7), or the one that a person
 * named (`wantedId`) when it lies before it too. `retentionDays` is the service's own (backup fact sheet
 * 5.2: 7 days). With none, `id` is null and the reason says what the plan stands on instead.
 */
export function chooseRecoveryPoint(
  points: readonly RecoveryPointCandidate[],
  firstBadChangeAt: string,
  now: string,
  wantedId: string | null = null,
  retentionDays = 7,
): RecoveryPointView {
  const bad = Date.parse(firstBadChangeAt);
  const usable = points
    .filter((point) => Date.parse(point.createdDateTime) < bad)
    .sort((a, b) => Date.parse(b.createdDateTime) - Date.parse(a.createdDateTime));
  const wanted = usable.find(({ id }) => id === wantedId);
  const newest = wanted ?? usable[0];
  const others = usable.filter((point) => point !== newest);
  if (newest === undefined) {
    const seen =
      points.length === 0
        ? 'No recovery point is available'
        : `None of the ${points.length} recovery points lies before the first bad change at ${firstBadChangeAt}`;
    return {
      id: null,
      createdDateTime: null,
      gapSeconds: null,
      expiresAt: null,
      reason: `NO_RECOVERY_POINT: ${seen}; the plan stands on the values of the audit trail alone.`,
      alternatives: [],
    };
  }
  const gapSeconds = Math.round((bad - Date.parse(newest.createdDateTime)) / 1000);
  const expires = new Date(
    Date.parse(newest.createdDateTime) + retentionDays * dayMs,
  ).toISOString();
  const daysLeft = Math.max(0, (Date.parse(expires) - Date.parse(now)) / dayMs);
  return {
    id: newest.id,
    createdDateTime: newest.createdDateTime,
    gapSeconds,
    expiresAt: expires,
    reason:
      (wantedId !== null && wanted === undefined
        ? `The recovery point ${wantedId} that a person named cannot be used any more. `
        : '') +
      `${wanted === undefined ? 'Newest recovery point' : 'Recovery point named by a person,'} before the first bad change: ${newest.createdDateTime}, ` +
      `${spell(gapSeconds)} earlier; the service keeps it about ${daysLeft.toFixed(1)} more days.`,
    alternatives: others.slice(0, alternativesShown),
  };
}
