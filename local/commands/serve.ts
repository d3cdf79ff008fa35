import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child.js';
import { defineCommand } from './define-command.js';
import { serveEnvironment, SettingsRefused, type ServeOptions } from './serve-settings.js';
import { stopRequested } from './stopping.js';
import { CommandFailed, codeOf } from './usage.js';

/** `npm run serve`: the function app alone on the embedded host, until it is told to stop. */
export const run = defineCommand(
  {
    name: 'serve',
    summary: 'Runs the function app on the embedded host. Everything outside is named by settings.',
    options: ['port', 'data', 'settings-file'],
  },
  async ({ port, data, 'settings-file': settingsFile }) => {
    const stopped = stopRequested();
    let child: Child;
    try {
      child = await startServe({ port, dataDir: data, settingsFile });
    } catch (error) {
      if (!(error instanceof SettingsRefused)) throw error;
      for (const problem of error.problems) process.stderr.write(`${problem}\n`);
      return 2;
    }
    const starting = new AbortController();
    void stopped.then(() => starting.abort(new CommandFailed('stopped while starting')));
    try {
      const address = await child.listening(starting.signal);
      process.stdout.write(`${JSON.stringify({ listening: address })}\n`);
      await Promise.race([stopped, child.exit()]);
    } finally {
      if (!child.ended) await child.stop();
    }
    return child.exitCode ?? 1;
  },
);

/** Starts the function app in a process of its own. Throws SettingsRefused before anything runs. */
export async function startServe(
  options: ServeOptions & { readonly logFile?: string },
): Promise<Child> {
  const port = await usablePort(options.port);
  const env = serveEnvironment({ ...options, port });
  return new Child({
    name: 'the function app',
    entry: 'commands/serve-child',
    args: [String(port), options.dataDir],
    env,
    ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
  });
}

/**
 * The address has to be known before the app starts: links in cards and reports are made of it. A port
 * that an app killed a moment ago still holds is waited for. Throws CommandFailed when it stays taken.
 */
async function usablePort(wanted: number): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const server = createServer();
    try {
      server.listen(wanted, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      if (address !== null && typeof address === 'object') return address.port;
    } catch (error) {
      const why = codeOf(error);
      if (why !== 'EADDRINUSE' || attempt === 20) {
        throw new CommandFailed(
          `port ${wanted} cannot be used (${why}); choose another with --port`,
        );
      }
    } finally {
      server.close();
    }
    await sleep(100);
  }
}
