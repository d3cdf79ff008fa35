import type { AuditDraft, AuditEvent } from './audit-event.js';
import { minute, second } from './instants.js';
import { between, chance, guidOf, type Random } from './random.js';

const shards = ['M1N6X', 'AUMVX', '7H1JL', 'QX4TB', 'D0W2K'] as const;

/**
 * The audit trail: every event with the moments at which Graph and Log Analytics show it. Until
 * `goLive` the past is written at the pace of real days, all of it visible before `start` unless
 * `delay` says otherwise; afterwards time is lived, divided by `speed` (graph fact sheet D.7).
 */
export class AuditTrail {
  readonly #random: Random;
  readonly #speed: number;
  readonly #start: number;
  readonly #events: AuditEvent[] = [];
  #live = false;
  #sequence = 8_584_070;

  constructor(random: Random, speed: number, start: number) {
    this.#random = random;
    this.#speed = speed;
    this.#start = start;
  }

  /** In the order in which they were written, which is the order of time. */
  get events(): readonly AuditEvent[] {
    return this.#events;
  }

  goLive(): void {
    this.#live = true;
  }

  write({ again, ...draft }: AuditDraft, at: number): AuditEvent {
    const correlationId = draft.correlationId ?? guidOf(this.#random);
    const shard = shards[Math.floor(this.#random() * shards.length)] as string;
    this.#sequence += 1 + Math.floor(this.#random() * 7);
    const delays = this.#delays(at);
    const event: AuditEvent = {
      id: `Directory_${correlationId}_${shard}_${this.#sequence}`,
      at,
      ticks: this.#ticksAt(at),
      service: 'Core Directory',
      result: 'success',
      resultReason: '',
      ...draft,
      correlationId,
      ...delays,
      duplicateAt: chance(this.#random, 0.004)
        ? delays.logsAt + (this.#live ? (40 * second) / this.#speed : second)
        : null,
    };
    this.#events.push(event);
    if (again !== undefined) this.#tellAgain(event, again);
    return event;
  }

  /** Shown with the first row. Leaves chance alone, so that a seed stays the same night. */
  #tellAgain(told: AuditEvent, draft: AuditDraft): void {
    this.#sequence += 1;
    this.#events.push({
      ...told,
      service: 'Core Directory',
      ...draft,
      correlationId: told.correlationId,
      id: told.id.replace(/\d+$/, String(this.#sequence)),
      ticks: Math.min(9999, told.ticks + 1),
      duplicateAt: null,
    });
  }

  /** Lets the given events of the past reach Log Analytics only so long after `start`, scaled. */
  delay(events: readonly AuditEvent[], from = 2 * minute, to = 8 * minute): void {
    for (const event of events) {
      event.logsAt = this.#start + between(this.#random, from, to) / this.#speed;
      event.graphAt = this.#start + between(this.#random, 20 * second, 100 * second) / this.#speed;
    }
  }

  /** Rows of one millisecond keep the order in which they were written. */
  #ticksAt(at: number): number {
    const last = this.#events.at(-1);
    const ticks = Math.floor(this.#random() * 9000);
    return last !== undefined && last.at === at ? Math.min(9999, last.ticks + 1) : ticks;
  }

  /** One distribution for all rows, so that whoever measures the past knows what the present will do. */
  #delays(at: number): { graphAt: number; logsAt: number } {
    const slow = chance(this.#random, 0.05);
    const logs = slow
      ? between(this.#random, 4 * minute, 8 * minute)
      : between(this.#random, minute, 4 * minute);
    const graph = slow
      ? between(this.#random, 2 * minute, 5 * minute)
      : between(this.#random, 15 * second, 110 * second);
    if (this.#live) return { graphAt: at + graph / this.#speed, logsAt: at + logs / this.#speed };
    const room = Math.max(0, this.#start - at - 2 * second);
    return { graphAt: at + Math.min(room, graph), logsAt: at + Math.min(room, logs) };
  }
}
