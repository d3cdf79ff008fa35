import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { errorText } from './error-text.js';
import type { TenantRequest, TenantResponse } from './exchange.js';
import { ConnectionReset } from './faults.js';

export interface ServerOptions {
  /** 0: any free port. */
  readonly port: number;
  /** PEM key and certificate; without them the server speaks plain http. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Called with absolute URLs on the server's own origin. */
  readonly handle: (request: TenantRequest) => Promise<TenantResponse>;
  readonly log: (line: string) => void;
}

export interface RunningServer {
  /** `https://127.0.0.1:PORT` or `http://127.0.0.1:PORT`. */
  readonly url: string;
  stop(): Promise<void>;
}

const maxBodyBytes = 8 * 1024 * 1024;

/** Listens on 127.0.0.1. A `ConnectionReset` from the handler closes the connection without an answer. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { tls, log } = options;
  let url = '';
  const listener = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    answer(request, response, url, options).catch((error: unknown) => {
      log(`${request.method} failed: ${errorText(error)}`);
      request.socket.destroy();
    });
  };
  const server =
    tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  // Longer than any client keeps an idle connection, so that none is closed under a request.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;

  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  incoming: http.IncomingMessage,
  outgoing: http.ServerResponse,
  origin: string,
  { handle, log }: ServerOptions,
): Promise<void> {
  const body = await readBody(incoming);
  const target = `${origin}${incoming.url ?? '/'}`;
  if (body === null || !URL.canParse(target)) {
    outgoing.writeHead(body === null ? 413 : 400, { connection: 'close' }).end();
    return;
  }
  try {
    const response = await handle({
      method: incoming.method ?? 'GET',
      url: new URL(target),
      headers: headersOf(incoming),
      body,
    });
    outgoing.writeHead(response.status, { ...response.headers }).end(response.body);
  } catch (error) {
    if (error instanceof ConnectionReset) {
      incoming.socket.destroy();
      return;
    }
    log(`${incoming.method} failed: ${errorText(error)}`);
    if (outgoing.headersSent) incoming.socket.destroy();
    else outgoing.writeHead(500, { 'content-type': 'application/json' }).end('{}');
  }
}

/** The whole body, null when it is larger than anything a client of the tenant sends. */
async function readBody(incoming: http.IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf(incoming: http.IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}
