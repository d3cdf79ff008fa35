import { CommandFailed, codeOf } from './usage.js';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly text: string;
  /** Claims that a stronger sign-in has to satisfy, as text; absent when none was asked for. */
  readonly claims?: string;
}

/** One JSON request to a program of this machine. Throws CommandFailed when nobody answers. */
export async function request(
  method: string,
  url: URL,
  options: { readonly body?: unknown; readonly token?: string; readonly timeoutMs?: number } = {},
): Promise<Answer> {
  const headers: Record<string, string> = {};
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
  const send = () =>
    fetch(url, {
      method,
      headers,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(options.timeoutMs ?? 30_000),
    });
  try {
    // A kept connection may be closed by the other side just as it is used again; a read is repeated once.
    const response = await send().catch((error: unknown) => {
      if (method !== 'GET') throw error;
      return send();
    });
    const text = await response.text();
    const claims = claimsAsked(response.headers.get('www-authenticate'));
    return { status: response.status, text, body: parse(text), ...(claims !== null && { claims }) };
  } catch (error) {
    const cause = isObject(error) && error['cause'] !== undefined ? error['cause'] : error;
    throw new CommandFailed(`${url.origin} does not answer (${codeOf(cause)})`);
  }
}

/** The claims of a challenge (https://learn.microsoft.com/entra/identity-platform/claims-challenge). */
function claimsAsked(challenge: string | null): string | null {
  if (challenge === null || !/error="insufficient_claims"/i.test(challenge)) return null;
  const encoded = /claims="([A-Za-z0-9+/=_-]+)"/i.exec(challenge)?.[1];
  return encoded === undefined ? null : Buffer.from(encoded, 'base64').toString('utf8');
}

/** What an answer says went wrong, in one line: problem+json, or the control server's error. */
export function problemOf({ status, body, text }: Answer): string {
  const problem = isObject(body) && isObject(body['error']) ? body['error'] : body;
  if (!isObject(problem)) return `${status} ${text.slice(0, 200)}`.trim();
  const words = [problem['code'], problem['detail'] ?? problem['message'] ?? problem['title']];
  return [String(status), ...words.filter((word) => typeof word === 'string')].join(' ');
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
