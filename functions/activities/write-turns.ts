import type { Clock } from '../../shared/ports/clock.js';
import type { Directory } from '../../shared/ports/directory.js';

/** Turns to write to one tenant, given one after the other at the pace of the budget. */
export interface WriteTurns {
  /** Waits for the next turn; it takes `ms` of the budget before another one is given. */
  next(ms: number): Promise<void>;
  /** No turn is given for at least `ms` from now: the service asked for it. */
  pause(ms: number): void;
}

const known = new WeakMap<Directory, WriteTurns>();

/**
 * The turns of one tenant in this process. The quota belongs to app and tenant (graph fact sheet B.2),
 * so the waves of one incident, and incidents beside each other, take their turns from one line.
 */
export function turnsOf(directory: Directory, clock: Clock): WriteTurns {
  const turns = known.get(directory) ?? createTurns(clock);
  known.set(directory, turns);
  return turns;
}

function createTurns(clock: Clock): WriteTurns {
  let line: Promise<void> = Promise.resolve();
  let freeAt = -Infinity;
  return {
    next(ms) {
      const turn = line.then(async () => {
        // Looked at again after each sleep: a pause may have come while this turn was waiting.
        for (let now = clock.now(); now < freeAt; now = clock.now())
          await clock.sleep(freeAt - now);
        freeAt = clock.now() + ms;
      });
      line = turn.catch(() => undefined);
      return turn;
    },
    pause(ms) {
      freeAt = Math.max(freeAt, clock.now() + ms);
    },
  };
}
