import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keepRoom, type SocketLimits, socketLimits } from './connections.js';
import { answerFunction, type HttpFunctions, keyOf } from './http-functions.js';
import { HostError } from './host-error.js';
import type { HostLog } from './host-log.js';
import { type Keys, opens } from './keys.js';
import { answerManagement } from './management-api.js';
import type { Management } from './management-request.js';
import { webhookPath } from './management-urls.js';
import { discard, readBody, type Reply, writeReply } from './reply.js';
import { decodePart } from './route-table.js';

/** What answers requests once the app is loaded. */
export interface Interior {
  readonly functions: HttpFunctions;
  readonly management: Management;
  readonly keys: Keys;
  /** The path under which the app's own durable clients call, a secret of this process. */
  readonly rpcPath: string;
}

export interface FrontDoor {
  readonly port: number;
  open(interior: Interior): void;
  /** From now on every request is answered 503. */
  shut(): void;
  /** Takes no more requests; resolves when the present ones are answered, or after `patience` ms. */
  close(patience: number): Promise<void>;
}

const welcome =
  '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Functions host</title></head><body><p>The embedded Functions host is running.</p></body></html>';

/** Listens at once, so that the address is known before the app is loaded. */
export async function openFrontDoor(
  hostname: string,
  port: number,
  log: HostLog,
  limits: SocketLimits = socketLimits,
): Promise<FrontDoor> {
  let interior: Interior | undefined;
  const timeouts = {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.lookEveryMs,
    // Longer than callers keep idle connections, so that none is closed just as it is used again.
    keepAliveTimeout: 120_000,
  };
  const server = createServer(timeouts, (request, response) => {
    answer(interior, request)
      .catch((error: unknown): Reply => {
        // The caller went, or was sent away, in the middle of its request: nothing is wrong here.
        if (request.destroyed && !request.complete) return { status: 400 };
        log('error', 'host', (error as Error).stack ?? String(error));
        return { status: 500 };
      })
      .then((reply) => writeReply(response, reply))
      .catch((error: unknown) => {
        log('error', 'host', String(error));
        response.destroy();
      });
  });
  keepRoom(server, limits.mostIdle);
  await listen(server, hostname, port);
  return {
    port: (server.address() as AddressInfo).port,
    open: (given) => (interior = given),
    shut: () => (interior = undefined),
    close(patience) {
      interior = undefined;
      return new Promise((resolve) => {
        const idle = setInterval(() => server.closeIdleConnections(), 20);
        const late = setTimeout(() => server.closeAllConnections(), patience);
        server.close(() => {
          clearInterval(idle);
          clearTimeout(late);
          resolve();
        });
      });
    },
  };
}

/** A storm of new connections waits here while the event loop is busy; beyond it they are turned away. */
const waitingToBeTaken = 4096;

function listen(server: Server, hostname: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new HostError(
          error.code === 'EADDRINUSE'
            ? `Port ${port} is in use. Choose another with --port, or 0 for any free one.`
            : `The host cannot listen on ${hostname}:${port}: ${error.message}`,
        ),
      ),
    );
    server.listen({ port, host: hostname, backlog: waitingToBeTaken }, () => resolve());
  });
}

async function answer(interior: Interior | undefined, request: IncomingMessage): Promise<Reply> {
  if (!interior) {
    discard(request);
    return { status: 503, headers: { 'retry-after': '1' } };
  }
  let url: URL;
  try {
    url = new URL(`http://${request.headers.host ?? 'localhost'}${request.url ?? '/'}`);
  } catch {
    return { status: 400 };
  }
  const path = url.pathname;
  if (path.startsWith('/runtime/')) return internal(interior, request, url);
  if (path === '/') return { status: 200, headers: { 'content-type': 'text/html' }, body: welcome };
  return answerFunction(interior.functions, request, url);
}

async function internal(interior: Interior, request: IncomingMessage, url: URL): Promise<Reply> {
  const path = url.pathname;
  let rest: string;
  if (sameStart(path, interior.rpcPath)) rest = path.slice(interior.rpcPath.length);
  else if (path.toLowerCase().startsWith(webhookPath)) {
    const { system, master } = interior.keys;
    if (!opens(keyOf(request, url), [system, master])) {
      discard(request);
      return { status: 401 };
    }
    rest = path.slice(webhookPath.length);
  } else return { status: 404 };
  const body = await readBody(request);
  if (!body) return { status: 413 };
  const token = request.headers['x-ms-continuation-token'];
  return answerManagement(interior.management, {
    method: request.method ?? 'GET',
    parts: rest.replace(/^\//, '').replace(/\/$/, '').split('/').map(decodePart),
    url,
    contentType: request.headers['content-type'],
    continuation: Array.isArray(token) ? token[0] : token,
    body: body.toString('utf8'),
  });
}

function sameStart(path: string, secret: string): boolean {
  const given = Buffer.from(path.slice(0, secret.length));
  const wanted = Buffer.from(secret);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
