import type { Clock } from '../../ports/clock.js';

/** What a bot may send into one thread (inbound fact sheet C.6), most messages within so many seconds. */
const limits = [
  { most: 7, seconds: 1 },
  { most: 8, seconds: 2 },
  { most: 60, seconds: 30 },
  { most: 1800, seconds: 3600 },
] as const;
const longestMs = 3600_000;
const mostThreads = 1000;

/** Waits until a thread takes one more message; waiters of one thread go in the order they came. */
export function createThreadPacing(clock: Clock): (thread: string) => Promise<void> {
  const threads = new Map<string, { sent: number[]; turn: Promise<void> }>();

  return (thread) => {
    const known = threads.get(thread) ?? { sent: [], turn: Promise.resolve() };
    if (threads.size >= mostThreads && !threads.has(thread)) threads.clear();
    threads.set(thread, known);
    known.turn = known.turn.then(() => oneMore(known));
    return known.turn;
  };

  async function oneMore(thread: { sent: number[] }): Promise<void> {
    for (;;) {
      const now = clock.now();
      thread.sent = thread.sent.filter((at) => now - at < longestMs);
      const wait = waitOf(thread.sent, now);
      if (wait <= 0) {
        thread.sent.push(now);
        return;
      }
      await clock.sleep(wait);
    }
  }
}

function waitOf(sent: readonly number[], now: number): number {
  return Math.max(
    0,
    ...limits.map(({ most, seconds }) => {
      const first = sent.at(-most);
      return first === undefined ? 0 : first + seconds * 1000 - now;
    }),
  );
}
