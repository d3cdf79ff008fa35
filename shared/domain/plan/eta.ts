import type { ExecutorName } from './plan.js';
import { mostIdsPerJob } from '../native/native-job.js';
import type { Policy, Quota } from '../policy.js';

/** What a plan asks of each executor. */
export interface Work {
  /** Writes of our own, those to policies left out. */
  readonly writes: number;
  /** Writes to policies, which have a pace of their own. */
  readonly policyWrites: number;
  /** Canary waves of our own. */
  readonly canaries: number;
  readonly nativeObjects: number;
  readonly handOffObjects: number;
}

/**
 * The service's published planning figures (backup fact sheet 5.8), seconds: the first job on a
 * snapshot loads it; comparing 100,000 changes takes about 45 minutes; recovering 500,000 up to 30 hours.
 */
export const nativeTimes = {
  load: 3600,
  perComparedChange: (45 * 60) / 100_000,
  perRecoveredChange: (30 * 3600) / 500_000,
} as const;

export type Etas = Readonly<Record<ExecutorName, number>>;

/**
 * How long each executor takes, whole seconds, when nobody is slow: floors set by quotas and published
 * figures, no promise. A hand-off counts the jobs, not the person who starts them.
 */
export function etaOf(work: Work, policy: Policy): Etas {
  const { execution, timing } = policy;
  const pace = ({ requests, perSeconds }: Quota) => perSeconds / (requests * execution.writeBudget);
  const surgical =
    work.writes * pace(execution.writeQuota) +
    work.policyWrites * pace(execution.policyQuota) +
    (work.writes + work.policyWrites > 0 ? work.canaries * timing.pollSeconds.first : 0);
  // The snapshot is loaded once, by whichever job comes first.
  const loaded = work.nativeObjects > 0 ? nativeTimes.load : 0;
  return {
    surgical: Math.ceil(surgical),
    native: Math.ceil(loaded + wavesSeconds(work.nativeObjects, 2 * timing.pollSeconds.first)),
    handOff: Math.ceil(
      (work.handOffObjects > 0 ? nativeTimes.load - loaded : 0) +
        wavesSeconds(work.handOffObjects, timing.pollSeconds.first),
    ),
  };
}

/** Preview and recovery of so many objects in full waves, the snapshot being loaded. */
function wavesSeconds(objects: number, pollSeconds: number): number {
  const perObject = nativeTimes.perComparedChange + nativeTimes.perRecoveredChange;
  return objects * perObject + Math.ceil(objects / mostIdsPerJob) * pollSeconds;
}

/**
 * Full waves that can still be STARTED within `seconds`; a job that runs is followed without a session.
 */
export function wavesThatFit(seconds: number, objects: number, policy: Policy): number {
  const waves = Math.ceil(objects / mostIdsPerJob);
  const each = wavesSeconds(mostIdsPerJob, 2 * policy.timing.pollSeconds.first);
  const afterLoad = seconds - nativeTimes.load;
  if (afterLoad < 0 || waves === 0) return 0;
  return Math.min(waves, 1 + Math.floor(afterLoad / each));
}
