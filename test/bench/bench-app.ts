import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Child } from '../../local/commands/child.js';
import { startServe } from '../../local/commands/serve.js';
import { formatSettings } from '../../local/tenant/settings-file.js';

export type PolicyFile = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface BenchApp {
  readonly url: string;
  readonly policy: PolicyFile;
}

/**
 * Starts the function app in a process of its own against a tenant's settings, under a changed copy of
 * the tenant's policy. `children` receives it as soon as it runs, for the caller to stop.
 */
export async function startApp(
  folder: string,
  settings: Readonly<Record<string, string>>,
  change: (policy: PolicyFile) => PolicyFile,
  children: Child[],
): Promise<BenchApp> {
  const policy = change(JSON.parse(readFileSync(settings['POLICY'] ?? '', 'utf8')) as PolicyFile);
  const policyFile = path.join(folder, 'policy.json');
  writeFileSync(policyFile, JSON.stringify(policy));
  const settingsFile = path.join(folder, 'settings.env');
  writeFileSync(settingsFile, formatSettings({ ...settings, POLICY: policyFile }), { mode: 0o600 });
  const serve = await startServe({
    port: 0,
    dataDir: folder,
    settingsFile,
    logFile: path.join(folder, 'serve.log'),
  });
  children.push(serve);
  return { url: await serve.listening(), policy };
}

/** One part of a policy with some of its fields replaced. */
export const withPart = (
  policy: PolicyFile,
  part: string,
  fields: Readonly<Record<string, unknown>>,
): PolicyFile => ({ ...policy, [part]: { ...policy[part], ...fields } });
