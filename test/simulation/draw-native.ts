import { chance, pick, seeded, type Random } from '../../local/tenant/directory/random.js';
import type { PlanExecutor } from '../../shared/domain/plan/plan.js';
import type { Deployment } from './deployment.js';

/** What a seed decides about native recovery. */
export interface DrawnNative {
  readonly executor: Exclude<PlanExecutor, 'handOff'>;
  /** `ends`: the operator's rights go as soon as they were lent for the first time, and come back later. */
  readonly session: 'lend' | 'ends' | 'never';
  /** How many jobs end as `failed`, a recovery halfway through. */
  readonly failJobs: number;
  /** First use of a snapshot, ms. */
  readonly load: number;
  readonly snapshotIds: 'unixSeconds' | 'iso8601';
  /** Whether a session is lent while the approval is awaited, and whether people decide only after the check. */
  readonly early: 'no' | 'lends' | 'waits';
}

const second = 1000;

/** Of its own stream of chance, so that what else a seed decides stays what it was. */
export function drawNative(seed: number): DrawnNative {
  const random = seeded(seed, 'simulation native');
  return {
    executor: chance(random, 0.12) ? 'native' : pick(random, ['auto', 'auto', 'surgical'] as const),
    session: sessionOf(random),
    failJobs: chance(random, 0.15) ? 1 + Math.floor(random() * 2) : 0,
    load: pick(random, [0, 20 * second, 3600 * second]),
    snapshotIds: pick(random, ['unixSeconds', 'iso8601'] as const),
    early: pick(random, ['no', 'no', 'lends', 'waits'] as const),
  };
}

function sessionOf(random: Random): DrawnNative['session'] {
  if (chance(random, 0.1)) return 'never';
  return chance(random, 0.25) ? 'ends' : 'lend';
}

/** The documented times stay in proportion; only what a company of sixty would wait for in vain is cut. */
export function setService({ tenant }: Deployment, native: DrawnNative): void {
  const { settings } = tenant.world.recovery;
  settings.failJobs = native.failJobs;
  settings.snapshotIds = native.snapshotIds;
  settings.durations = {
    accept: 2 * second,
    load: native.load,
    compareAtLeast: 5 * second,
    comparePerChange: 27,
    writeAtLeast: 5 * second,
    writePerChange: 216,
    cancel: 4 * second,
  };
}

/** Short tokens that cannot be renewed: rights that somebody took back in the middle. */
export function operatorLeaves({ tenant }: Deployment): void {
  tenant.identity.operatorPlane.consented = false;
  tenant.identity.operatorPlane.tokenLifetimeSeconds = 150;
}

export function operatorReturns({ tenant }: Deployment): void {
  tenant.identity.operatorPlane.consented = true;
  tenant.identity.operatorPlane.tokenLifetimeSeconds = null;
}
