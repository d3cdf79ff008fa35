import type { Incident, Outcome } from './incident.js';

export interface Tally {
  /** Objects of the plan with at least one action. */
  readonly planned: number;
  readonly applied: number;
  readonly skipped: number;
  readonly failed: number;
  readonly verified: number;
  readonly mismatched: number;
  readonly pending: number;
  /** Set when the execution ended before its last wave. */
  readonly stopped: 'cancelled' | 'approvalVoid' | 'expired' | null;
  /** Why it stopped, for people, where more is known than the word. */
  readonly note?: string | null;
}

/**
 * The honest end of an execution (contract section 5): `recovered` only when every planned object was
 * read back as planned, `failed` when none was, `partiallyRecovered` between. A run that a person
 * cancelled is `cancelled`, and its sentence says what was done before that.
 */
export function outcomeOf(tally: Tally): { outcome: Outcome; why: string } {
  const counts =
    `${tally.verified} of ${tally.planned} planned objects read back as planned ` +
    `(${tally.applied} written, ${tally.skipped} skipped, ${tally.failed} failed, ` +
    `${tally.mismatched} mismatched, ${tally.pending} pending).`;
  if (tally.stopped === 'cancelled') {
    return { outcome: 'cancelled', why: `Cancelled during execution; ${counts}` };
  }
  if (tally.planned > 0 && tally.verified === tally.planned) {
    return { outcome: 'recovered', why: counts };
  }
  const words =
    tally.stopped === 'expired'
      ? 'The approval expired during execution.'
      : 'The approvals no longer sufficed during execution.';
  const stopped = tally.stopped === null ? '' : `${tally.note ?? words} `;
  return {
    outcome: tally.verified === 0 ? 'failed' : 'partiallyRecovered',
    why: `${stopped}${counts}`,
  };
}

/**
 * Never lets an ending claim less than was done: once something was written, an incident is neither
 * `nothingToRecover` nor `failed` nor `expired` without a word about it; nor more: `recovered` stands
 * only with every planned object read back (safety.md I10).
 */
export function truthfulOutcome(
  claimed: Outcome,
  incident: Pick<Incident, 'execution'> & Partial<Pick<Incident, 'plan' | 'verification'>>,
): Outcome {
  const written = incident.execution?.applied ?? 0;
  const { plan = null, verification = null } = incident;
  const verified = verification?.verified ?? 0;
  if (claimed === 'recovered' && plan !== null && verified < plan.objects) {
    return written + verified === 0 ? 'failed' : 'partiallyRecovered';
  }
  if (written === 0) return claimed;
  return claimed === 'recovered' || claimed === 'partiallyRecovered' || claimed === 'cancelled'
    ? claimed
    : 'partiallyRecovered';
}
