import { guidOf, type Random } from '../directory/random.js';
import { json, type Caller, type Service, type TenantClock } from '../exchange.js';
import type { TenantRequest, TenantResponse } from '../exchange.js';
import type { Faults } from '../faults.js';
import type { Journal } from '../journal.js';
import { KqlError, runKql, type KqlResult } from '../kql/index.js';
import { treesOnDisk } from '../kql/kept-trees.js';
import type { Quotas } from '../quotas.js';
import type { World } from '../scenarios/world.js';
import { LogTables } from './log-tables.js';
import { badArgument, failure, queryFailure } from './query-errors.js';
import { limited, type QueryLimits, serviceLimits } from './query-limits.js';
import { intersection, parseTimespan, type Timespan } from './timespan.js';

export interface LogsDeps {
  readonly clock: TenantClock;
  readonly speed: number;
  readonly quotas: Quotas;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly random: Random;
  /** Smaller limits make partial results cheap to test. */
  readonly limits?: QueryLimits;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The Logs query API: `POST /v1/workspaces/{id}/query` (graph fact sheet E.1). Only rows ingested by the
 * tenant's clock are there. May throw ConnectionReset.
 */
export function createLogsService(world: World, deps: LogsDeps): Service {
  const tables = new LogTables(world);
  return (request, caller) =>
    deps.faults.around(request, async () => {
      const response = await answer(request, caller);
      const path = request.url.pathname + request.url.search;
      const { method } = request;
      deps.journal.record({ method, path, status: response.status, caller, writes: [] });
      return response;
    });

  async function answer(request: TenantRequest, caller: Caller | null): Promise<TenantResponse> {
    const correlationId = guidOf(deps.random);
    const fail = (status: number, code: string, message: string): TenantResponse =>
      failure(status, { code, message, correlationId });
    const workspace = /^\/v1\/workspaces\/([^/]+)\/query$/.exec(request.url.pathname)?.[1];
    if (workspace === undefined || !guid.test(workspace)) {
      return fail(404, 'PathNotFoundError', 'The requested path does not exist');
    }
    if (request.method !== 'POST') {
      return fail(405, 'MethodNotAllowedError', 'The method is not allowed for this path');
    }
    const audiences = [request.url.origin, `${request.url.origin}/`];
    if (caller === null || !audiences.includes(caller.audience)) {
      return fail(
        401,
        'InvalidTokenError',
        'The provided authentication is not valid for this resource',
      );
    }
    if (!mayRead(caller)) {
      return fail(
        403,
        'InsufficientAccessError',
        'The provided credentials have insufficient access to perform the requested operation',
      );
    }
    const metering = deps.quotas.take({ area: 'logs', caller, units: 1, write: false });
    if (!metering.allowed) {
      const refused = fail(429, 'ThrottledError', 'Too many requests');
      const headers = { ...refused.headers, 'retry-after': metering.retryAfter ?? '1' };
      return { ...refused, headers };
    }
    if (request.body.length === 0 || !isJson(request))
      return { status: 200, headers: {}, body: '' };
    await deps.clock.sleep((150 + deps.random() * 400) / deps.speed);
    if (workspace.toLowerCase() !== world.ids.workspaceId) {
      return { status: 204, headers: {}, body: '' };
    }
    return query(request, correlationId);
  }

  function query(request: TenantRequest, correlationId: string): TenantResponse {
    const now = deps.clock.now();
    world.directory.advance(now);
    const asked = readBody(request.body);
    if (asked === undefined)
      return badArgument('The request had some invalid properties', correlationId);
    const timespan = spanOf(asked.timespan, request.url.searchParams.get('timespan'), now);
    if (timespan === 'invalid') {
      return badArgument(
        'The timespan is not a valid ISO 8601 duration or interval',
        correlationId,
      );
    }
    try {
      const result = runKql(asked.query, tables.at(now), {
        now: new Date(now),
        trees: treesOnDisk,
        ...(timespan === undefined
          ? {}
          : {
              timespan: {
                from: new Date(timespan.from).toISOString(),
                to: new Date(timespan.to).toISOString(),
              },
            }),
      });
      return success(result, request.headers['prefer'] ?? '', deps.limits ?? serviceLimits);
    } catch (error) {
      if (error instanceof KqlError) return queryFailure(error, asked.query, correlationId);
      throw error;
    }
  }

  /** Who has a role on the workspace: the product's identity and two of the people. */
  function mayRead(caller: Caller): boolean {
    const { ourServicePrincipalId, people } = world.ids;
    if (caller.kind === 'app') return caller.servicePrincipalId === ourServicePrincipalId;
    return caller.userId === people.responder.id || caller.userId === people.reader.id;
  }
}

function success(result: KqlResult, prefer: string, limits: QueryLimits): TenantResponse {
  const dynamic = result.columns.map(({ type }) => type === 'dynamic');
  const texts = result.rows.map((row) =>
    row.map((cell, index) => (dynamic[index] && cell !== null ? JSON.stringify(cell) : cell)),
  );
  const { rows, error } = limited(texts, limits);
  return json(200, {
    tables: [{ name: 'PrimaryResult', columns: result.columns, rows }],
    ...(prefer.includes('include-statistics=true')
      ? {
          statistics: {
            query: { executionTime: 0.05, datasetStatistics: [{ tableRowCount: rows.length }] },
          },
        }
      : {}),
    ...(prefer.includes('include-render=true') ? { render: {} } : {}),
    ...(error === undefined ? {} : { error }),
  });
}

function readBody(body: Buffer): { query: string; timespan?: string } | undefined {
  try {
    const value = JSON.parse(body.toString('utf8')) as Readonly<Record<string, unknown>> | null;
    const { query, timespan } = value ?? {};
    if (typeof query !== 'string' || query.trim() === '') return undefined;
    if (typeof timespan === 'string' && timespan !== '') return { query, timespan };
    return timespan === undefined || timespan === null || timespan === '' ? { query } : undefined;
  } catch {
    return undefined;
  }
}

function spanOf(
  body: string | undefined,
  url: string | null,
  now: number,
): Timespan | undefined | 'invalid' {
  const texts = [body, url ?? undefined].filter((text) => text !== undefined);
  const spans = texts.map((text) => parseTimespan(text, now));
  if (spans.includes(undefined)) return 'invalid';
  const [first, second] = spans;
  if (first === undefined || second === undefined) return first;
  return intersection(first, second);
}

function isJson({ headers }: TenantRequest): boolean {
  return /^application\/json\b/i.test(headers['content-type'] ?? '');
}
