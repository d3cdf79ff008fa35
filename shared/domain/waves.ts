import type { Policy } from './policy.js';

export interface Wave {
  /** Planned objects `from` (inclusive) to `to` (exclusive), in plan order. */
  readonly from: number;
  readonly to: number;
  readonly canary: boolean;
}

const mostPerWave = 500;
const waveSeconds = 30;

/**
 * Cuts a plan into waves: the policy's canaries first, then waves of what the write budget lets through
 * in 30 seconds, at most 500 objects (contract section 4, `execution.canary`).
 */
export function planWaves(planned: number, execution: Policy['execution']): Wave[] {
  const { writeQuota, writeBudget } = execution;
  const perSecond = (writeQuota.requests * writeBudget) / writeQuota.perSeconds;
  const size = Math.max(1, Math.min(mostPerWave, Math.floor(perSecond * waveSeconds)));
  const waves: Wave[] = [];
  let from = 0;
  const add = (objects: number, canary: boolean) => {
    const to = Math.min(planned, from + objects);
    if (to > from) waves.push({ from, to, canary });
    from = to;
  };
  for (const canary of execution.canary) add(canary, true);
  while (from < planned) add(size, false);
  return waves;
}
