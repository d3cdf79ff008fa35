import type { Policy } from '../shared/domain/policy.js';
import { nowMs, pollDelay, sleepUntil, type Playbook, type Step } from './durable.js';

const looksPerRun = 40;
/** So often in a row may the service not know a job before it counts as lost to view. */
const mostMissed = 20;

/** How a job of the recovery service is waited for: what goes on from one run of an orchestration to the next. */
export interface JobWatch {
  /** Looks so far at what is being waited for; the pauses grow with them. */
  looks: number;
  /** Looks in a row at which the service did not know the job. */
  missed: number;
  /** Looks left in this run. */
  budget: number;
}

type Watcher = Pick<Playbook, 'context'> & { readonly policy: Pick<Policy, 'timing'> };

export const watchFrom = ({ looks, missed }: Omit<JobWatch, 'budget'>): JobWatch => ({
  looks,
  missed,
  budget: looksPerRun,
});

export function* pause(watcher: Watcher, watch: JobWatch): Step<void> {
  const ms = pollDelay(watcher.policy, watch.looks);
  watch.looks += 1;
  yield* sleepUntil(watcher, nowMs(watcher) + ms);
}

/**
 * Asks for a job until it is taken or refused, while others run their own or nobody knows. Null: this run
 * has asked often enough.
 */
export function* untilAnswered<A extends { readonly outcome: string }>(
  watcher: Watcher,
  watch: JobWatch,
  ask: () => Step<A>,
): Step<A | null> {
  for (; watch.budget > 0; watch.budget -= 1) {
    const answer = yield* ask();
    if (answer.outcome !== 'busy' && answer.outcome !== 'unknown') return answer;
    yield* pause(watcher, watch);
  }
  return null;
}

/**
 * Looks at a job until it has ended or is lost to view, keeping the tenant's place meanwhile where it is
 * ours. Null: this run has looked often enough.
 */
export function* untilOver<E extends string>(
  watcher: Watcher,
  watch: JobWatch,
  look: () => Step<{ readonly found: boolean; readonly end: E | null }>,
  keepPlace?: () => Step<unknown>,
): Step<E | 'lost' | null> {
  for (; watch.budget > 0; watch.budget -= 1) {
    const seen = yield* look();
    if (seen.end !== null) return seen.end;
    watch.missed = seen.found ? 0 : watch.missed + 1;
    if (watch.missed >= mostMissed) return 'lost';
    if (keepPlace !== undefined) yield* keepPlace();
    yield* pause(watcher, watch);
  }
  return null;
}
