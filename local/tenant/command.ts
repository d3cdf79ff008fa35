import { BadOption, help, parseOptions, type CommandOptions } from './command-options.js';
import { errorText } from './error-text.js';
import { scenarioNames } from './scenarios/index.js';
import { writeSettings } from './settings-file.js';
import { startTenant, type RunningTenant } from './start.js';

/**
 * `npm run tenant`: runs the simulated tenant until SIGINT or SIGTERM. One line on stdout when it
 * accepts requests, everything else on stderr. Answers the exit code: 0 stopped, 1 could not start,
 * 2 bad option.
 */
export async function tenantCommand(argv: string[]): Promise<number> {
  let options: CommandOptions | null;
  try {
    options = parseOptions(argv, scenarioNames);
  } catch (error) {
    if (!(error instanceof BadOption)) throw error;
    say(error.message);
    return 2;
  }
  if (options === null) {
    process.stdout.write(help);
    return 0;
  }
  // Before anything listens: a signal during the start must not be lost.
  const stopped = stopSignal();
  let tenant: RunningTenant | null = null;
  try {
    tenant = await startTenant({ ...options, log: say });
    if (options.settingsFile !== null) writeSettings(options.settingsFile, tenant.settings);
  } catch (error) {
    await tenant?.stop();
    say(`The tenant could not start: ${errorText(error)}`);
    return 1;
  }
  say(`Scenario ${options.scenario}, seed ${options.seed}; control server ${tenant.controlUrl}`);
  process.stdout.write(`${JSON.stringify({ listening: tenant.url })}\n`);
  await stopped;
  await tenant.stop();
  return 0;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      // A second Ctrl-C then ends the process at once, as Node does by itself.
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
}
