import { between, chance, type Random } from './random.js';
import { second } from './instants.js';

/** How many copies of the directory answer reads. */
export const replicaCount = 3;

/** Extra delay of the separate index behind advanced queries, as a multiple of the replica's own. */
export const indexLagFactor = 2;

/**
 * Says when each replica learns of a write: the one that took it at once, the others after a seeded
 * delay that is normally seconds and has no upper bound in the documentation (graph fact sheet C).
 */
export class Replication {
  readonly #random: Random;
  readonly #speed: number;

  constructor(random: Random, speed: number) {
    this.#random = random;
    this.#speed = speed;
  }

  seenAt(at: number, previous: readonly number[] | undefined): readonly number[] {
    const home = Math.floor(this.#random() * replicaCount);
    const times: number[] = [];
    for (let replica = 0; replica < replicaCount; replica += 1) {
      const lag = replica === home ? 0 : this.#lag();
      times.push(Math.max(at + lag, previous?.[replica] ?? 0));
    }
    return times;
  }

  #lag(): number {
    const seconds = chance(this.#random, 0.05)
      ? between(this.#random, 4, 20)
      : between(this.#random, 0.2, 3);
    return (seconds * second) / this.#speed;
  }
}
