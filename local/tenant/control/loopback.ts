import { json, type TenantRequest, type TenantResponse } from '../exchange.js';

export type Handler = (request: TenantRequest) => Promise<TenantResponse>;

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Lets only this machine in: a Host or Origin of another name is a page in a browser that was led
 * here (DNS rebinding, cross-site requests) and is refused. Loopback origins get CORS headers, so
 * that a console on another port can sign in.
 */
export function loopbackOnly(handler: Handler): Handler {
  return async (request) => {
    const { host, origin } = request.headers;
    if (!isLoopback(`http://${host ?? ''}`)) return refused('Host');
    if (origin !== undefined && !isLoopback(origin)) return refused('Origin');
    const cors = origin === undefined ? {} : corsHeaders(origin);
    if (request.method === 'OPTIONS') return { status: 204, headers: cors, body: '' };
    const answer = await handler(request);
    return { ...answer, headers: { ...answer.headers, ...cors } };
  };
}

function isLoopback(origin: string): boolean {
  return URL.canParse(origin) && loopbackNames.has(new URL(origin).hostname);
}

function refused(header: string): TenantResponse {
  const message = `The ${header} header names another machine.`;
  return json(403, { error: { code: 'NOT_LOOPBACK', message } });
}

function corsHeaders(origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, POST, PUT',
    'access-control-allow-headers': 'content-type',
    vary: 'Origin',
  };
}
