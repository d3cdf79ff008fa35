import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TokenCredential } from '@azure/identity';
import {
  LogsQueryClient,
  LogsQueryResultStatus,
  type LogsQueryClientOptions,
  type LogsTable,
} from '@azure/monitor-query';
import type { AuditEvent } from '../../domain/audit.js';
import type { Window } from '../../domain/incident.js';
import { compareInstants, compareText } from '../../domain/instants.js';
import type { AuditLog, SignIn, WriterCount } from '../../ports/audit-log.js';
import { RewindError } from '../../errors.js';
import {
  counting,
  delayQuery,
  historiesQuery,
  objectEventsQuery,
  signInsQuery,
  writersQuery,
  writesQuery,
} from './kql.js';
import { persistently, type QueryPatience } from './patience.js';
import { RawAnswers } from './raw-answers.js';
import { normaliseAuditRow } from './rows.js';

export interface WorkspaceOptions {
  /** Origin of the query API; the token's audience too. */
  readonly endpoint: string;
  readonly workspaceId: string;
  readonly credential: TokenCredential;
  readonly patience: QueryPatience;
  /** How requests leave the process; the library's own way by default. */
  readonly httpClient?: HttpClient;
}

type HttpClient = NonNullable<LogsQueryClientOptions['httpClient']>;
type Cells = Readonly<Record<string, unknown>>;

/** Below the service's 500,000, so that a full answer is never mistaken for a complete one. */
const suspiciousRows = 499_000;
const shortestSliceMs = 1000;
const serverTimeoutSeconds = 180;
const rowsPerTurn = 1000;

/**
 * The audit trail in a Log Analytics workspace. A partial answer (HTTP 200 with `PartialError`, fact
 * sheet E.1) or one with fewer rows than were counted just before is split in time and asked again.
 */
