import type { AuditEvent } from '../domain/attribution/audit.js';
import type { Window } from '../domain/incident/incident.js';
import type { ActorRef } from '../domain/identities.js';

export interface SignIn {
  readonly userId: string;
  readonly at: string;
  readonly succeeded: boolean;
}

/** What one identity did in a window, without its details. */
export interface WriterCount {
  readonly kind: 'user' | 'servicePrincipal';
  readonly id: string;
  readonly name: string | null;
  readonly rows: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly clientName: string | null;
  readonly ipAddress: string | null;
}

/**
 * The audit trail, from Log Analytics or from Graph. Rows that have not been ingested yet are simply
 * not there: completeness is the scope step's business, never assumed here. A partial answer of the
 * service is split and repeated inside, never returned as complete.
 */
export interface AuditLog {
  readonly source: 'logAnalytics' | 'graph';
  /** Successful and failed directory writes by these actors, oldest first, duplicates removed. */
  readWrites(actors: readonly ActorRef[], window: Window): AsyncIterable<AuditEvent>;
  /**
   * Everybody's events in the window on the objects that `actors` wrote to within `scopeWindow`
   * (and memberships of those objects), oldest first, duplicates removed.
   */
  readHistories(
    actors: readonly ActorRef[],
    scopeWindow: Window,
    window: Window,
  ): AsyncIterable<AuditEvent>;
  /** Everybody's events on exactly these objects (at most 1,000), oldest first. */
  readObjectEvents(objectIds: readonly string[], window: Window): AsyncIterable<AuditEvent>;
  /** Who wrote in the window, busiest first, at most `limit`; on these objects only when given. */
  countWriters(
    window: Window,
    limit: number,
    objectIds?: readonly string[],
  ): Promise<readonly WriterCount[]>;
  /**
   * 99th percentile over the last day of the delay until rows are readable, seconds; null if unknown,
   * as it is when the day had too few rows to tell.
   */
  measuredDelaySeconds(): Promise<number | null>;
  /** Sign-ins of these users (at most 100) since `since`. */
  readSignIns(userIds: readonly string[], since: string): Promise<readonly SignIn[]>;
}
