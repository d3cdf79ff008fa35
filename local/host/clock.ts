/** Where the engine takes its time from. Without `wait` timers fire only when they are told to look. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `wake` after at most `ms`; the answer cancels. */
  wait?(ms: number, wake: () => void): () => void;
}

const longestNap = 30_000;

/** The machine's clock. It wakes at least every 30 s, so that a clock set forward is noticed. */
export const systemClock: Clock = {
  now: () => Date.now(),
  wait(ms, wake) {
    const timer = setTimeout(wake, Math.min(ms, longestNap));
    return () => clearTimeout(timer);
  },
};
