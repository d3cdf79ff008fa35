import type { AuditEvent } from '../../shared/domain/attribution/audit.js';
import type { Window } from '../../shared/domain/incident/incident.js';
import type { ActorRef } from '../../shared/domain/identities.js';
import { compareInstants } from '../../shared/domain/instants.js';
import type { AuditLog, SignIn, WriterCount } from '../../shared/ports/audit-log.js';

export interface FakeAuditLog extends AuditLog {
  /** The rows that can be read by now; a test adds late ones when it likes. */
  readonly rows: AuditEvent[];
  readonly signIns: SignIn[];
  /** Windows that were asked for, with whom. */
  readonly asked: { readonly who: readonly string[]; readonly window: Window }[];
  writers: readonly WriterCount[];
  delaySeconds: number | null;
}

/** The audit trail as a list of rows; windows are half-open in time. */
export function createFakeAuditLog(): FakeAuditLog {
  const rows: AuditEvent[] = [];
  const within = (window: Window) =>
    rows
      .filter(
        ({ at }) => compareInstants(at, window.from) >= 0 && compareInstants(at, window.to) < 0,
      )
      .sort((a, b) => compareInstants(a.at, b.at));
  const by = (actors: readonly ActorRef[]) => (event: AuditEvent) =>
    actors.some(({ id }) => id === event.by.id);

  const fake: FakeAuditLog = {
    source: 'logAnalytics',
    rows,
    signIns: [],
    asked: [],
    writers: [],
    delaySeconds: null,
    async *readWrites(actors, window) {
      fake.asked.push({ who: actors.map(({ id }) => id), window });
      yield* within(window).filter(by(actors));
    },
    async *readHistories(actors, scopeWindow, window) {
      const touched = new Set(
        within(scopeWindow)
          .filter(by(actors))
          .map(({ objectId }) => objectId),
      );
      yield* within(window).filter(({ objectId }) => touched.has(objectId));
    },
    async *readObjectEvents(ids, window) {
      yield* within(window).filter(({ objectId }) => ids.includes(objectId));
    },
    countWriters: async () => fake.writers,
    measuredDelaySeconds: async () => fake.delaySeconds,
    readSignIns: async (ids) => fake.signIns.filter(({ userId }) => ids.includes(userId)),
  };
  return fake;
}

let made = 0;

/** One row that disables a user; a test states only what matters. */
export function auditRow(change: Partial<AuditEvent> & { readonly byId: string }): AuditEvent {
  const { byId, ...over } = change;
  made += 1;
  return {
    id: `Directory_${String(made).padStart(6, '0')}`,
    at: '2026-11-20T20:40:00.0000001Z',
    operation: 'Update user',
    correlationId: `correlation-${made}`,
    succeeded: true,
    by: { kind: 'user', id: byId, name: null, clientName: 'Script host', ipAddress: '203.0.113.9' },
    kind: 'update',
    objectId: '55555555-0000-4000-8000-000000000000',
    objectType: 'user',
    objectName: 'User',
    groupId: null,
    groupName: null,
    changes: [
      {
        property: 'AccountEnabled',
        before: { known: true, value: true },
        after: { known: true, value: false },
      },
    ],
    ...over,
  };
}
