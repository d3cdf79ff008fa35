import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { provideCoreModule } from './core-module.js';
import { HostError } from './host-error.js';
import { Registrations } from './registrations.js';

const runnable: ReadonlySet<string> = new Set([
  'httptrigger',
  'timertrigger',
  'orchestrationtrigger',
  'activitytrigger',
  'entitytrigger',
]);

const loaded = new Map<string, Registrations>();

/**
 * Imports an app's entry files and returns what they registered.
 * Modules are evaluated once per process, so a second start of the same app reuses its registrations.
 * @throws HostError for what makes the real host run on without any function: a failing import, two
 * functions with one name, a route that begins with `admin`; and for triggers that this host lacks.
 */
export async function loadApp(
  appDir: string,
  entryFiles: readonly string[],
  log: (level: string, category: string, message: string) => void,
): Promise<Registrations> {
  const known = loaded.get(appDir);
  if (known) return known;
  const registrations = new Registrations();
  provideCoreModule(registrations, log);
  for (const file of entryFiles) {
    try {
      await import(pathToFileURL(file).href);
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new HostError(
        `${path.relative(appDir, file)} could not be imported; the real host would run on with no function at all. ${reason}`,
      );
    }
  }
  registrations.close();
  check(registrations);
  const capabilities = await registrations.model?.getCapabilities?.({});
  if (capabilities?.['HttpUri'])
    throw new HostError('enableHttpStream is not available on the embedded host: leave it off.');
  await registrations.run('appStart', { hookData: {}, appHookData: registrations.hookData });
  loaded.set(appDir, registrations);
  return registrations;
}

function check(registrations: Registrations): void {
  const names = new Map<string, string>();
  for (const { name, trigger, metadata } of registrations.functions) {
    const taken = names.get(name.toLowerCase());
    if (taken !== undefined)
      throw new HostError(
        `Two functions are named "${name}" (the real host would load none of the app's functions).`,
      );
    names.set(name.toLowerCase(), name);
    if (!runnable.has(trigger.type.toLowerCase()))
      throw new HostError(
        `Function "${name}" has a ${trigger.type}, which the embedded host does not have.`,
      );
    for (const binding of Object.values(metadata.bindings)) checkBinding(name, binding);
  }
  if (registrations.functions.length === 0)
    throw new HostError('The app registered no function. Does "main" in its package.json match?');
}

function checkBinding(name: string, binding: { type: string; direction?: string }): void {
  const type = binding.type.toLowerCase();
  if (runnable.has(type) || type === 'durableclient' || type === 'orchestrationclient') return;
  if (type === 'http' && binding.direction === 'out') return;
  throw new HostError(
    `Function "${name}" has a ${binding.type} binding, which the embedded host does not have.`,
  );
}
