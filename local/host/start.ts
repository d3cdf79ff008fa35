import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { appHandlers } from './app-handlers.js';
import { loadApp } from './app-loader.js';
import { readAppSettings } from './app-settings.js';
import { ClientOperations } from './client-operations.js';
import { Engine } from './engine.js';
import { type FrontDoor, openFrontDoor } from './front-door.js';
import { HostError } from './host-error.js';
import { createHostLog, logFormat } from './host-log.js';
import { httpRoutes } from './http-functions.js';
import { type Keys, readKeys } from './keys.js';
import { durableClientValue } from './management-urls.js';
import type { TypedData } from './programming-model.js';
import type { RegisteredFunction } from './registrations.js';
import { Store } from './store.js';
import { TimerTriggers } from './timer-triggers.js';

/** How long a stopping host waits for requests, activities and timer functions. */
const patience = 10_000;

/** How often the host looks for instances that nothing can wake any more. */
const lookEvery = 60_000;

export interface HostOptions {
  readonly appDir: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly dataDir: string;
  /** Default 127.0.0.1. */
  readonly hostname?: string;
  readonly log?: (line: string) => void;
}

export interface RunningHost {
  readonly url: string;
  readonly keys: Keys;
  /** Takes no more work, lets running activities end (10 s at most) and closes the state. */
  stop(): Promise<void>;
}

/**
 * Runs a Functions app (programming model v4, unpatched SDKs) in this process.
 * Accepts requests when it resolves; work that an earlier process left behind goes on at once.
 * @throws HostError with the reason, worded for people, when the app, its settings or the data folder
 * cannot be used, or when the port is taken.
 */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  return openHost(options, () => undefined);
}

/** Like `startHost`; `onFailure` is told when the state cannot be written and the host has stopped. */
export async function openHost(
  options: HostOptions,
  onFailure: (error: Error) => void,
): Promise<RunningHost> {
  const appDir = path.resolve(options.appDir);
  const dataDir = path.resolve(options.dataDir);
  const hostname = options.hostname ?? '127.0.0.1';
  const write = options.log ?? ((line: string) => process.stderr.write(`${line}\n`));
  const log = createHostLog(write, logFormat());
  const settings = await readAppSettings(appDir);
  const { store, keys } = openData(dataDir);
  let door: FrontDoor | undefined;
  try {
    door = await openFrontDoor(hostname, options.port, log);
    const reachable = reachableName(hostname);
    const origin = `http://${reachable}:${door.port}`;
    setEnvironment(settings.values, `${reachable}:${door.port}`);
    const registrations = await loadApp(appDir, settings.entryFiles, log);
    registrations.functionTimeout = settings.functionTimeout;
    const urls = { origin, hubName: settings.hubName, systemKey: keys.system };
    const rpcPath = `/runtime/rpc/${randomBytes(24).toString('base64url')}/`;
    const client = { json: JSON.stringify(durableClientValue(urls, `${origin}${rpcPath}`)) };
    const extra = (fn: RegisteredFunction): Record<string, TypedData> =>
      Object.fromEntries(clientInputs(fn).map((name) => [name, client]));
    const routes = httpRoutes(registrations.functions, settings.routePrefix);
    const engine = new Engine({
      store,
      handlers: appHandlers(registrations, extra, log),
      maxActivities: settings.maxActivities,
      log: (level, message, instanceId) => log(level, 'durable', message, { instanceId }),
      onFailure(error) {
        door?.shut();
        log('critical', 'host', `${error.message} The host has stopped; nothing was half written.`);
        onFailure(error);
      },
    });
    const timers = new TimerTriggers(engine, registrations, extra, log);
    engine.resume();
    const operations = new ClientOperations(engine);
    door.open({
      functions: { registrations, routes, prefix: settings.routePrefix, keys, log, extra },
      management: { client: operations, store, urls },
      keys,
      rpcPath,
    });
    timers.start();
    const watch = setInterval(() => engine.lookForForgotten(), lookEvery).unref();
    const opened = door;
    let stopping: Promise<void> | undefined;
    const stop = async () => {
      clearInterval(watch);
      const work = Promise.all([timers.stop(), engine.drain()]);
      await Promise.all([opened.close(patience), within(patience, work)]);
      engine.close();
      await registrations.run('appTerminate', {
        hookData: {},
        appHookData: registrations.hookData,
      });
      store.close();
    };
    return { url: origin, keys, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await door?.close(0);
    store.close();
    throw error;
  }
}

/** Waits for work to end, but not longer than `ms`. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}

function openData(dataDir: string): { store: Store; keys: Keys } {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new HostError(`The data folder ${dataDir} cannot be made: ${(error as Error).message}`);
  }
  const store = new Store(path.join(dataDir, 'durable.db'));
  try {
    return { store, keys: readKeys(path.join(dataDir, 'keys.json')) };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** The address that this machine itself can call. */
function reachableName(hostname: string): string {
  if (hostname === '0.0.0.0') return '127.0.0.1';
  if (hostname === '::') return '[::1]';
  return hostname.includes(':') ? `[${hostname}]` : hostname;
}

/** The variables that a local Functions host sets; what is set already stays. */
function setEnvironment(values: Readonly<Record<string, string>>, address: string): void {
  const all = {
    ...values,
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    FUNCTIONS_WORKER_RUNTIME: 'node',
    WEBSITE_HOSTNAME: address,
  };
  for (const [name, value] of Object.entries(all))
    if (process.env[name] === undefined) process.env[name] = value;
}

function clientInputs({ metadata }: RegisteredFunction): string[] {
  return Object.entries(metadata.bindings)
    .filter(([, { type }]) => /^(durable|orchestration)client$/i.test(type))
    .map(([name]) => name);
}
