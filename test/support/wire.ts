import http from 'node:http';
import net from 'node:net';

export interface Wire {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Sends the body in chunks, without announcing its length. */
  readonly chunked?: boolean;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/**
 * One request with its path exactly as given: `fetch` would tidy `..`, refuse methods and choose its own
 * framing.
 */
export function onWire(origin: string, path: string, wire: Wire = {}): Promise<WireAnswer> {
  const { method = 'GET', body, chunked = false } = wire;
  const { hostname, port } = new URL(origin);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const framing = chunked ? { 'transfer-encoding': 'chunked' } : length;
  const headers = { ...framing, ...wire.headers };
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Sends bytes that no HTTP library would, and answers with the status line; '' when the door just closes. */
export function statusLineOf(origin: string, text: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    let got = '';
    const socket = net.connect(Number(port), hostname, () => socket.write(text));
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('data', (part: Buffer) => {
      got += part.toString('latin1');
      if (got.includes('\r\n\r\n')) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(got.split('\r\n', 1)[0] ?? ''));
  });
}
