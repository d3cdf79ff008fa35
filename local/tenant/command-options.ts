import { parseArgs } from 'node:util';
import { errorText } from './error-text.js';

export interface CommandOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly scenario: string;
  readonly seed: number;
  readonly users: number;
  readonly speed: number;
  readonly settingsFile: string | null;
  readonly workspace: boolean;
  readonly appUrl: string;
}

/** An option that is unknown or has a value that makes no sense; the message is one line. */
export class BadOption extends Error {}

export const help = `Usage: npm run tenant -- [options]

Starts the simulated Entra tenant: Graph, Log Analytics, sign-in, Teams and a loopback control server.

  --tenant-port N       port of the https origin; 0 = any free (default 8443)
  --data DIR            where certificates and the policy are written (default .data)
  --scenario NAME       what happened in the tenant (default bulk-disable)
  --seed N              fixes the tenant (default 1)
  --users N             objects that the scenario's actor damages (default 4800)
  --speed N             latencies, quota windows and waits divided by N (default 60)
  --settings-file FILE  writes the settings that point a serve at this tenant
  --no-workspace        leaves the workspace out: the audit trail is read from Graph
  --app-url URL         where the function app listens (default http://127.0.0.1:7071)
  --help                this text
`;

/** Parses the command line; null means that help was asked for. Throws `BadOption`. */
export function parseOptions(
  argv: readonly string[],
  scenarios: readonly string[],
): CommandOptions | null {
  const values = parse(argv);
  if (values.help === true) return null;
  return {
    port: whole('--tenant-port', values['tenant-port'], 0, 65_535),
    dataDir: filled('--data', values.data),
    scenario: oneOf('--scenario', values.scenario, scenarios),
    seed: whole('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    users: whole('--users', values.users, 1, 1_000_000),
    speed: positive('--speed', values.speed),
    settingsFile:
      values['settings-file'] === undefined
        ? null
        : filled('--settings-file', values['settings-file']),
    workspace: values['no-workspace'] !== true,
    appUrl: loopbackUrl('--app-url', values['app-url']),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: false,
      options: {
        'tenant-port': { type: 'string', default: '8443' },
        data: { type: 'string', default: '.data' },
        scenario: { type: 'string', default: 'bulk-disable' },
        seed: { type: 'string', default: '1' },
        users: { type: 'string', default: '4800' },
        speed: { type: 'string', default: '60' },
        'settings-file': { type: 'string' },
        'no-workspace': { type: 'boolean' },
        'app-url': { type: 'string', default: 'http://127.0.0.1:7071' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new BadOption(errorText(error).split('\n')[0]);
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new BadOption(`${name} must be a whole number from ${least} to ${most}, not '${text}'.`);
  }
  return value;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new BadOption(`${name} must be a number above 0, not '${text}'.`);
  }
  return value;
}

function filled(name: string, text: string): string {
  if (text === '') throw new BadOption(`${name} must not be empty.`);
  return text;
}

function oneOf(name: string, text: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text;
  throw new BadOption(`${name} must be one of ${choices.join(', ')}, not '${text}'.`);
}

function loopbackUrl(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(url?.hostname ?? '');
  if (url === null || !/^https?:$/.test(url.protocol) || !local) {
    throw new BadOption(`${name} must be an http address on this machine, not '${text}'.`);
  }
  return text;
}
