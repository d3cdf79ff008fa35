import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import { RewindError } from '../../errors.js';
import { graphErrorOf, isGraphBody } from './request.js';

/** Why an attempt has no usable answer, and whether the service may have acted on it all the same. */
export class AttemptFailed extends RewindError {
  readonly mayHaveActed: boolean;

  constructor(message: string, mayHaveActed: boolean, cause?: unknown) {
    super('GRAPH_UNAVAILABLE', message, cause === undefined ? {} : { cause });
    this.mayHaveActed = mayHaveActed;
  }
}

/** Failures before a byte was sent: the request cannot have been applied. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The end of the chain: one exchange, its body read whole, so that a broken body is a failed attempt. */
export class Transport implements Middleware {
  readonly #fetch: typeof fetch;
  readonly #timeoutMs: number;

  constructor(fetcher: typeof fetch, timeoutMs: number) {
    this.#fetch = fetcher;
    this.#timeoutMs = timeoutMs;
  }

  async execute(context: Context): Promise<void> {
    const url = String(context.request);
    const options = context.options as RequestInit;
    const { response, text } = await this.#exchange(url, options);
    refuseUnreadable(response, text);
    if ((options.method ?? 'GET') !== 'GET') refuseForeignSuccess(url, response.status, text);
    context.response = new Response(text === '' ? null : text, {
      status: response.status,
      headers: response.headers,
    });
  }

  async #exchange(
    url: string,
    options: RequestInit,
  ): Promise<{ response: Response; text: string }> {
    try {
      const response = await this.#fetch(url, {
        ...options,
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      return { response, text: await response.text() };
    } catch (error) {
      const code = causeCode(error);
      throw new AttemptFailed(
        `Graph could not be reached (${code ?? 'no answer'}).`,
        code === null || !neverSent.has(code),
        error,
      );
    }
  }
}

/**
 * Answers that Graph itself never gives: redirects (I15: our token goes to one origin only), pages of a
 * gateway, cut-off or missing JSON. A 404 without Graph's error envelope is no proof of absence, and a
 * 200 without a body none of a write: Graph says 204 when it has nothing to tell.
 */
function refuseUnreadable(response: Response, text: string): void {
  const { status } = response;
  if (status >= 300 && status < 400) {
    throw new AttemptFailed(`Graph answered with a redirect (${status}), which is refused.`, true);
  }
  if (status === 429 || status >= 500) return;
  if (text === '') {
    if (status >= 400 && status !== 401) {
      throw new AttemptFailed(`The answer ${status} has no body, so it is not Graph's.`, true);
    }
    if (status === 200) throw new AttemptFailed('The answer 200 has no body.', true);
    return;
  }
  const body = parsed(text);
  if (body === undefined || (status >= 400 && status !== 401 && graphErrorOf(body) === null)) {
    throw new AttemptFailed(`The answer ${status} is not readable as Graph's JSON.`, true);
  }
}

/** A `$batch` is no write itself: its reader asks for the responses, and judges each of them. */
function refuseForeignSuccess(url: string, status: number, text: string): void {
  if (status >= 300 || text === '' || new URL(url).pathname.endsWith('/$batch')) return;
  if (!isGraphBody(parsed(text))) {
    throw new AttemptFailed(`The answer ${status} is none that Graph gives to a write.`, true);
  }
}

/** The parsed text, or undefined when it is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function causeCode(error: unknown): string | null {
  for (let at: unknown = error; typeof at === 'object' && at !== null;) {
    const { code, name, cause } = at as { code?: unknown; name?: unknown; cause?: unknown };
    if (typeof code === 'string') return code;
    if (name === 'TimeoutError') return 'timeout';
    at = cause;
  }
  return null;
}
