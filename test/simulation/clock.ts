import type { TenantClock } from '../../local/tenant/exchange.js';
import type { Clock } from '../../shared/ports/clock.js';

/**
 * One time for the tenant, the product, the people and the durable engine, in whole milliseconds. It
 * stands still while anybody can go on without it and then jumps to the earliest sleeper, so that work
 * side by side sees the order that real time would give it.
 */
export class SharedClock implements TenantClock, Clock {
  #now: number;
  #isTicking = false;
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ at: this.#now + Math.ceil(ms), wake });
      this.#tick();
    });
  }

  moveTo(timeMs: number): void {
    this.#now = Math.max(this.#now, Math.ceil(timeMs));
  }

  #tick(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    setImmediate(() => {
      this.#isTicking = false;
      this.#sleepers.sort((a, b) => a.at - b.at);
      const next = this.#sleepers.shift();
      if (next === undefined) return;
      this.moveTo(next.at);
      next.wake();
      if (this.#sleepers.length > 0) this.#tick();
    });
  }
}
