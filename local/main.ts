import { printable } from './commands/options.js';
import { obeyParent } from './commands/stopping.js';
import { CommandFailed, UsageError } from './commands/usage.js';
import type { Run } from './commands/define-command.js';

interface Entry {
  readonly summary: string;
  /** Runs until it is told to stop, so it has to notice when its parent is gone. */
  readonly stays?: true;
  /** Loads only what this command needs. */
  readonly load: () => Promise<(argv: string[]) => Promise<number>>;
}

const stays = true;
const from = (load: () => Promise<{ readonly run: Run }>) => async () => (await load()).run;

const commands: Readonly<Record<string, Entry>> = {
  drill: {
    summary: 'rehearses a whole incident in a simulated tenant, from the alert to the report',
    stays,
    load: from(() => import('./commands/drill.js')),
  },
  start: {
    summary: 'the same local world, interactive, until Ctrl-C',
    stays,
    load: from(() => import('./commands/start.js')),
  },
  serve: {
    summary: 'the function app alone; settings name everything outside',
    stays,
    load: from(() => import('./commands/serve.js')),
  },
  host: {
    summary: 'the embedded host alone, for any Functions app',
    stays,
    load: async () => (await import('./host/command.js')).hostCommand,
  },
  tenant: {
    summary: 'the simulated tenant alone',
    stays,
    load: async () => (await import('./tenant/command.js')).tenantCommand,
  },
  ir: {
    summary: 'incidents from the terminal: start, read, approve, watch',
    load: from(() => import('./ir/command.js')),
  },
  'verify-record': {
    summary: 'checks an exported incident record offline',
    load: from(() => import('./commands/verify-record.js')),
  },
  bench: {
    summary: 'benchmarks, as a table and as test/bench/results.json',
    load: from(() => import('./commands/bench.js')),
  },
  soak: {
    summary: 'simulated incidents by the thousand, each judged against the safety invariants',
    load: from(() => import('./commands/soak.js')),
  },
};

/** Runs one command line; answers its exit code. Failures are one line on stderr, bugs a whole trace. */
async function main([name = 'help', ...argv]: string[]): Promise<number> {
  if (['help', '--help', '-h'].includes(name)) {
    process.stdout.write(overview());
    return 0;
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry === undefined) {
    return complain(
      `unknown command "${printable(name)}"; there are ${Object.keys(commands).join(', ')}`,
    );
  }
  if (entry.stays === true) obeyParent();
  try {
    const run = await entry.load();
    return await run(argv);
  } catch (error) {
    if (error instanceof UsageError)
      return complain(`${name}: ${error.message}; --help lists the options`);
    if (error instanceof CommandFailed) {
      process.stderr.write(`${name}: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

function complain(line: string): number {
  process.stderr.write(`${line}\n`);
  return 2;
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map(({ length }) => length));
  const lines = Object.entries(commands).map(
    ([name, { summary }]) => `  npm run ${name.padEnd(width)}  ${summary}`,
  );
  return `Entra Rewind\n\n${lines.join('\n')}\n\nOptions come after --, e.g. npm run drill -- --help\n`;
}

const code = await main(process.argv.slice(2));
// What was written to a pipe has to be through before the process ends.
process.stdout.write('', () => process.exit(code));
