import type { AuditEvent, ObjectHistory } from '../../../shared/domain/attribution/audit.js';
import { Spool } from '../spool.js';
import type { ActivityServices } from '../services.js';
import { groupByObject } from './histories.js';

/**
 * Brings the rows of any number of objects together without holding them all. Equal rows give equal
 * histories, in whatever order they arrive.
 */
export class EventSpool {
  readonly #spool: Spool<AuditEvent>;

  constructor(services: ActivityServices, incidentId: string, name: string, heldRows = 50_000) {
    const keyOf = ({ objectId }: AuditEvent): string => objectId;
    this.#spool = new Spool(services, incidentId, { name, keyOf, held: heldRows });
  }

  add(event: AuditEvent): Promise<void> {
    return this.#spool.add(event);
  }

  /** The history of every object once; what is yielded together is in the order of `groupByObject`. */
  async *histories(): AsyncGenerator<ObjectHistory[]> {
    for await (const events of this.#spool.parts()) yield groupByObject(events);
  }
}
