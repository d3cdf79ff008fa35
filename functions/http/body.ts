import type { HttpRequest } from '@azure/functions';
import { RewindError } from '../../shared/errors.js';

/** Bodies over 1 MiB are refused before anything else is looked at (contract section 3). */
export const mostBytes = 1024 * 1024;

/** The raw bytes. Throws PAYLOAD_TOO_LARGE as soon as more than 1 MiB is announced or has come. */
export async function readBody(request: HttpRequest): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) throw tooLarge();
  if (request.body === null) return new Uint8Array();

  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body as AsyncIterable<Uint8Array>) {
    size += part.byteLength;
    if (size > mostBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const tooLarge = (): RewindError =>
  new RewindError('PAYLOAD_TOO_LARGE', 'The body is larger than 1 MiB. Send less.');
