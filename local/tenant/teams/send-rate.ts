/** Sends allowed per bot and thread (inbound fact sheet C.6): count within milliseconds. */
const windows: readonly (readonly [count: number, ms: number])[] = [
  [7, 1_000],
  [8, 2_000],
  [60, 30_000],
  [1_800, 3_600_000],
];

/**
 * Whether a thread may send now; each allowed send counts. Window lengths are divided by `speed`.
 * Answers 0 when allowed, else the milliseconds after which the next send fits.
 */
export function createSendRate(speed: number): (thread: string, now: number) => number {
  const sends = new Map<string, number[]>();

  return (thread, now) => {
    const times = (sends.get(thread) ?? []).filter((time) => now - time < 3_600_000 / speed);
    const waits = windows.map(([count, ms]) => {
      const oldest = times.at(-count);
      return oldest === undefined ? 0 : Math.max(0, oldest + ms / speed - now);
    });
    const wait = Math.max(...waits);
    if (wait === 0) times.push(now);
    sends.set(thread, times);
    return wait;
  };
}
