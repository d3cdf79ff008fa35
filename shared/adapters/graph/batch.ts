import { RewindError } from '../../errors.js';
import type { Clock } from '../../ports/clock.js';
import type { GraphClient } from './client.js';
import { assertAllowed } from './guard.js';
import { graphErrorOf, isGraphBody, type GraphAnswer, type GraphRequest } from './request.js';
import { backoffMs, retryAfterMs } from '../retry-after.js';

export type BatchItem = Pick<GraphRequest, 'method' | 'path' | 'query' | 'body' | 'headers'> & {
  /** Runs only after the item before it has succeeded. */
  readonly serial?: boolean;
};

/** Answer to one item; `unknown` when the service did not say what became of it. */
export type ItemAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: unknown;
      readonly requestId: string | null;
    }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  | { readonly kind: 'unknown'; readonly status: number | null };

/** At most this many items in one batch (graph fact sheet B.1). */
export const batchLimit = 20;

const waitWithoutAdvice = 1000;
const readAttempts = 8;
const batchesInFlight = 4;

/**
 * One `$batch` of at most 20 items, built and read by hand because the library's helpers cannot (graph
 * fact sheet B.5); the answers in the order of the items. Nothing is repeated unless `repeatable`.
 */
export async function sendBatch(
  client: GraphClient,
  items: readonly BatchItem[],
  options: { readonly repeatable: boolean; readonly now: number },
): Promise<readonly ItemAnswer[]> {
  if (items.length === 0) return [];
  if (items.length > batchLimit) {
    throw new RewindError('INVARIANT_BROKEN', `A batch holds at most ${batchLimit} requests.`);
  }
  const answer = await client.send({
    method: 'POST',
    path: '/$batch',
    body: { requests: items.map(inBatch) },
    repeatable: options.repeatable,
    waitWhenThrottled: options.repeatable,
  });
  if (answer.status === 429) {
    const wait = retryAfterMs(answer.headers, options.now) ?? waitWithoutAdvice;
    return items.map(() => ({ kind: 'throttled', retryAfterMs: wait }));
  }
  const responses = responsesOf(answer);
  return items.map((item, index) =>
    itemAnswer(item, responses.get(String(index + 1)), options.now),
  );
}

/**
 * Reads any number of things in batches, repeating throttled and failed items until each has an answer
 * below 500. Throws GRAPH_UNAVAILABLE when some never get one.
 */
export async function readAll(
  { client, clock, random }: { client: GraphClient; clock: Clock; random: () => number },
  items: readonly BatchItem[],
): Promise<readonly { readonly status: number; readonly body: unknown }[]> {
  const answers = new Array<{ status: number; body: unknown } | undefined>(items.length);
  let open = items.map((_item, index) => index);
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const wait = await readOnce(open);
    open = open.filter((index) => answers[index] === undefined);
    if (open.length === 0) break;
    if (attempt === readAttempts) {
      throw new RewindError('GRAPH_UNAVAILABLE', `${open.length} reads in batches got no answer.`);
    }
    await clock.sleep(Math.max(wait, wait > 0 ? 0 : backoffMs(attempt, random)));
  }
  return answers as { status: number; body: unknown }[];

  async function readOnce(indexes: readonly number[]): Promise<number> {
    const batches: (readonly number[])[] = [];
    for (let from = 0; from < indexes.length; from += batchLimit) {
      batches.push(indexes.slice(from, from + batchLimit));
    }
    let wait = 0;
    const worker = async (): Promise<void> => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        const asked = batch.map((index) => items[index] as BatchItem);
        const given = await sendBatch(client, asked, { repeatable: true, now: clock.now() });
        for (const [place, answer] of given.entries()) {
          if (answer.kind === 'answered') answers[batch[place] as number] = answer;
          if (answer.kind === 'throttled') wait = Math.max(wait, answer.retryAfterMs);
        }
      }
    };
    await Promise.all(Array.from({ length: batchesInFlight }, worker));
    return wait;
  }
}

function inBatch(item: BatchItem, index: number): Record<string, unknown> {
  assertAllowed(item.method, item.path);
  const query = Object.entries(item.query ?? {})
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const needsBody = item.method === 'POST' || item.method === 'PATCH';
  const body = needsBody ? (item.body ?? {}) : undefined;
  const headers = {
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...item.headers,
  };
  return {
    id: String(index + 1),
    method: item.method,
    url: query === '' ? item.path : `${item.path}?${query}`,
    ...(item.serial === true && { dependsOn: [String(index)] }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(body !== undefined && { body }),
  };
}

interface Response {
  readonly id?: unknown;
  readonly status?: unknown;
  readonly headers?: Readonly<Record<string, unknown>> | null;
  readonly body?: unknown;
}

/** Items by id. A batch that was answered as a whole with a refusal is a mistake of ours. */
function responsesOf(answer: GraphAnswer): Map<string, Response> {
  const responses = (answer.body as { responses?: unknown } | null)?.responses;
  if (Array.isArray(responses)) {
    return new Map((responses as Response[]).map((one) => [String(one.id).toLowerCase(), one]));
  }
  if (answer.status >= 300) {
    const words = graphErrorOf(answer.body)?.message ?? '';
    throw new RewindError('GRAPH_REJECTED', `A batch was refused (${answer.status}): ${words}`);
  }
  throw new RewindError('GRAPH_UNAVAILABLE', 'A batch was answered without its responses.');
}

function itemAnswer(
  { method }: BatchItem,
  response: Response | undefined,
  now: number,
): ItemAnswer {
  const status = typeof response?.status === 'number' ? response.status : null;
  if (response === undefined || status === null) return { kind: 'unknown', status };
  const headers = new Map(
    Object.entries(response.headers ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      String(value),
    ]),
  );
  const get = { get: (name: string) => headers.get(name) ?? null };
  if (status === 429) {
    return { kind: 'throttled', retryAfterMs: retryAfterMs(get, now) ?? waitWithoutAdvice };
  }
  const body = response.body === undefined || response.body === '' ? null : response.body;
  const understood =
    status < 300 ? isSuccess(method, status, body) : status >= 400 && graphErrorOf(body) !== null;
  if (status >= 500 || status === 401 || !understood) return { kind: 'unknown', status };
  return { kind: 'answered', status, body, requestId: get.get('request-id') };
}

/** As in single answers: Graph has a body to every 200, and to a write none but its own. */
function isSuccess(method: BatchItem['method'], status: number, body: unknown): boolean {
  if (body === null) return status !== 200;
  return method === 'GET' || isGraphBody(body);
}
