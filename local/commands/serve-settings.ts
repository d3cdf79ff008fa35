import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readSettings } from '../../shared/contracts/settings.js';
import { parseSettings } from '../tenant/settings-file.js';
import { reasonOf, UsageError } from './usage.js';

export interface ServeOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly settingsFile: string | null;
}

/** Settings were read and cannot be used; one line each. */
export class SettingsRefused extends UsageError {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * The environment of the function app: local.settings.json, over it the environment, over it the
 * settings file; then what only this machine knows. Throws SettingsRefused with one line per setting.
 */
export function serveEnvironment(
  { port, dataDir, settingsFile }: ServeOptions,
  outside: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const given: NodeJS.ProcessEnv = {
    ...localSettings(),
    ...outside,
    ...(settingsFile === null ? {} : readSettingsFile(settingsFile)),
  };
  const defaults = {
    EVIDENCE_STORE: `file:${path.resolve(dataDir, 'evidence')}`,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
  };
  const env = { ...given };
  for (const [name, value] of Object.entries(defaults)) env[name] = env[name] || value;
  // The simulated tenant's control server is for people and tests: the product never knows of it.
  delete env['LOCAL_CONTROL'];

  const read = readSettings(env);
  if (!read.ok) throw new SettingsRefused(read.problems);
  return env;
}

export function readSettingsFile(file: string): Readonly<Record<string, string>> {
  try {
    return parseSettings(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--settings-file: ${reasonOf(error)}`);
  }
}

function localSettings(): Readonly<Record<string, string>> {
  if (!existsSync('local.settings.json')) return {};
  try {
    const { Values } = JSON.parse(readFileSync('local.settings.json', 'utf8')) as {
      Values?: Record<string, unknown>;
    };
    return Object.fromEntries(
      Object.entries(Values ?? {}).map(([name, value]) => [name, String(value)]),
    );
  } catch {
    throw new UsageError('local.settings.json is not JSON');
  }
}
