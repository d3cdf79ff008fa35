import type { Clock } from '../../shared/ports/clock.js';

export interface VirtualClock extends Clock {
  /** Moves the time on without anybody sleeping. */
  advance(ms: number): void;
  iso(): string;
}

/**
 * A clock that stands still while anybody can go on without it, and then jumps to the earliest sleeper.
 * Work over in-memory fakes is done between two turns of the event loop, so waits cost no real time.
 */
export function createVirtualClock(start: number): VirtualClock {
  let time = start;
  let isTicking = false;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  function tick(): void {
    isTicking = true;
    setImmediate(() => {
      sleepers.sort((a, b) => a.at - b.at);
      const next = sleepers.shift();
      if (next !== undefined) {
        time = Math.max(time, next.at);
        next.wake();
      }
      if (sleepers.length > 0) tick();
      else isTicking = false;
    });
  }

  return {
    now: () => time,
    iso: () => new Date(time).toISOString(),
    advance: (ms) => void (time += ms),
    sleep: (ms) =>
      new Promise((resolve) => {
        sleepers.push({ at: time + ms, wake: resolve });
        if (!isTicking) tick();
      }),
  };
}
