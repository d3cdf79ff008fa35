import type { Clock } from '../../ports/clock.js';

/**
 * Keeps to the published limit of the audit and sign-in reports: 5 requests in 10 seconds per app and
 * tenant (graph fact sheet B.2). Requests beyond it wait their turn instead of earning a 429.
 */
export function createReportPacing(
  clock: Clock,
  limit: { readonly requests: number; readonly perMs: number } = { requests: 5, perMs: 10_000 },
): () => Promise<void> {
  let starts: number[] = [];
  let queue: Promise<void> = Promise.resolve();

  async function takeTurn(): Promise<void> {
    for (;;) {
      const now = clock.now();
      starts = starts.filter((start) => now - start < limit.perMs);
      if (starts.length < limit.requests) {
        starts.push(now);
        return;
      }
      await clock.sleep((starts[0] as number) + limit.perMs - now);
    }
  }

  return () => {
    queue = queue.then(takeTurn);
    return queue;
  };
}
