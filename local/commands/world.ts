import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Child } from './child.js';
import { createControl, type Control } from './control.js';
import { startServe } from './serve.js';
import { readSettingsFile } from './serve-settings.js';
import { formatSettings } from '../tenant/settings-file.js';
import { CommandFailed } from './usage.js';

export interface WorldOptions {
  /** Everything of this world lies below it. */
  readonly folder: string;
  readonly scenario: string;
  readonly seed: number;
  readonly users: number;
  readonly speed: number;
  readonly executor: string;
  readonly tenantPort: number;
  readonly port: number;
}

/** A simulated tenant and a function app that know each other. */
export interface LocalWorld {
  readonly tenant: Child;
  readonly serve: Child;
  readonly tenantUrl: string;
  readonly appUrl: string;
  readonly control: Control;
  readonly controlUrl: string;
}

/**
 * Starts tenant and function app as children of this process. `children` receives each as soon as it
 * runs, so that the caller can stop them whatever happens next. Throws CommandFailed with a log tail.
 */
export async function startWorld(
  options: WorldOptions,
  children: Child[],
  signal: AbortSignal,
): Promise<LocalWorld> {
  const at = (...parts: string[]) => path.join(options.folder, ...parts);
  const settingsFile = at('tenant', 'settings.env');
  const tenant = new Child({
    name: 'the simulated tenant',
    entry: 'main',
    args: tenantArgs(options, settingsFile),
    logFile: at('logs', 'tenant.log'),
  });
  children.push(tenant);
  const tenantUrl = await tenant.listening(signal);

  const settings = readSettingsFile(settingsFile);
  const controlUrl = settings['LOCAL_CONTROL'];
  if (controlUrl === undefined) throw new CommandFailed('the tenant named no LOCAL_CONTROL');
  const own = at('settings.env');
  writeFileSync(own, formatSettings(withExecutor(settings, options.executor, at('policy.json'))), {
    mode: 0o600,
  });

  const serve = await startServe({
    port: options.port,
    dataDir: options.folder,
    settingsFile: own,
    logFile: at('logs', 'serve.log'),
  });
  children.push(serve);
  const appUrl = await serve.listening(signal);
  const control = createControl(controlUrl);
  await control.setApp(appUrl);
  return { tenant, serve, tenantUrl, appUrl, control, controlUrl };
}

function tenantArgs(options: WorldOptions, settingsFile: string): string[] {
  const { folder, scenario, seed, users, speed, tenantPort } = options;
  return [
    'tenant',
    ...['--tenant-port', String(tenantPort)],
    ...['--data', folder],
    ...['--scenario', scenario],
    ...['--seed', String(seed)],
    ...['--users', String(users)],
    ...['--speed', String(speed)],
    ...['--settings-file', settingsFile],
  ];
}

/** The executor is a matter of the policy: a copy of the tenant's says which one. */
function withExecutor(
  settings: Readonly<Record<string, string>>,
  executor: string,
  copy: string,
): Readonly<Record<string, string>> {
  const original = settings['POLICY'];
  if (executor === 'auto' || original === undefined) return settings;
  const policy = JSON.parse(readFileSync(original, 'utf8')) as { execution?: object };
  const changed = { ...policy, execution: { ...policy.execution, executor } };
  writeFileSync(copy, JSON.stringify(changed, null, 2));
  return { ...settings, POLICY: copy };
}
