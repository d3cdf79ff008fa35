import { shuffled } from '../directory/random.js';
import type { Caller, TenantRequest, TenantResponse } from '../exchange.js';
import { json } from '../exchange.js';
import {
  answered as faultResponse,
  hangMs,
  outage,
  type FaultRule,
  type Faults,
} from '../faults.js';
import type { JournalItem, JournalWrite } from '../journal.js';
import { answerOne, type AnswerDeps, type Answered } from './answer.js';
import { GraphError } from './errors.js';

interface Item {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly dependsOn: readonly string[];
}

export interface BatchAnswer {
  readonly response: TenantResponse;
  readonly items: readonly JournalItem[];
  readonly writes: readonly JournalWrite[];
  readonly alarm: Answered['alarm'];
  /** A fault on one of the requests takes the connection, and with it the answers to all of them. */
  readonly lost: boolean;
}

/** At most this many requests in one batch (graph fact sheet B.1). */
export const batchLimit = 20;

/**
 * Answers a batch: items run side by side unless `dependsOn` orders them, each is metered alone, the
 * answers come in no order. A batch that cannot be read as a whole throws {@link GraphError} 400.
 */
export async function answerBatch(
  request: TenantRequest,
  caller: Caller | null,
  deps: AnswerDeps & { readonly faults: Faults },
  operationId: string,
): Promise<BatchAnswer> {
  const items = readItems(request.body);
  const version = request.url.pathname.split('/')[1] ?? 'v1.0';
  const running = new Map<string, Promise<Answered>>();
  let lost = false;
  const run = (item: Item): Promise<Answered> => {
    let answer = running.get(key(item.id));
    if (answer === undefined) running.set(key(item.id), (answer = start(item)));
    return answer;
  };
  const start = async (item: Item): Promise<Answered> => {
    for (const dependency of item.dependsOn) {
      const before = items.find(({ id }) => key(id) === key(dependency)) as Item;
      const { response } = await run(before);
      if (response.status >= 400) return failedDependency();
    }
    const inner = innerRequest(item, request, version);
    const rule = deps.faults.strike(inner.method, inner.url.pathname + inner.url.search);
    const wait = rule?.answer === 'hang' ? hangMs : (rule?.delayMs ?? 0);
    if (wait > 0) await deps.clock.sleep(wait);
    if (takesConnection(rule)) lost = true;
    const instead = responseInstead(rule);
    if (instead !== null) return { response: instead, writes: [], alarm: undefined };
    return answerOne(inner, caller, deps, operationId);
  };
  const answers = await Promise.all(items.map(run));
  const responses = items.map((item, index) => inBatch(item, answers[index] as Answered));
  return {
    response: json(200, { responses: shuffled(deps.random, responses) }),
    items: items.map((item, index) => {
      const { response, writes } = answers[index] as Answered;
      return { id: item.id, method: item.method, path: item.url, status: response.status, writes };
    }),
    writes: answers.flatMap(({ writes }) => writes),
    alarm: answers.find(({ alarm }) => alarm !== undefined)?.alarm,
    lost,
  };
}

const takesConnection = (rule: FaultRule | undefined): boolean =>
  rule?.answer === 'reset' || rule?.answer === 'hang' || rule?.answer === 'applyThenReset';

/** What a request in a batch is answered without being carried out; null when it is carried out. */
function responseInstead(rule: FaultRule | undefined): TenantResponse | null {
  if (rule === undefined || rule.answer === 'applyThenReset') return null;
  return typeof rule.answer === 'object' ? faultResponse(rule.answer) : outage(rule.answer);
}

function readItems(body: Buffer): Item[] {
  let requests: unknown;
  try {
    requests = (JSON.parse(body.toString('utf8')) as { requests?: unknown } | null)?.requests;
  } catch {
    throw whole('Invalid batch payload format.');
  }
  if (!Array.isArray(requests) || requests.length === 0)
    throw whole('Invalid batch payload format.');
  if (requests.length > batchLimit) {
    throw whole(`Number of batch request steps exceeds the maximum value of ${batchLimit}.`);
  }
  const items = requests.map(readItem);
  const ids = new Set(items.map(({ id }) => key(id)));
  if (ids.size < items.length) throw whole('Request Id has to be unique in a batch.');
  const seen = new Set<string>();
  for (const { id, dependsOn } of items) {
    const unknown = dependsOn.find((other) => !ids.has(key(other)));
    if (unknown !== undefined)
      throw whole(`Request step ${id} depends on unknown step ${unknown}.`);
    // Steps may depend on earlier ones only, which rules out circles.
    if (dependsOn.some((other) => !seen.has(key(other)))) {
      throw whole(`Request step ${id} depends on a step that does not come before it.`);
    }
    seen.add(key(id));
  }
  return items;
}

function readItem(value: unknown): Item {
  const item = (value ?? {}) as Readonly<Record<string, unknown>>;
  const { id, method, url, body, dependsOn } = item;
  if (typeof id !== 'string' || id === '') throw whole('Request Id is required in a batch.');
  if (typeof method !== 'string' || typeof url !== 'string' || url === '') {
    throw whole(`Request step ${id} has no method or url.`);
  }
  const headers = Object.fromEntries(
    Object.entries((item['headers'] ?? {}) as Record<string, unknown>).map(([name, text]) => [
      name.toLowerCase(),
      String(text),
    ]),
  );
  const verb = method.toUpperCase();
  const needsBody = verb === 'POST' || verb === 'PATCH' || verb === 'PUT';
  const typed = headers['content-type'] !== undefined;
  if ((needsBody && (body === undefined || !typed)) || (body !== undefined && !typed)) {
    throw whole(`Write request id : ${id} does not contain Content-Type header or body.`);
  }
  const before = Array.isArray(dependsOn) ? dependsOn.map(String) : [];
  return { id, method: verb, url, headers, body, dependsOn: before };
}

function innerRequest(item: Item, outer: TenantRequest, version: string): TenantRequest {
  const relative = item.url.startsWith('/') ? item.url : `/${item.url}`;
  const { authorization, 'user-agent': userAgent } = outer.headers;
  return {
    method: item.method,
    url: new URL(`${outer.url.origin}/${version}${relative}`),
    headers: {
      ...item.headers,
      ...(authorization === undefined ? {} : { authorization }),
      ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
    },
    body: item.body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(item.body)),
  };
}

function inBatch({ id }: Item, { response }: Answered): Record<string, unknown> {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, text]) => [titled(name), text]),
  );
  if (response.body === '') return { id, status: response.status, headers };
  return { id, status: response.status, headers, body: parsed(response.body) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return Buffer.from(body).toString('base64');
  }
}

function failedDependency(): Answered {
  const message = 'The request failed because a request it depends on failed.';
  const body = { error: { code: 'FailedDependency', message } };
  return { response: json(424, body), writes: [], alarm: undefined };
}

function titled(name: string): string {
  if (!/^(content-type|retry-after|location|cache-control)$/.test(name)) return name;
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

/** Ids are compared without regard to case (B.1). */
function key(id: string): string {
  return id.toLowerCase();
}

function whole(message: string): GraphError {
  return new GraphError(400, 'BadRequest', message);
}
