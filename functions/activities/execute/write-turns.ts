import type { Clock } from '../../../shared/ports/clock.js';
import type { Directory } from '../../../shared/ports/directory.js';

/** How many writes may begin within any stretch of `perMs`. */
export interface WriteBudget {
  readonly writes: number;
  readonly perMs: number;
}

/** Turns to write to one tenant, given one after the other at the pace of the budget. */
export interface WriteTurns {
  /** Waits for a turn of so many writes: evenly spread, and never more than the budget. */
  next(writes: number, budget: WriteBudget): Promise<void>;
  /** No turn is given for at least `ms` from now: the service asked for it. */
  pause(ms: number): void;
}

/** What a quota is published for: the directory's objects, or the policies with their own. */
export type QuotaKind = 'objects' | 'policies';

const known = new WeakMap<Directory, Partial<Record<QuotaKind, WriteTurns>>>();

/**
 * The turns of one tenant in this process. The quotas belong to app and tenant (graph fact sheet B.2),
 * so the waves of one incident, and incidents beside each other, take their turns from one line.
 */
export function turnsOf(directory: Directory, clock: Clock, kind: QuotaKind): WriteTurns {
  const lines = known.get(directory) ?? {};
  known.set(directory, lines);
  return (lines[kind] ??= createTurns(clock));
}

function createTurns(clock: Clock): WriteTurns {
  let line: Promise<void> = Promise.resolve();
  let freeAt = -Infinity;
  let given: { readonly at: number; readonly writes: number }[] = [];

  async function take(writes: number, budget: WriteBudget): Promise<void> {
    // Looked at again after each sleep: a pause may have come while this turn was waiting.
    for (let now = clock.now(); ; now = clock.now()) {
      const start = Math.max(freeAt, roomAt(writes, budget));
      if (now >= start) break;
      await clock.sleep(start - now);
    }
    const now = clock.now();
    freeAt = now + (writes * budget.perMs) / budget.writes;
    given = [...given.filter(({ at }) => at > now - budget.perMs), { at: now, writes }];
  }

  /** When enough of the turns given lie far enough back. */
  function roomAt(writes: number, budget: WriteBudget): number {
    let room = budget.writes - writes;
    for (const turn of given.toReversed()) {
      room -= turn.writes;
      if (room < 0) return turn.at + budget.perMs;
    }
    return -Infinity;
  }

  return {
    next(writes, budget) {
      const turn = line.then(() => take(writes, budget));
      line = turn.catch(() => undefined);
      return turn;
    },
    pause(ms) {
      freeAt = Math.max(freeAt, clock.now() + ms);
    },
  };
}
