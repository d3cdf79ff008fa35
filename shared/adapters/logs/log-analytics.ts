import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TokenCredential } from '@azure/identity';
import {
  LogsQueryClient,
  LogsQueryResultStatus,
  type LogsQueryClientOptions,
  type LogsTable,
} from '@azure/monitor-query';
import type { AuditEvent } from '../../domain/attribution/audit.js';
import type { Window } from '../../domain/incident/incident.js';
import { compareText, instantKey } from '../../domain/instants.js';
import type { AuditLog, SignIn, WriterCount } from '../../ports/audit-log.js';
import { RewindError } from '../../errors.js';
import {
  countingByMinute,
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
import { halves, slicesOf } from './slices.js';

export interface WorkspaceOptions {
  /** Origin of the query API. */
  readonly endpoint: string;
  readonly workspaceId: string;
  readonly credential: TokenCredential;
  readonly patience: QueryPatience;
  /** How requests leave the process; the library's own way by default. */
  readonly httpClient?: HttpClient;
  /** What else every exchange passes through. */
  readonly pipeline?: AdditionalPolicy;
}

type HttpClient = NonNullable<LogsQueryClientOptions['httpClient']>;
type AdditionalPolicy = NonNullable<LogsQueryClientOptions['additionalPolicies']>[number];
type Cells = Readonly<Record<string, unknown>>;

/** Far below the service's 500,000 rows and 64 MB: an answer this long is also read without a long pause. */
const rowsPerAnswer = 10_000;
const serverTimeoutSeconds = 180;
const rowsPerTurn = 1000;

/** Of fewer rows a 99th percentile is little more than luck, and a scope would settle too early by it. */
const fewestMeasured = 300;

/**
 * The audit trail in a Log Analytics workspace. A partial answer (HTTP 200 with `PartialError`, fact
 * sheet E.1) or one with fewer rows than were counted just before is split in time and asked again.
 */
export function createLogAnalytics(options: WorkspaceOptions): AuditLog {
  const raw = new RawAnswers();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- named by the project; its successor ignores audience and abort signals (fact sheet E.2)
  const client = new LogsQueryClient(options.credential, {
    endpoint: options.endpoint,
    audience: audienceOf(options.endpoint),
    // A query that the service timed out must not silently run four times (fact sheet E.2).
    retryOptions: { maxRetries: 0 },
    // Our token goes to the configured origin only (I15).
    redirectOptions: { maxRetries: 0 },
    additionalPolicies: [raw.policy, ...(options.pipeline ? [options.pipeline] : [])],
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

  /**
   * Counts minute by minute first, then asks for runs of minutes that one answer holds easily. A part
   * that came back short is cut in two, and each half is counted again before it is read.
   */
  async function* complete(window: Window, query: (slice: Window) => string): AsyncIterable<Cells> {
    const { rows } = await ask(countingByMinute(query(window)));
    const minutes = rows.map((cells) => ({
      at: Date.parse(String(cells['Minute'])),
      rows: Number(cells['Rows']),
    }));
    for (const slice of slicesOf(window, minutes, rowsPerAnswer)) {
      const answer = await ask(query(slice));
      if (!answer.partial && answer.rows.length >= slice.rows) {
        yield* inOrder(answer.rows);
        continue;
      }
      for (const half of halves(slice)) yield* complete(half, query);
    }
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
    const measured = Number(rows[0]?.['Rows'] ?? 0) >= fewestMeasured && Number.isFinite(seconds);
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

/** Names of the service in the public cloud. */
const publicOrigins: readonly string[] = [
  'https://api.loganalytics.azure.com',
  'https://api.loganalytics.io',
];

/**
 * Whom the token is for. In the public cloud the older of its two names (fact sheet E.1): the newer one is
 * no resource in every tenant (AADSTS500011). Elsewhere the service itself.
 */
function audienceOf(endpoint: string): string {
  const { origin } = new URL(endpoint);
  return publicOrigins.includes(origin) ? 'https://api.loganalytics.io' : origin;
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

/** Oldest first; the keys of the order are made once per row. */
function inOrder(rows: readonly Cells[]): Cells[] {
  return rows
    .map((cells) => ({
      cells,
      at: instantKey(String(cells['TimeGenerated'])),
      id: String(cells['Id']),
    }))
    .sort((a, b) => compareText(a.at, b.at) || compareText(a.id, b.id))
    .map(({ cells }) => cells);
}

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
