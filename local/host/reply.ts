import type { IncomingMessage, ServerResponse } from 'node:http';

/** An HTTP answer before it is written. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
}

export const json = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(value),
});

/** Writes an answer like the real host: a body goes out chunked, no body has `Content-Length: 0`. */
export function writeReply(response: ServerResponse, { status, headers = {}, body }: Reply): void {
  if (response.destroyed) return;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers))
    if (!/^(content-length|transfer-encoding|connection)$/i.test(name))
      response.setHeader(name, value);
  if (body !== undefined && body.length > 0) {
    response.write(body);
    response.end();
    return;
  }
  if (status !== 204 && status !== 304) response.setHeader('content-length', '0');
  response.end();
}

/** Bodies larger than this are refused, as on the real host. */
const largestBody = 104_857_600;

/** Takes in what nobody wants of a request, and cuts off a caller that sends more than any body may be. */
export function discard(request: IncomingMessage): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > largestBody) request.destroy();
  });
}

/**
 * Reads a request's body; undefined when it is too large. A chunked body arrives empty, as on the
 * real host.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (request.headers['content-length'] === undefined) {
    discard(request);
    return Buffer.alloc(0);
  }
  if (Number(request.headers['content-length']) > largestBody) {
    discard(request);
    return undefined;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
