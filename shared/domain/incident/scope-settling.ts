export interface SweepFact {
  readonly digest: string;
  readonly startedAt: string;
}

export interface SettlingQuestion {
  /** Oldest first. */
  readonly sweeps: readonly SweepFact[];
  /** When containment was proven, or given up on: nothing settles before it. */
  readonly containmentProvenAt: string;
  readonly lastActorWriteAt: string | null;
  readonly settleMinutes: number;
  readonly maxSweeps: number;
  /** 99th percentile of the delay until rows are readable, over the last day; null when unknown. */
  readonly measuredDelaySeconds: number | null;
}

export interface SweepVerdict {
  readonly settled: boolean;
  /** When to sweep again; null once settled. */
  readonly nextSweepAt: string | null;
  /** True when the policy's sweeps are used up and the step waits in the open. */
  readonly waiting: boolean;
  readonly why: string;
}

/** A shorter measured delay shortens the settle time, to a fifth of the policy's at most. */
const shortestShare = 1 / 5;

/**
 * Whether the scope has settled (contract section 4, `scope.*`): two consecutive sweeps have one digest,
 * and the later began at least the settle time after containment was proven, or after the actor's last
 * write if that is later.
 */
export function sweepVerdict(question: SettlingQuestion): SweepVerdict {
  const { sweeps, settleMinutes, maxSweeps } = question;
  const settleMs = effectiveSettleMs(question);
  const quietSince = latest(question.containmentProvenAt, question.lastActorWriteAt);
  const readyAt = quietSince + settleMs;
  const last = sweeps.at(-1);
  const before = sweeps.at(-2);
  const agree = last !== undefined && before !== undefined && last.digest === before.digest;
  const lateEnough = last !== undefined && Date.parse(last.startedAt) >= readyAt;

  if (agree && lateEnough) {
    return {
      settled: true,
      nextSweepAt: null,
      waiting: false,
      why: 'Two sweeps agree: the scope has settled.',
    };
  }
  const lastStart = last === undefined ? readyAt : Date.parse(last.startedAt);
  const waiting = sweeps.length >= maxSweeps;
  const gapMs = waiting ? settleMinutes * 60_000 : settleMs / 2;
  const planned = lastStart + gapMs;
  // A sweep that agrees already only has to be repeated once the settle time is over.
  const next = agree && !lateEnough ? readyAt : planned;
  const why = agree
    ? `Two sweeps agree; rows may still arrive until ${new Date(readyAt).toISOString()}.`
    : before === undefined
      ? 'A second sweep must agree before anything can be approved.'
      : 'The last two sweeps differ: rows are still arriving.';
  return { settled: false, nextSweepAt: new Date(next).toISOString(), waiting, why };
}

function effectiveSettleMs({ settleMinutes, measuredDelaySeconds }: SettlingQuestion): number {
  const policyMs = settleMinutes * 60_000;
  if (measuredDelaySeconds === null) return policyMs;
  return Math.min(policyMs, Math.max(policyMs * shortestShare, measuredDelaySeconds * 1000));
}

const latest = (a: string, b: string | null): number =>
  Math.max(Date.parse(a), b === null ? -Infinity : Date.parse(b));
