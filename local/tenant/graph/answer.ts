import { guidOf, type Random } from '../directory/random.js';
import { text, type Initiator } from '../directory/model.js';
import { indexLagFactor, replicaCount } from '../directory/replicas.js';
import {
  json,
  type Caller,
  type TenantClock,
  type TenantRequest,
  type TenantResponse,
} from '../exchange.js';
import type { JournalEntry, JournalWrite } from '../journal.js';
import type { GraphActivityLog } from '../logs/graph-activity.js';
import type { Metering, Quotas } from '../quotas.js';
import { graphAppId } from '../scenarios/company-applications.js';
import type { World } from '../scenarios/world.js';
import { badRequest, errorResponse, GraphError, type RequestIds } from './errors.js';
import { checkAccess } from './permissions.js';
import { isWrite, unitsOf } from './pricing.js';
import { readOptions } from './query-options.js';
import { GraphContext, type Outcome } from './route.js';
import type { Matched, Router } from './router.js';

export interface AnswerDeps {
  readonly world: World;
  readonly router: Router;
  readonly clock: TenantClock;
  readonly speed: number;
  readonly quotas: Quotas;
  readonly random: Random;
  readonly activity: GraphActivityLog;
}

/** One request answered, with what the journal wants to know of it. */
export interface Answered {
  readonly response: TenantResponse;
  readonly writes: readonly JournalWrite[];
  readonly alarm: JournalEntry['alarm'];
}

/**
 * Answers one request, alone or inside a batch. `operationId` is the batch's, so that the activity log
 * can tell which requests came together (graph fact sheet D.6).
 */
export async function answerOne(
  request: TenantRequest,
  caller: Caller | null,
  deps: AnswerDeps,
  operationId?: string,
): Promise<Answered> {
  const requestId = guidOf(deps.random);
  const begun = deps.clock.now();
  const ids = {
    requestId,
    clientRequestId: request.headers['client-request-id'] ?? requestId,
    now: begun,
  };
  const answered = await guarded(() => serve(request, caller, deps), ids);
  const headers: Record<string, string> = {
    ...answered.response.headers,
    'request-id': ids.requestId,
    'client-request-id': ids.clientRequestId,
  };
  if (caller !== null) {
    deps.activity.note({
      at: begun,
      requestId,
      operationId: operationId ?? requestId,
      clientRequestId: ids.clientRequestId,
      method: request.method,
      uri: request.url.href,
      status: answered.response.status,
      caller,
      durationMs: deps.clock.now() - begun,
    });
  }
  return { ...answered, response: { ...answered.response, headers } };
}

/** Turns what is thrown into Graph's error envelope. */
async function guarded(run: () => Promise<Answered>, ids: RequestIds): Promise<Answered> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return { response: errorResponse(error, ids), writes: [], alarm: undefined };
  }
}

async function serve(
  request: TenantRequest,
  caller: Caller | null,
  deps: AnswerDeps,
): Promise<Answered> {
  const known = authenticated(request, caller);
  const [version, path] = versioned(request.url.pathname);
  const matched = deps.router.find(request.method, path);
  const { route } = matched;
  const options = readOptions(request.url.searchParams, request.headers, route.options ?? []);
  const units = unitsOf(route, options);
  const write = isWrite(route);
  const metering = deps.quotas.take({ area: route.area, caller: known, units, write });
  if (!metering.allowed) throw throttled(metering);
  await deps.clock.sleep(latency(deps, write));

  const now = deps.clock.now();
  const { directory } = deps.world;
  directory.advance(now);
  checkAccess(route, known, directory.now);
  const replica = Math.floor(deps.random() * replicaCount);
  const context = new GraphContext({
    world: deps.world,
    caller: known,
    by: initiatorOf(known, deps.world, request),
    now,
    view: directory.onReplica(replica, now, options.advanced ? indexLagFactor : 1),
    params: matched.params,
    options,
    body: bodyOf(request, matched),
    prefer: preferencesOf(request),
    version,
    origin: request.url.origin,
    path,
  });
  const outcome = route.handle(context);
  const headers = { 'x-ms-resource-unit': String(units), ...usage(metering) };
  const { writes, alarm } = context;
  return { response: responseOf(outcome, headers), writes, alarm };
}

/** 401 without a caller, or with one whose token is for another service. */
function authenticated(request: TenantRequest, caller: Caller | null): Caller {
  const audiences = [request.url.origin, `${request.url.origin}/`, graphAppId];
  if (caller !== null && audiences.includes(caller.audience)) return caller;
  const message =
    request.headers['authorization'] === undefined
      ? 'Access token is empty.'
      : 'Access token validation failure. Invalid audience.';
  throw new GraphError(401, 'InvalidAuthenticationToken', message, {
    'www-authenticate': `Bearer realm="", client_id="${graphAppId}"`,
  });
}

function versioned(pathname: string): [version: string, path: string] {
  const match = /^\/(v1\.0|beta)\/+(.*)$/.exec(pathname);
  if (match === null) throw new GraphError(400, 'BadRequest', 'Invalid version.');
  return [match[1] ?? '', match[2] ?? ''];
}

function throttled(metering: Metering & { allowed: false }): GraphError {
  const headers: Record<string, string> = {
    'x-ms-throttle-scope': metering.scope,
    'x-ms-throttle-information': metering.information,
    'x-ms-throttle-limit-percentage': metering.used.toFixed(2),
  };
  if (metering.retryAfter !== null) headers['retry-after'] = metering.retryAfter;
  return new GraphError(429, 'TooManyRequests', 'Too many requests', headers);
}

function usage(metering: Metering): Record<string, string> {
  if (metering.used < 0.8) return {};
  return { 'x-ms-throttle-limit-percentage': metering.used.toFixed(2) };
}

function latency({ random, speed }: AnswerDeps, write: boolean): number {
  const milliseconds = write ? 80 + random() * 160 : 40 + random() * 90;
  return milliseconds / speed;
}

function bodyOf(request: TenantRequest, { route }: Matched): unknown {
  if (route.method === 'GET' || route.method === 'DELETE' || request.body.length === 0) return null;
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    const message =
      'A supported MIME type could not be found that matches the content type of the request.';
    throw new GraphError(415, 'RequestBodyRead', message);
  }
  try {
    return JSON.parse(request.body.toString('utf8')) as unknown;
  } catch {
    throw badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  }
}

function preferencesOf({ headers }: TenantRequest): ReadonlySet<string> {
  return new Set((headers['prefer'] ?? '').split(',').map((one) => one.trim().toLowerCase()));
}

/** Rows about our writes name the service principal, never the application id (D.2). */
function initiatorOf(caller: Caller, world: World, request: TenantRequest): Initiator {
  if (caller.kind === 'app') {
    const principal = world.directory.now.get(caller.servicePrincipalId);
    return {
      kind: 'app',
      servicePrincipalId: caller.servicePrincipalId,
      displayName: text(principal?.properties ?? {}, 'displayName'),
    };
  }
  const user = world.directory.now.get(caller.userId);
  const userAgent = request.headers['user-agent'];
  return {
    kind: 'user',
    id: caller.userId,
    userPrincipalName: text(user?.properties ?? {}, 'userPrincipalName'),
    displayName: null,
    ipAddress: '127.0.0.1',
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}

function responseOf(outcome: Outcome, headers: Record<string, string>): TenantResponse {
  const all = { ...headers, ...outcome.headers };
  if (outcome.body === undefined) return { status: outcome.status, headers: all, body: '' };
  return json(outcome.status, outcome.body, {
    'content-type':
      'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
    ...all,
  });
}