export function createLogAnalytics(options: WorkspaceOptions): AuditLog {
  const raw = new RawAnswers();
  const client = new LogsQueryClient(options.credential, {
    endpoint: options.endpoint,
    audience: options.endpoint,
    // A query that the service timed out must not silently run four times (fact sheet E.2).
    retryOptions: { maxRetries: 0 },
    // Our token goes to the configured origin only (I15).
    redirectOptions: { maxRetries: 0 },
    additionalPolicies: [raw.policy],
    ...(options.httpClient && { httpClient: options.httpClient }),
  });

  return {
    source: 'logAnalytics',
    readWrites: (actors, window) =>
      actors.length === 0 ? nothing() : events(window, (slice) => writesQuery(actors, slice)),
    readHistories: (actors, scopeWindow, window) =>
      actors.length === 0
        ? nothing()
        : events(window, (slice) => historiesQuery(actors, scopeWindow, slice)),
    readObjectEvents: (objectIds, window) =>
      objectIds.length === 0
        ? nothing()
        : events(window, (slice) => objectEventsQuery(objectIds, slice)),
    countWriters,
    measuredDelaySeconds,
    readSignIns,
  };

  async function* events(
    window: Window,
    query: (slice: Window) => string,
  ): AsyncIterable<AuditEvent> {
    if (Date.parse(window.from) >= Date.parse(window.to)) return;
    const seen = new Set<string>();
    let read = 0;
    for await (const cells of complete(window, query)) {
      // Other work of the process gets its turn while a long answer is read.
      read += 1;
      if (read % rowsPerTurn === 0) await nextTurn();
      for (const event of readable(normaliseAuditRow(cells, 'logAnalytics'))) {
        const key = `${event.id}|${event.objectId}|${event.groupId ?? ''}`;
        if (seen.has(key)) continue;
        seen.add(key);
        yield event;
      }
    }
  }

  async function* complete(window: Window, query: (slice: Window) => string): AsyncIterable<Cells> {
    const counted = Number((await ask(counting(query(window)))).rows[0]?.['Count'] ?? 0);
    if (counted === 0) return;
    const answer = counted > suspiciousRows ? null : await ask(query(window));
    if (answer !== null && !answer.partial && answer.rows.length >= counted) {
      yield* [...answer.rows].sort(byTime);
      return;
    }
    const [early, late] = halves(window);
    yield* complete(early, query);
    yield* complete(late, query);
  }

  async function countWriters(
    window: Window,
    limit: number,
    objectIds?: readonly string[],
  ): Promise<readonly WriterCount[]> {
    const { rows } = await ask(writersQuery(window, limit, objectIds));
    return rows.map((cells) => ({
      kind: cells['Kind'] === 'user' ? 'user' : 'servicePrincipal',
      id: String(cells['ActorId']),
      name: textOf(cells['Name']),
      rows: Number(cells['Rows']),
      firstAt: String(cells['FirstAt']),
      lastAt: String(cells['LastAt']),
      clientName: textOf(cells['Client']),
      ipAddress: textOf(cells['Ip']),
    }));
  }

  async function measuredDelaySeconds(): Promise<number | null> {
    const { rows } = await ask(delayQuery);
    const seconds = Number(rows[0]?.['Seconds']);
    const measured = Number(rows[0]?.['Rows'] ?? 0) > 0 && Number.isFinite(seconds);
    return measured ? Math.max(0, seconds) : null;
  }

  async function readSignIns(
    userIds: readonly string[],
    since: string,
  ): Promise<readonly SignIn[]> {
    if (userIds.length === 0) return [];
    const { rows } = await ask(signInsQuery(userIds, since));
    return rows.map((cells) => ({
      userId: String(cells['UserId']),
      at: String(cells['At']),
      succeeded: cells['Succeeded'] === true,
    }));
  }

  async function ask(query: string): Promise<{ rows: Cells[]; partial: boolean }> {
    return persistently(options.patience, async () => {
      const { result, tables } = await raw.during(() =>
        client.queryWorkspace(
          options.workspaceId,
          query,
          // The window stands in the query itself; an empty time span means all data (fact sheet E.2).
          { duration: 'P30D' },
          { serverTimeoutInSeconds: serverTimeoutSeconds },
        ),
      );
      const complete = result.status === LogsQueryResultStatus.Success;
      const [table] = complete ? result.tables : result.partialTables;
      return { rows: cellsOf(table, tables?.[0] ?? []), partial: !complete };
    });
  }
}

function cellsOf(table: LogsTable | undefined, rows: readonly (readonly unknown[])[]): Cells[] {
  if (table === undefined) return [];
  const columns = table.columnDescriptors.map(({ name, type }) => ({
    name: name ?? '',
    dynamic: type === 'dynamic',
  }));
  return rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name, dynamic }, index) => [name, dynamic ? parsed(row[index]) : row[index]]),
    ),
  );
}

/** Dynamic cells arrive as JSON text (fact sheet E.1); what is not JSON stays text. */
function parsed(cell: unknown): unknown {
  if (typeof cell !== 'string') return cell;
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return cell;
  }
}

function halves({ from, to }: Window): [Window, Window] {
  const start = Date.parse(from);
  const end = Date.parse(to);
  if (end - start <= shortestSliceMs) {
    throw new RewindError(
      'GRAPH_UNAVAILABLE',
      `the log answered only partly for one second at ${from}; the query is tried again later`,
    );
  }
  const middle = new Date(Math.floor((start + end) / 2)).toISOString();
  return [
    { from, to: middle },
    { from: middle, to },
  ];
}

const byTime = (a: Cells, b: Cells): number =>
  compareInstants(String(a['TimeGenerated']), String(b['TimeGenerated'])) ||
  compareText(String(a['Id']), String(b['Id']));

/** A row that cannot be read is not skipped: the answer would look complete without it. */
function readable(events: readonly AuditEvent[] | null): readonly AuditEvent[] {
  if (events !== null) return events;
  throw new RewindError('GRAPH_UNAVAILABLE', 'the log answered with a row that cannot be read');
}

async function* nothing(): AsyncGenerator<never> {
  // No actors and no objects: no query either.
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
