import type { AuditEvent } from '../../shared/domain/attribution/audit.js';
import type { CurrentObject } from '../../shared/domain/plan/plan.js';
import type { Mutation } from './deployment.js';

interface Mutant {
  readonly mutation: Mutation;
  /** The invariants one of which must be seen broken. */
  readonly invariants: readonly string[];
  /** Where the search begins, shortly before the first seed that shows it, and how far it may go. */
  readonly firstSeed: number;
  readonly seedsNeeded: number;
}

/** Safeguards taken out one at a time: a simulation that finds nothing then proves nothing. */
export const mutations: Readonly<Record<string, Mutant>> = {
  'compare-and-set': {
    invariants: ['I13', 'I6'],
    firstSeed: 10,
    seedsNeeded: 60,
    mutation: withoutCompareAndSet,
  },
  attribution: {
    invariants: ['I13'],
    firstSeed: 1,
    seedsNeeded: 30,
    mutation: withoutAttribution,
  },
};

/**
 * Whoever reads an object a second time is shown what was there the first time: what was written since
 * the preview is never noticed.
 */
function withoutCompareAndSet(services: Parameters<Mutation>[0]): ReturnType<Mutation> {
  const first = new Map<string, CurrentObject>();
  const { directory } = services;
  return {
    ...services,
    directory: {
      ...directory,
      async readObjects(type, ids, properties, groupIds) {
        const read = await directory.readObjects(type, ids, properties, groupIds);
        return read.map((object) => {
          const known = first.get(object.objectId);
          if (known === undefined || known.presence !== object.presence) {
            first.set(object.objectId, object);
            return object;
          }
          return {
            ...object,
            properties: { ...object.properties, ...known.properties },
            memberOf: object.memberOf,
          };
        });
      },
    },
  };
}

/** Everybody's rows count as the actor's. */
function withoutAttribution(services: Parameters<Mutation>[0]): ReturnType<Mutation> {
  const { auditLog } = services;
  let actorId: string | null = null;
  async function* asActor(events: AsyncIterable<AuditEvent>): AsyncIterable<AuditEvent> {
    for await (const event of events) {
      yield actorId === null ? event : { ...event, by: { ...event.by, kind: 'user', id: actorId } };
    }
  }
  return {
    ...services,
    auditLog: {
      ...auditLog,
      readHistories: (actors, scopeWindow, window) => {
        actorId = actors[0]?.id ?? null;
        return asActor(auditLog.readHistories(actors, scopeWindow, window));
      },
      readObjectEvents: (ids, window) => asActor(auditLog.readObjectEvents(ids, window)),
    },
  };
}
