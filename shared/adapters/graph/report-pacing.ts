import type { Quota } from '../../domain/policy.js';
import type { Clock } from '../../ports/clock.js';

/**
 * Keeps to the limit of the audit and sign-in reports (`scope.reportQuota`; published are 5 requests in 10
 * seconds per app and tenant, graph fact sheet B.2). Requests beyond it wait their turn instead of
 * earning a 429.
 */
export function createReportPacing(clock: Clock, quota: () => Promise<Quota>): () => Promise<void> {
  let starts: number[] = [];
  let queue: Promise<void> = Promise.resolve();

  async function takeTurn(): Promise<void> {
    const { requests, perSeconds } = await quota();
    const perMs = perSeconds * 1000;
    for (;;) {
      const now = clock.now();
      starts = starts.filter((start) => now - start < perMs);
      if (starts.length < requests) {
        starts.push(now);
        return;
      }
      await clock.sleep((starts[0] as number) + perMs - now);
    }
  }

  return () => {
    const turn = queue.then(takeTurn);
    // One who got no turn, since the quota could not be read, holds nobody up.
    queue = turn.catch(() => undefined);
    return turn;
  };
}
