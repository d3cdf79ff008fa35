import type { Clock } from './clock.js';
import type { Timer } from './records.js';

/** Pending timers in the order in which they are due, as a binary heap; late removals are skipped. */
export class TimerQueue {
  readonly #clock: Clock;
  readonly #fire: (due: readonly Timer[]) => void;
  readonly #heap: Timer[] = [];
  #cancel: (() => void) | undefined;
  #armedFor = Infinity;

  constructor(clock: Clock, fire: (due: readonly Timer[]) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  add(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#before(at, above)) break;
      this.#swap(at, above);
      at = above;
    }
    this.#arm();
  }

  /** When the next timer is due, in milliseconds since the epoch. */
  nextDue(): number | undefined {
    return this.#heap[0]?.dueAt;
  }

  /** Fires what is due by the clock, together. */
  look(): void {
    const now = this.#clock.now();
    const due: Timer[] = [];
    for (let next = this.#heap[0]; next && next.dueAt <= now; next = this.#heap[0]) {
      due.push(next);
      this.#removeFirst();
    }
    if (due.length > 0) this.#fire(due);
    this.#arm();
  }

  stop(): void {
    this.#cancel?.();
    this.#heap.length = 0;
  }

  #arm(): void {
    const next = this.#heap[0];
    if (!this.#clock.wait || !next || next.dueAt >= this.#armedFor) return;
    this.#cancel?.();
    this.#armedFor = next.dueAt;
    this.#cancel = this.#clock.wait(Math.max(0, next.dueAt - this.#clock.now()), () => {
      this.#armedFor = Infinity;
      this.look();
    });
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    let at = 0;
    for (;;) {
      let least = at;
      for (const below of [2 * at + 1, 2 * at + 2])
        if (below < heap.length && this.#before(below, least)) least = below;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    return (this.#heap[a]?.dueAt ?? 0) < (this.#heap[b]?.dueAt ?? 0);
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    const [x, y] = [heap[a], heap[b]];
    if (!x || !y) return;
    heap[a] = y;
    heap[b] = x;
  }
}
