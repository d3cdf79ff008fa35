import type { AuditEvent } from '../../domain/attribution/audit.js';
import type { Window } from '../../domain/incident/incident.js';
import type { ActorRef } from '../../domain/identities.js';
import { compareInstants, compareText, instantKey } from '../../domain/instants.js';
import type { Quota } from '../../domain/policy.js';
import { RewindError } from '../../errors.js';
import type { AuditLog, SignIn, WriterCount } from '../../ports/audit-log.js';
import type { Clock } from '../../ports/clock.js';
import { normaliseAuditRow } from '../logs/rows.js';
import { GraphRefusal, type GraphClient } from './client.js';
import { createReportPacing } from './report-pacing.js';
import { odataText } from './request.js';
import { read, signInSchema } from './schemas.js';

/** Up to so many objects are asked for one by one; above it the whole window is read and sifted. */
const fewObjects = 20;
const signInsPerUser = 50;

/**
 * The audit trail through Graph `directoryAudits`, for tenants without a Log Analytics workspace. Only
 * documented filters are used (graph fact sheet D.1): an app cannot be filtered by its object id and its
 * `appId` is null on the wire, so rows of apps are sifted here.
 */
export function createDirectoryAudits(options: {
  readonly client: GraphClient;
  readonly clock: Clock;
  /** How many reports may be asked for in how long. */
  readonly quota: () => Promise<Quota>;
}): AuditLog {
  const takeTurn = createReportPacing(options.clock, options.quota);

  /** Rows with this filter in the window, oldest first, without repetition. */
  async function* rows(window: Window, filter?: string): AsyncGenerator<AuditEvent> {
    if (compareInstants(window.from, window.to) >= 0) return;
    const time = `activityDateTime ge ${instant(window.from)} and activityDateTime le ${instant(window.to)}`;
    const query = {
      $filter: filter === undefined ? time : `${time} and ${filter}`,
      $orderby: 'activityDateTime asc',
      $top: '1000',
    };
    const seen = new Set<string>();
    for await (const page of paced('/auditLogs/directoryAudits', query)) {
      for (const raw of page) {
        for (const event of readable(raw)) {
          const key = `${event.id}|${event.objectId}|${event.groupId ?? ''}`;
          // `le` includes the end, which belongs to the next window.
          if (compareInstants(event.at, window.to) >= 0 || seen.has(key)) continue;
          seen.add(key);
          yield event;
        }
      }
    }
  }

  const paced = (
    path: string,
    query: Readonly<Record<string, string>>,
  ): AsyncGenerator<readonly unknown[]> => options.client.pages({ path, query }, takeTurn);

  async function* readWrites(
    actors: readonly ActorRef[],
    window: Window,
  ): AsyncGenerator<AuditEvent> {
    const people = actors.filter(({ kind }) => kind === 'user');
    if (people.length === actors.length && people.length <= fewObjects) {
      const each = people.map(({ id }) => rows(window, `initiatedBy/user/id eq ${odataText(id)}`));
      yield* inOrder(await Promise.all(each.map(all)));
      return;
    }
    const ids = new Set(actors.map(({ id }) => id.toLowerCase()));
    for await (const event of rows(window)) if (ids.has(event.by.id ?? '')) yield event;
  }

  async function* readObjectEvents(
    objectIds: readonly string[],
    window: Window,
  ): AsyncGenerator<AuditEvent> {
    const wanted = new Set(objectIds.map((id) => id.toLowerCase()));
    const about = (event: AuditEvent): boolean =>
      wanted.has(event.objectId) || wanted.has(event.groupId ?? '');
    if (wanted.size > fewObjects) {
      for await (const event of rows(window)) if (about(event)) yield event;
      return;
    }
    const found: AuditEvent[][] = [];
    for (const id of wanted) {
      found.push(await all(rows(window, `targetResources/any(t:t/id eq ${odataText(id)})`)));
    }
    yield* inOrder(found.map((events) => events.filter(about)));
  }

  return {
    source: 'graph',
    readWrites,
    async *readHistories(actors, scopeWindow, window) {
      const touched = new Set<string>();
      for await (const event of readWrites(actors, scopeWindow)) touched.add(event.objectId);
      if (touched.size > 0) yield* readObjectEvents([...touched], window);
    },
    readObjectEvents,

    async countWriters(window, limit, objectIds) {
      const writers = new Map<string, WriterCount>();
      const events = objectIds === undefined ? rows(window) : readObjectEvents(objectIds, window);
      const counted = new Set<string>();
      for await (const { id, at, succeeded, by } of events) {
        if (!succeeded || by.id === null || counted.has(id)) continue;
        counted.add(id);
        const known = writers.get(by.id);
        writers.set(by.id, {
          kind: by.kind,
          id: by.id,
          name: known?.name ?? by.name,
          rows: (known?.rows ?? 0) + 1,
          firstAt: known?.firstAt ?? at,
          lastAt: at,
          clientName: known?.clientName ?? by.clientName,
          ipAddress: known?.ipAddress ?? by.ipAddress,
        });
      }
      return [...writers.values()]
        .sort((a, b) => b.rows - a.rows || compareText(a.id, b.id))
        .slice(0, limit);
    },

    // Graph does not say when a row became readable.
    measuredDelaySeconds: () => Promise.resolve(null),

    async readSignIns(userIds, since) {
      const signIns: SignIn[] = [];
      for (const userId of userIds) {
        const query = {
          $filter: `userId eq ${odataText(userId)} and createdDateTime ge ${instant(since)}`,
          $top: String(signInsPerUser),
        };
        try {
          for await (const page of paced('/auditLogs/signIns', query)) {
            signIns.push(...page.map(signInOf));
            break;
          }
        } catch (error) {
          // Without a premium licence there are no sign-in reports; that proves nothing either way.
          if (error instanceof GraphRefusal && /NonPremiumTenant/.test(error.message)) return [];
          throw error;
        }
      }
      return signIns;
    },
  };
}

function signInOf(item: unknown): SignIn {
  const { userId, createdDateTime, status } = read(signInSchema, item, 'sign-in');
  return { userId: userId.toLowerCase(), at: createdDateTime, succeeded: status.errorCode === 0 };
}

function readable(raw: unknown): readonly AuditEvent[] {
  const events = normaliseAuditRow(raw, 'graph');
  if (events !== null) return events;
  throw new RewindError(
    'GRAPH_UNAVAILABLE',
    'Graph answered with an audit row that is unreadable.',
  );
}

async function all(events: AsyncIterable<AuditEvent>): Promise<AuditEvent[]> {
  const found: AuditEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

/** Several lists as one, oldest first; a row that is in more than one of them comes once. */
function inOrder(lists: readonly (readonly AuditEvent[])[]): AuditEvent[] {
  const byKey = new Map(
    lists.flat().map((event) => [`${event.id}|${event.objectId}|${event.groupId ?? ''}`, event]),
  );
  return [...byKey.values()].sort((a, b) => compareInstants(a.at, b.at) || compareText(a.id, b.id));
}

/** An OData instant; anything that is none never becomes part of a filter. */
function instant(iso: string): string {
  if (/^[0-9TZ:.-]+$/.test(iso) && instantKey(iso) !== '') return iso;
  throw new RewindError('INVARIANT_BROKEN', 'A time of an audit query is no ISO 8601 instant.');
}
