import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** What a front door bears from callers that send slowly, or never all of it. */
export interface SocketLimits {
  /** From the first byte of a request to the end of its headers; 408 and an end after it. */
  readonly headersMs: number;
  /** From the first byte of a request to the end of its body; likewise. */
  readonly requestMs: number;
  /** How often the two above are looked at. */
  readonly lookEveryMs: number;
  /** Connections on which no whole request has come or is being answered: the oldest goes for a new one. */
  readonly mostIdle: number;
}

/** A mebibyte arrives in the time of the slowest line worth having; a storm finds room. */
export const socketLimits: SocketLimits = {
  headersMs: 20_000,
  requestMs: 60_000,
  lookEveryMs: 2_000,
  mostIdle: 4_000,
};

/**
 * Ends the oldest idle connection when there are more than `most`. A flood of silent connections then
 * ends its own, and leaves file handles to the state and the evidence; nobody who sends a request is
 * turned away for them, which a limit of the server's own would do.
 */
export function keepRoom(server: Server, most: number): void {
  const idle = new Set<Socket>();

  function isIdle(socket: Socket): void {
    if (socket.destroyed) return;
    idle.delete(socket);
    idle.add(socket);
    const [oldest] = idle;
    if (idle.size > most) oldest?.destroy();
  }

  server.on('connection', (socket) => {
    isIdle(socket);
    socket.once('close', () => idle.delete(socket));
  });
  server.on('request', (request, response) => {
    request.once('end', () => {
      if (!response.writableFinished) idle.delete(request.socket);
    });
    response.once('close', () => isIdle(request.socket));
  });
}
