import type { Incident, Outcome } from '../incident/incident.js';

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
 * Never lets an ending claim more or less than was read back (safety.md I10): `recovered` stands only
 * with every planned object read back as planned; once something was written, an incident is neither
 * `nothingToRecover` nor `rejected` nor `expired`, but what the reading back showed, and `failed` when
 * it showed nothing or never came about. A person's cancel keeps its name.
 */
export function truthfulOutcome(
  claimed: Outcome,
  incident: Pick<Incident, 'execution' | 'plan' | 'verification'>,
): Outcome {
  const { plan, verification, execution } = incident;
  const written = execution?.applied ?? 0;
  const verified = verification?.verified ?? 0;
  const expected = verification?.expected ?? plan?.objects ?? 0;
  switch (claimed) {
    case 'cancelled':
      return claimed;
    case 'recovered':
      if (verified > 0 && verified >= expected) return claimed;
      break;
    case 'partiallyRecovered':
    case 'failed':
      break;
    default:
      if (written === 0) return claimed;
  }
  return verified > 0 ? 'partiallyRecovered' : 'failed';
}
