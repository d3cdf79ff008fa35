import type { IncomingMessage } from 'node:http';
import type { TypedData } from './programming-model.js';
import { HostError } from './host-error.js';
import type { HostLog } from './host-log.js';
import { invokeFunction } from './invocation.js';
import { type Keys, opens } from './keys.js';
import type { HttpAnswer, HttpCookie } from './programming-model.js';
import type { RegisteredFunction, Registrations } from './registrations.js';
import { readBody, type Reply } from './reply.js';
import { RouteTable } from './route-table.js';

export interface HttpFunctions {
  readonly registrations: Registrations;
  readonly routes: RouteTable<RegisteredFunction>;
  readonly prefix: string;
  readonly keys: Keys;
  readonly log: HostLog;
  /** The values of a function's durable client inputs. */
  readonly extra: (fn: RegisteredFunction) => Record<string, TypedData>;
}

/** Collects the HTTP triggers. @throws HostError for a route that the real host could not load. */
export function httpRoutes(
  functions: readonly RegisteredFunction[],
  prefix: string,
): RouteTable<RegisteredFunction> {
  const table = new RouteTable<RegisteredFunction>();
  for (const fn of functions) {
    if (fn.trigger.type.toLowerCase() !== 'httptrigger') continue;
    const route = textOption(fn, 'route', fn.name).replace(/^\//, '');
    if (/^admin(\/|$)/i.test(route) || (prefix === '' && /^runtime(\/|$)/i.test(route)))
      throw new HostError(
        `The route "${route}" of function "${fn.name}" begins with a reserved word (the real host would load none of the app's functions).`,
      );
    const methods = (fn.trigger['methods'] as string[] | undefined) ?? ['GET', 'POST'];
    table.add(prefix === '' ? route : `${prefix}/${route}`, methods, fn);
  }
  return table;
}

/** Answers one request to a function; undefined when no route matches. */
export async function answerFunction(
  host: HttpFunctions,
  request: IncomingMessage,
  url: URL,
): Promise<Reply> {
  const method = request.method ?? 'GET';
  const match = host.routes.match(method, url.pathname);
  if (!match) return { status: 404 };
  const fn = match.target;
  if (!isAllowed(host.keys, fn, request, url)) return { status: 401 };
  const body = await readBody(request);
  if (!body) return { status: 413 };
  try {
    const invoked = await invokeFunction(
      host.registrations,
      fn,
      {
        trigger: { http: rpcRequest(method, request, url, match.params, body) },
        extra: host.extra(fn),
      },
      host.log,
    );
    const { returnValue } = await invoked.respond();
    return toReply(returnValue?.http);
  } catch (error) {
    host.log('error', fn.name, `Failed: ${(error as Error).stack ?? String(error)}`, {
      functionName: fn.name,
    });
    return { status: 500 };
  }
}

function textOption({ trigger }: RegisteredFunction, name: string, otherwise: string): string {
  const value = trigger[name];
  return typeof value === 'string' ? value : otherwise;
}

function isAllowed(
  keys: Keys,
  fn: RegisteredFunction,
  request: IncomingMessage,
  url: URL,
): boolean {
  const level = textOption(fn, 'authLevel', 'function').toLowerCase();
  if (level === 'anonymous') return true;
  const accepted = level === 'function' ? [keys.default, keys.master] : [keys.master];
  return opens(keyOf(request, url), accepted);
}

/** The key that a caller sent, by header or `?code=`. */
export function keyOf(request: IncomingMessage, url: URL): string | undefined {
  const header = request.headers['x-functions-key'];
  return (Array.isArray(header) ? header[0] : header) ?? url.searchParams.get('code') ?? undefined;
}

function rpcRequest(
  method: string,
  request: IncomingMessage,
  url: URL,
  params: Record<string, string>,
  body: Buffer,
): object {
  // A map, since a caller may name a parameter like something that every object inherits.
  const query = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    const before = query.get(name);
    query.set(name, before === undefined ? value : `${before},${value}`);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  return {
    method,
    url: url.href,
    nullableHeaders: nullable(headers),
    nullableQuery: nullable(Object.fromEntries(query)),
    nullableParams: nullable(params),
    ...(body.length > 0 && { body: { bytes: body } }),
  };
}

const nullable = (values: Record<string, string>): Record<string, { value: string }> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));

function toReply(answer: HttpAnswer | null | undefined): Reply {
  if (!answer) return { status: 204 };
  const headers: Record<string, string | string[]> = { ...answer.headers };
  if (answer.cookies?.length) headers['set-cookie'] = answer.cookies.map(cookieText);
  const bytes = answer.body?.bytes;
  const status = Number(answer.statusCode ?? 200);
  return { status, headers, ...(bytes && { body: bytes }) };
}

function cookieText(cookie: HttpCookie): string {
  const parts = [`${cookie.name ?? ''}=${cookie.value ?? ''}`];
  const seconds = cookie.expires?.value?.seconds;
  if (seconds !== undefined) parts.push(`expires=${new Date(seconds * 1000).toUTCString()}`);
  if (cookie.maxAge?.value !== undefined) parts.push(`max-age=${cookie.maxAge.value}`);
  if (cookie.domain?.value) parts.push(`domain=${cookie.domain.value}`);
  parts.push(`path=${cookie.path?.value ?? '/'}`);
  if (cookie.secure?.value) parts.push('secure');
  if (cookie.sameSite && cookie.sameSite !== 'none')
    parts.push(`samesite=${cookie.sameSite === 'explicitNone' ? 'none' : cookie.sameSite}`);
  if (cookie.httpOnly?.value) parts.push('httponly');
  return parts.join('; ');
}
