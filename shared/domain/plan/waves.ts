import type { ExecutorName, StageCount } from './plan.js';
import type { Policy, Quota } from '../policy.js';

export interface Wave {
  /** Planned objects `from` (inclusive) to `to` (exclusive), in plan order. */
  readonly from: number;
  readonly to: number;
  readonly canary: boolean;
  readonly executor: ExecutorName;
}

const mostPerWave = 500;
const waveSeconds = 30;
/** Ids that one native job takes (backup fact sheet). */
const mostPerJob = 100;

/**
 * Cuts a plan into waves that never cross the border of a stage: the policy's canaries first, for each
 * executor of ours, then waves of what the budget writes in 30 seconds, at most 500 objects; what the
 * service itself recovers in waves of at most 100 (contract section 4, `execution.canary`).
 */
export function planWaves(stages: readonly StageCount[], execution: Policy['execution']): Wave[] {
  const waves: Wave[] = [];
  const begun = new Set<ExecutorName>();
  let from = 0;
  for (const { executor, stage, objects } of stages) {
    const end = from + objects;
    const isFirst = !begun.has(executor);
    begun.add(executor);
    const canaries = isFirst && executor !== 'handOff' ? execution.canary : [];
    for (const size of canaries) add(size, true, executor, end);
    while (from < end) add(waveSize(executor, stage, execution), false, executor, end);
  }
  return waves;

  function add(size: number, canary: boolean, executor: ExecutorName, end: number): void {
    const to = Math.min(end, from + size);
    if (to > from) waves.push({ from, to, canary, executor });
    from = to;
  }
}

const fewestFailures = 3;

/**
 * Whether a wave holds the run by itself: more than half of what it wrote failed, and not only one or two
 * objects, so that going on would most likely fail too, or do harm. Below that the failures are named and
 * the run goes on.
 */
export const stopsTheRun = (wave: { readonly applied: number; readonly failed: number }): boolean =>
  wave.failed >= fewestFailures && wave.failed > wave.applied;

function waveSize(
  executor: ExecutorName,
  stage: StageCount['stage'],
  execution: Policy['execution'],
): number {
  if (executor !== 'surgical') return mostPerJob;
  const quota = stage === 'controlPlane' ? execution.policyQuota : execution.writeQuota;
  return Math.max(1, Math.min(mostPerWave, Math.floor(perSecond(quota, execution) * waveSeconds)));
}

const perSecond = (quota: Quota, { writeBudget }: Policy['execution']): number =>
  (quota.requests * writeBudget) / quota.perSeconds;
