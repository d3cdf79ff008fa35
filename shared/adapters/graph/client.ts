import { randomUUID } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import { RewindError } from '../../errors.js';
import type { Clock } from '../../ports/clock.js';
import { Authentication } from './authentication.js';
import { assertAllowed } from './guard.js';
import { graphErrorOf, type GraphAnswer, type GraphRequest } from './request.js';
import { Attempting, Retries } from './retries.js';
import { parsed, Transport } from './transport.js';

export interface GraphOptions {
  /** Origin of Graph, e.g. `https://graph.microsoft.com`. */
  readonly endpoint: string;
  readonly credential: TokenCredential;
  readonly clock: Clock;
  readonly fetch?: typeof fetch;
  readonly random?: () => number;
  readonly attempts?: number;
  readonly timeoutMs?: number;
  readonly longestWaitMs?: number;
}

/** Microsoft Graph v1.0 with our rules: allow-list, one origin, bounded honest retries. */
export interface GraphClient {
  /**
   * One request. 2xx and refusals (4xx) are answers; GRAPH_THROTTLED and GRAPH_UNAVAILABLE are thrown
   * when the attempts are used up. A write that ends so may or may not have been applied (I9).
   */
  send(request: GraphRequest): Promise<GraphAnswer>;
  /** The pages of a collection, each its `value`. Throws GRAPH_REJECTED when the first page is refused. */
  pages(
    request: Omit<GraphRequest, 'method' | 'repeatable'>,
    /** Awaited before each page is asked for. */
    takeTurn?: () => Promise<void>,
  ): AsyncGenerator<readonly unknown[]>;
  /** Absolute address of an object, for references in bodies. */
  reference(path: string): string;
}

const version = 'v1.0';
const mostPages = 100_000;

export function createGraphClient(options: GraphOptions): GraphClient {
  const { origin } = new URL(options.endpoint);
  const chain = [
    new Retries({
      clock: options.clock,
      random: options.random ?? Math.random,
      attempts: options.attempts ?? 6,
      longestWaitMs: options.longestWaitMs ?? 240_000,
    }),
    new Authentication(options.credential, origin),
    new Transport(options.fetch ?? fetch, options.timeoutMs ?? 60_000),
  ];
  const client = Client.initWithMiddleware({
    baseUrl: origin,
    defaultVersion: version,
    middleware: chain,
  });

  async function sendTo(url: string, request: GraphRequest): Promise<GraphAnswer> {
    const attempting = new Attempting(request.repeatable, request.waitWhenThrottled ?? true);
    const call = client
      .api(url)
      .responseType(ResponseType.RAW)
      .middlewareOptions([attempting])
      .headers({
        Accept: 'application/json',
        'client-request-id': randomUUID(),
        ...request.headers,
      });
    const response = await perform(call, request).catch((error: unknown) => {
      throw inContext(attempting.failure ?? error, request);
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: parsed(text) ?? null,
      requestId: response.headers.get('request-id'),
      afterUnknown: attempting.afterUnknown,
    };
  }

  const send = (request: GraphRequest): Promise<GraphAnswer> => {
    assertAllowed(request.method, request.path);
    return sendTo(`${request.path}${queryText(request.query)}`, request);
  };

  return {
    send,
    reference: (path) => `${origin}/${version}${path}`,
    async *pages(request, takeTurn) {
      let url = `${request.path}${queryText(request.query)}`;
      for (let page = 0; page < mostPages; page += 1) {
        const path = new URL(url, origin).pathname.replace(`/${version}`, '');
        assertAllowed('GET', page === 0 ? request.path : path);
        const read: GraphRequest = { ...request, method: 'GET', path, repeatable: true };
        await takeTurn?.();
        const answer = await sendTo(url, read);
        if (answer.status >= 300) throw new GraphRefusal(`GET ${request.path}`, answer);
        const body = answer.body as { value?: unknown; '@odata.nextLink'?: unknown };
        if (!Array.isArray(body.value)) {
          throw new RewindError(
            'GRAPH_UNAVAILABLE',
            `GET ${request.path} answered without a list.`,
          );
        }
        yield body.value as unknown[];
        const next = body['@odata.nextLink'];
        if (typeof next !== 'string') return;
        url = ownLink(next, origin);
      }
      throw new RewindError('GRAPH_UNAVAILABLE', `GET ${request.path} never ends.`);
    },
  };
}

/** Graph refused a request; repeating it would not help. */
export class GraphRefusal extends RewindError {
  readonly status: number;

  constructor(what: string, { status, body }: Pick<GraphAnswer, 'status' | 'body'>) {
    const error = graphErrorOf(body);
    const words = error === null ? '' : ` ${error.code}: ${error.message}`.slice(0, 500);
    super('GRAPH_REJECTED', `${what} was refused with ${status}.${words}`);
    this.status = status;
  }
}

function perform(
  call: ReturnType<Client['api']>,
  { method, body }: GraphRequest,
): Promise<Response> {
  switch (method) {
    case 'GET':
      return call.get() as Promise<Response>;
    case 'POST':
      return call.post(body ?? {}) as Promise<Response>;
    case 'PATCH':
      return call.patch(body ?? {}) as Promise<Response>;
    case 'DELETE':
      return call.delete() as Promise<Response>;
  }
}

function queryText(query: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(query ?? {});
  if (entries.length === 0) return '';
  return `?${entries.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

/** A next link is followed only on our own origin, with https (I15). */
function ownLink(link: string, origin: string): string {
  if (URL.canParse(link) && new URL(link).origin === origin) return link;
  throw new RewindError(
    'GRAPH_UNAVAILABLE',
    'Graph answered with a next link to another origin, which is not followed.',
  );
}

function inContext(error: unknown, { method, path }: GraphRequest): unknown {
  if (!(error instanceof RewindError) || error.code === 'INVARIANT_BROKEN') return error;
  return new RewindError(error.code, `${method} ${path}: ${error.message}`, { cause: error });
}
