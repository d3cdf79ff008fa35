import { setTimeout as pause } from 'node:timers/promises';
import type { Taken } from './client-operations.js';
import { badArgument, RequestError } from './instance-ids.js';
import type { Management, ManagementRequest } from './management-request.js';
import { managementUrls } from './management-urls.js';
import { hasEnded } from './records.js';
import { json, type Reply } from './reply.js';
import { historyJson, statusJson } from './status-json.js';
import { answerList, answerPurgeMany } from './status-list.js';

/** Callers may ask to look more often than anything can happen. */
const shortestPause = 20;

/** The durable HTTP management API, for callers with a key and for the SDK's client alike. */
export async function answerManagement(
  host: Management,
  request: ManagementRequest,
): Promise<Reply> {
  try {
    return await route(host, request);
  } catch (error) {
    if (error instanceof RequestError) return refusal(error);
    throw error;
  }
}

async function route(host: Management, request: ManagementRequest): Promise<Reply> {
  const { method, parts } = request;
  const [kind = '', first, second, third, ...more] = parts;
  if (more.length > 0 || parts.includes('')) return { status: 404 };
  switch (`${method} ${kind.toLowerCase()} ${parts.length}`) {
    case 'POST orchestrators 2':
    case 'POST orchestrators 3':
      return start(host, request, first ?? '', second);
    case 'GET instances 1':
      return answerList(host.store, request);
    case 'DELETE instances 1':
      return answerPurgeMany(host, request);
    case 'GET instances 2':
      return status(host, request, first ?? '');
    case 'DELETE instances 2':
      return (await host.client.purge(first ?? ''))
        ? json(200, { instancesDeleted: 1 })
        : { status: 404 };
    case 'POST instances 3':
      return operate(host, request, first ?? '', second?.toLowerCase() ?? '');
    case 'POST instances 4':
      return second?.toLowerCase() === 'raiseevent'
        ? raise(host, request, first ?? '', third ?? '')
        : { status: 404 };
    case 'GET entities 3': {
      const found = host.client.entity(first ?? '', second ?? '');
      return found
        ? json(200, found.state === null ? null : JSON.parse(found.state))
        : { status: 404 };
    }
    case 'POST entities 3': {
      const input = request.body === '' ? null : canonical(request.body);
      const op = request.url.searchParams.get('op') ?? '';
      await host.client.signal(first ?? '', second ?? '', op, input);
      return { status: 202 };
    }
    default:
      return { status: 404 };
  }
}

async function start(
  host: Management,
  request: ManagementRequest,
  name: string,
  id: string | undefined,
): Promise<Reply> {
  const patience = patienceOf(request.url.searchParams);
  const input = request.body === '' ? '""' : canonical(request.body);
  const started = await host.client.start(name, input, id);
  return patience === undefined
    ? links(host, started)
    : whenEnded(host, request, started, patience);
}

interface Patience {
  readonly timeout: number;
  readonly interval: number;
}

/** `timeout` and `pollingInterval` in seconds, which count together only. @throws RequestError */
function patienceOf(query: URLSearchParams): Patience | undefined {
  const given = ['timeout', 'pollingInterval'].map((name) => query.get(name) ?? '');
  if (given.includes('')) return undefined;
  const [timeout = 0, interval = 0] = given.map(Number);
  if (![timeout, interval].every((seconds) => seconds >= 0 && Number.isFinite(seconds)))
    throw badArgument('timeout and pollingInterval are seconds.');
  if (interval > timeout)
    throw badArgument(
      `Total timeout ${timeout} (seconds) should be bigger than retry timeout ${interval} (seconds)`,
    );
  return { timeout: timeout * 1000, interval: interval * 1000 };
}

/** The output of an instance that ends in time, its status when it failed, else its links. */
async function whenEnded(
  host: Management,
  request: ManagementRequest,
  id: string,
  { timeout, interval }: Patience,
): Promise<Reply> {
  for (const end = performance.now() + timeout; ;) {
    const record = host.client.instance(id);
    if (record?.status === 'Completed')
      return json(200, record.output === null ? null : JSON.parse(record.output));
    if (record && hasEnded(record.status)) return status(host, request, id);
    const left = end - performance.now();
    if (left <= 0) return links(host, id);
    await pause(Math.min(left, Math.max(interval, shortestPause)));
  }
}

function links(host: Management, id: string): Reply {
  const { rewindPostUri: _, ...urls } = managementUrls(host.urls, id);
  return json(202, urls, { location: urls['statusQueryGetUri'] ?? '', 'retry-after': '10' });
}

function status(host: Management, { url }: ManagementRequest, id: string): Reply {
  const record = host.client.instance(id);
  if (!record) return { status: 404 };
  const asked = (name: string) => url.searchParams.get(name)?.toLowerCase();
  const body = {
    ...statusJson(record, asked('showInput') !== 'false'),
    ...(asked('showHistory') === 'true' && {
      historyEvents: historyJson(host.client.history(id), asked('showHistoryOutput') === 'true'),
    }),
  };
  if (!hasEnded(record.status))
    return json(202, body, {
      location: `${host.urls.origin}${url.pathname}${url.search}`,
      'retry-after': '5',
    });
  const asError = asked('returnInternalServerErrorOnFailure') === 'true';
  return json(record.status === 'Failed' && asError ? 500 : 200, body);
}

async function operate(
  host: Management,
  { url }: ManagementRequest,
  id: string,
  verb: string,
): Promise<Reply> {
  const reason = url.searchParams.get('reason');
  switch (verb) {
    case 'terminate':
      return taken(await host.client.terminate(id, reason));
    case 'suspend':
      return taken(await host.client.suspend(id, reason));
    case 'resume':
      return taken(await host.client.resume(id, reason));
    case 'rewind':
      return taken(await host.client.rewind(id, reason));
    case 'restart': {
      const withNewId = url.searchParams.get('restartWithNewInstanceId') !== 'false';
      return links(host, await host.client.restart(id, withNewId));
    }
    default:
      return { status: 404 };
  }
}

async function raise(
  host: Management,
  request: ManagementRequest,
  id: string,
  name: string,
): Promise<Reply> {
  const there = host.client.instance(id);
  if (!there) return { status: 404 };
  if (hasEnded(there.status)) return { status: 410 };
  if (!request.contentType?.toLowerCase().startsWith('application/json') || request.body === '')
    return json(400, { Message: 'Only application/json request content is supported' });
  return taken(await host.client.raise(id, name, canonical(request.body)));
}

const statusOf: Readonly<Record<Taken | 'notFailed', number>> = {
  missing: 404,
  ended: 410,
  notFailed: 412,
  taken: 202,
};

const taken = (result: Taken | 'notFailed'): Reply => ({ status: statusOf[result] });

/** JSON text without its white space. @throws RequestError when it is none. */
function canonical(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch (error) {
    throw new RequestError(
      400,
      'Invalid JSON content',
      (error as Error).message,
      'Newtonsoft.Json.JsonReaderException',
    );
  }
}

export function refusal(error: RequestError): Reply {
  return json(error.status, {
    Message: error.summary,
    ExceptionMessage: error.message,
    ExceptionType: error.type,
    StackTrace: '   at the embedded host',
  });
}
