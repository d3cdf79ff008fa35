import type { TenantClock } from '../../local/tenant/exchange.js';
import type { Clock } from '../../shared/ports/clock.js';

/** One time for the tenant, the product, the people and the durable engine; it moves when somebody waits. Whole milliseconds. */
export class SharedClock implements TenantClock, Clock {
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    this.moveTo(this.#now + ms);
    return Promise.resolve();
  }

  moveTo(timeMs: number): void {
    this.#now = Math.max(this.#now, Math.ceil(timeMs));
  }
}
