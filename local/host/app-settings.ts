import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { HostError } from './host-error.js';

/** What the app folder says about itself. */
export interface AppSettings {
  readonly routePrefix: string;
  readonly hubName: string;
  readonly maxActivities: number;
  /** How long a function may take, in milliseconds; Infinity for as long as it likes. */
  readonly functionTimeout: number;
  readonly entryFiles: readonly string[];
  readonly values: Readonly<Record<string, string>>;
}

interface HostJson {
  functionTimeout?: unknown;
  extensions?: {
    http?: { routePrefix?: unknown };
    durableTask?: { hubName?: unknown; maxConcurrentActivityFunctions?: unknown };
  };
}

/**
 * Reads `package.json` (`main`, a file or a glob), `host.json` and `local.settings.json` of an app.
 * @throws HostError naming the file that is missing or cannot be used.
 */
export async function readAppSettings(appDir: string): Promise<AppSettings> {
  const manifest = (await readJson(path.join(appDir, 'package.json'))) as
    { main?: unknown } | undefined;
  if (!manifest) throw new HostError(`${appDir} has no package.json, so it is no Functions app.`);
  if (typeof manifest.main !== 'string' || manifest.main === '')
    throw new HostError(`package.json of ${appDir} names no "main", so no function can be found.`);
  const host = ((await readJson(path.join(appDir, 'host.json'))) ?? {}) as HostJson;
  const local = ((await readJson(path.join(appDir, 'local.settings.json'))) ?? {}) as {
    Values?: Record<string, unknown>;
  };
  const durable = host.extensions?.durableTask;
  return {
    routePrefix: text(host.extensions?.http?.routePrefix, 'api').replace(/^\/+|\/+$/g, ''),
    hubName: text(durable?.hubName, 'TestHubName'),
    maxActivities: count(durable?.maxConcurrentActivityFunctions, 8),
    functionTimeout: duration(host.functionTimeout),
    entryFiles: await entryFiles(appDir, manifest.main),
    values: Object.fromEntries(
      Object.entries(local.Values ?? {}).map(([name, value]) => [name, String(value)]),
    ),
  };
}

async function entryFiles(appDir: string, main: string): Promise<string[]> {
  const found: string[] = [];
  for await (const file of glob(main.replaceAll('\\', '/'), { cwd: appDir }))
    found.push(path.join(appDir, file));
  if (found.length === 0)
    throw new HostError(`"main" of ${appDir}/package.json matches no file: ${main}`);
  return found.sort();
}

async function readJson(file: string): Promise<unknown> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new HostError(`${file} is not JSON: ${(error as Error).message}`);
  }
}

/** What the real host gives functions outside the Consumption plan when host.json says nothing. */
const usualTimeout = 30 * 60_000;

/** `[d.]hh:mm:ss` in milliseconds; "-1" is no limit. @throws HostError for anything else. */
function duration(value: unknown): number {
  if (value === undefined || value === null) return usualTimeout;
  if (value === '-1') return Infinity;
  const parts = typeof value === 'string' && /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})$/.exec(value);
  if (!parts)
    throw new HostError(
      `functionTimeout in host.json is no [d.]hh:mm:ss: ${JSON.stringify(value)}.`,
    );
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part) => Number(part || 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise);
const count = (value: unknown, otherwise: number) =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : otherwise;
