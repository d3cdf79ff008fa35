/**
 * The process that `serve` starts with all settings in its environment (NODE_EXTRA_CA_CERTS takes
 * effect only at process start). Arguments: port, data folder.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openHost } from '../host/start.js';
import { reasonOf } from './usage.js';
import { obeyParent, stopRequested } from './stopping.js';

const [port = '', dataDir = ''] = process.argv.slice(2);
const appDir = path.dirname(
  path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url)))),
);

obeyParent();
const stopped = stopRequested();
try {
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  // Rejected before anybody listens when the state cannot be written while the app still starts.
  failed.catch(() => undefined);
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const host = await openHost({ appDir, port: Number(port), dataDir, log }, (error) => {
    fail(error);
  });
  process.stdout.write(`${JSON.stringify({ listening: host.url })}\n`);
  await Promise.race([stopped, failed]);
  await host.stop();
  const { maxRSS } = process.resourceUsage();
  if (process.connected) process.send?.({ peakMemoryBytes: maxRSS * 1024 });
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exitCode = 1;
}
// What the host left behind (idle sockets, a late timer) must not keep a stopped app alive.
setTimeout(() => process.exit(), 500).unref();
process.channel?.unref();
