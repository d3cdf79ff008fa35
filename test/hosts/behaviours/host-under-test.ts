import { existsSync, readFileSync } from 'node:fs';
import {
  type ChildHost,
  cleanUp,
  managementOf,
  startChildHost,
  temporaryFolder,
} from '../child-host.js';

type Keys = ChildHost['keys'];

let started: ChildHost | undefined;
let address: { readonly url: string; readonly keys: Keys } | undefined;

const reached = () => {
  if (address === undefined) throw new Error('The host under test has not been started.');
  return address;
};

/**
 * The host that the behaviours are held against: the one that HOST_URL and HOST_KEYS name, which runs
 * the app in test/hosts/app, else an embedded host of its own process.
 */
export const host = {
  get url(): string {
    return reached().url;
  },
  get keys(): Keys {
    return reached().keys;
  },
};

export const management = managementOf(host);

/** Part of every id of this run, so that a host with a memory can be tested again. */
export const run = Date.now().toString(36);

/** Starts the host before the tests of a file and stops it after them. */
export function useHost(): void {
  beforeAll(async () => {
    const url = process.env['HOST_URL'];
    if (url !== undefined) {
      address = { url: url.replace(/\/$/, ''), keys: readKeys(process.env['HOST_KEYS'] ?? '') };
      return;
    }
    address = started = await startChildHost({ data: temporaryFolder() });
  });
  afterAll(async () => {
    await started?.stop();
    cleanUp();
  });
}

/** `master=…,system=…,default=…`, or a JSON file of them like the embedded host's keys.json. */
function readKeys(text: string): Keys {
  const given = existsSync(text)
    ? (JSON.parse(readFileSync(text, 'utf8')) as Record<string, string>)
    : Object.fromEntries(
        text.split(',').map((pair) => {
          const at = pair.indexOf('=');
          return [pair.slice(0, at), pair.slice(at + 1)];
        }),
      );
  const { master, system, default: key } = given;
  if (!master || !system || !key)
    throw new Error('--keys takes master=KEY,system=KEY,default=KEY or a JSON file of the three.');
  return { master, system, default: key };
}

/** A request to the app, below its route prefix. */
export const get = (route: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${host.url}${route}`, init);

/** Starts an instance and waits for its end. */
export async function outcomeOf(name: string, input: unknown = {}, id?: string) {
  const { runtimeStatus, output, customStatus } = await management.ended(
    await management.start(name, input, id),
  );
  return { runtimeStatus, output, customStatus };
}

/** Starts an instance that listens for the event `word` and waits until it does. */
export async function startListening(id?: string): Promise<string> {
  const listening = await management.start('listens', {}, id);
  await management.waitFor(listening, ({ customStatus }) => customStatus !== null, 'its wait');
  return listening;
}

export const raise = (id: string, name: string, data: unknown) =>
  management.call('POST', `/instances/${id}/raiseEvent/${name}`, data);
