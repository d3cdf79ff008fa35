import lockfile from 'proper-lockfile';

/** Work that runs while this process alone holds an incident. `stillHeld` throws when the lock was lost. */
export type Job<T> = (stillHeld: () => void) => Promise<T>;

export interface Exclusive {
  run<T>(id: string, job: Job<T>): Promise<T>;
}

interface Waiting {
  readonly job: Job<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** A lock left behind by a killed process is taken over after this long. */
const staleMs = 5000;
const jobsPerHold = 64;

/**
 * One writer per incident, across processes. Jobs of this process queue in memory and share one hold
 * of the file lock, so that a busy wave does not pay for a lock per entry; after `jobsPerHold` jobs the
 * lock is let go once so that other processes get their turn.
 */
export function createExclusive(lockPath: (id: string) => string): Exclusive {
  const queues = new Map<string, Waiting[]>();

  async function drain(id: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      try {
        await holding(lockPath(id), (stillHeld) => runSome(queue, stillHeld));
      } catch (error) {
        for (const waiting of queue.splice(0)) waiting.reject(error);
      }
    }
    queues.delete(id);
  }

  return {
    run<T>(id: string, job: Job<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const waiting: Waiting = { job, resolve: resolve, reject };
        const queue = queues.get(id);
        if (queue !== undefined) {
          queue.push(waiting);
          return;
        }
        const fresh = [waiting];
        queues.set(id, fresh);
        void drain(id, fresh);
      });
    },
  };
}

async function runSome(queue: Waiting[], stillHeld: () => void): Promise<void> {
  for (let count = 0; count < jobsPerHold; count += 1) {
    const waiting = queue.shift();
    if (waiting === undefined) return;
    try {
      waiting.resolve((await waiting.job(stillHeld)) as never);
    } catch (error) {
      waiting.reject(error);
    }
  }
}

async function holding(
  lock: string,
  work: (stillHeld: () => void) => Promise<void>,
): Promise<void> {
  const hold: { lost: Error | null } = { lost: null };
  const release = await lockfile.lock(lock, {
    lockfilePath: `${lock}.lock`,
    realpath: false,
    stale: staleMs,
    update: staleMs / 5,
    retries: { retries: 400, factor: 1.3, minTimeout: 4, maxTimeout: 100, randomize: true },
    onCompromised: (error) => {
      hold.lost = error;
    },
  });
  try {
    await work(() => {
      if (hold.lost !== null) {
        throw new Error('The lock of the evidence store was lost.', { cause: hold.lost });
      }
    });
  } finally {
    if (hold.lost === null) await release().catch(() => undefined);
  }
}
