import { once } from 'node:events';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * For commands that run until they are told to stop. The parent's `stop` message counts as SIGTERM, so
 * one handler serves all; a signal that comes twice (Ctrl-C reaches the whole group, and every parent
 * passes it on) never ends the process before it has cleaned up. A parent that is gone without a word
 * was killed: the child goes at once too, as in a power cut, which whoever starts next recovers from.
 */
export function obeyParent(): void {
  for (const signal of stopSignals) process.on(signal, () => undefined);
  process.on('disconnect', () => process.exit(1));
  process.on('message', (message) => {
    if (message === 'stop') process.emit('SIGTERM');
  });
  process.channel?.unref();
}

/** Resolves at the first request to stop. */
export async function stopRequested(): Promise<void> {
  await Promise.race(stopSignals.map((name) => once(process, name)));
}
