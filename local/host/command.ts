import { parseArgs } from 'node:util';
import { HostError } from './host-error.js';
import { openHost, type RunningHost } from './start.js';

const usage = `npm run host -- --app DIR [--port N] [--data DIR]

Runs any Azure Functions app (Node.js, programming model v4) with its durable functions in this process.
  --app DIR    the app's folder, with package.json ("main"), host.json and local.settings.json
  --port N     where to listen on 127.0.0.1 (default 7071; 0 = any free port)
  --data DIR   where the state and the keys live (default .data)
  --help       this text
`;

/**
 * The `host` command. Prints one line on stdout when it accepts requests and everything else on
 * stderr; ends with SIGINT or SIGTERM. Answers the exit code: 2 for a bad option, 1 for a failure.
 */
export async function hostCommand(argv: string[]): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  let failed: (code: number) => void = () => undefined;
  const failure = new Promise<number>((resolve) => (failed = resolve));
  let host: RunningHost;
  try {
    host = await openHost({ appDir: options.app, port: options.port, dataDir: options.data }, () =>
      failed(1),
    );
  } catch (error) {
    const reason = error instanceof HostError ? error.message : (error as Error).stack;
    process.stderr.write(`${reason ?? String(error)}\n`);
    return 1;
  }
  process.stdout.write(`${JSON.stringify({ listening: host.url })}\n`);
  const code = await Promise.race([signalled(), failure]);
  await host.stop();
  return code;
}

function signalled(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(0));
  });
}

type Options = { help: true } | { help: false; app: string; port: number; data: string };

function readOptions(argv: string[]): Options | string {
  let values: { app?: string; port?: string; data?: string; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: argv,
      strict: true,
      options: {
        app: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? 'Bad options.';
  }
  if (values.help) return { help: true };
  const port = Number(values.port ?? 7071);
  if (!values.app) return 'Which app? Give its folder with --app DIR.';
  if (!/^\d+$/.test(values.port ?? '0') || port > 65_535)
    return `--port takes a number from 0 to 65535, not "${values.port}".`;
  if (values.data === '') return '--data takes a folder.';
  return { help: false, app: values.app, port, data: values.data ?? '.data' };
}
