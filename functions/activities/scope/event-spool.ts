import type { AuditEvent, ObjectHistory } from '../../../shared/domain/attribution/audit.js';
import { groupByObject } from './histories.js';
import { putLines, readLines } from '../lines.js';
import type { ActivityServices } from '../services.js';

const parts = 64;

/**
 * Brings the rows of any number of objects together without holding them all: above `heldRows` they are
 * laid aside in the evidence store, all rows of one object in the same part, and read back part by part.
 * Equal rows give equal histories, in whatever order they arrive.
 */
export class EventSpool {
  readonly #services: ActivityServices;
  readonly #incidentId: string;
  readonly #name: string;
  readonly #heldRows: number;
  readonly #laidAside = new Map<number, string[]>();
  #held: AuditEvent[] = [];

  constructor(services: ActivityServices, incidentId: string, name: string, heldRows = 50_000) {
    this.#services = services;
    this.#incidentId = incidentId;
    this.#name = name;
    this.#heldRows = heldRows;
  }

  async add(event: AuditEvent): Promise<void> {
    this.#held.push(event);
    if (this.#held.length >= this.#heldRows) await this.#layAside();
  }

  /** The history of every object once; what is yielded together is in the order of `groupByObject`. */
  async *histories(): AsyncGenerator<ObjectHistory[]> {
    if (this.#laidAside.size === 0) {
      yield groupByObject(this.#held);
      return;
    }
    await this.#layAside();
    for (const part of [...this.#laidAside.keys()].sort((a, b) => a - b)) {
      const events: AuditEvent[] = [];
      for (const sha256 of this.#laidAside.get(part) ?? []) {
        const lines = await readLines<AuditEvent>(this.#services, this.#incidentId, sha256);
        for (const event of lines) events.push(event);
      }
      yield groupByObject(events);
    }
  }

  async #layAside(): Promise<void> {
    const byPart = new Map<number, AuditEvent[]>();
    for (const event of this.#held) {
      const part = partOf(event.objectId);
      const rows = byPart.get(part);
      if (rows === undefined) byPart.set(part, [event]);
      else rows.push(event);
    }
    this.#held = [];
    for (const [part, rows] of byPart) {
      const name = `${this.#name}-part-${part}`;
      const { sha256 } = await putLines(this.#services, this.#incidentId, name, rows);
      this.#laidAside.set(part, [...(this.#laidAside.get(part) ?? []), sha256]);
    }
  }
}

/** The same part for the same object on every machine. */
function partOf(objectId: string): number {
  let sum = 0;
  for (let place = 0; place < objectId.length; place += 1) {
    sum = (sum * 31 + objectId.charCodeAt(place)) >>> 0;
  }
  return sum % parts;
}
