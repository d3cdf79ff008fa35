import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, '../..');
export const node = path.join(root, 'node_modules/node/bin/node');
export const testApp = path.join(here, 'app');

export interface ChildHost {
  readonly url: string;
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly keys: { master: string; default: string; system: string };
  /** The exit code, once the process has ended. */
  readonly ended: Promise<number | null>;
  /** Ends the process at once, as a power cut does. */
  kill(): Promise<void>;
  /** Asks it to stop and resolves with its exit code. */
  stop(): Promise<number | null>;
}

const folders: string[] = [];
const running = new Set<ChildProcess>();

/** A folder that `cleanUp` removes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hosts-'));
  folders.push(folder);
  return folder;
}

/** Ends what the tests of a file left behind. */
export function cleanUp(): void {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** An app of its own, made of the given files; its packages are the project's. */
export function makeApp(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  const all = {
    'package.json': JSON.stringify({ type: 'module', main: 'functions/*.js' }),
    'host.json': JSON.stringify({ version: '2.0' }),
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  return folder;
}

/** Runs the host command and resolves when it has ended. */
export function runToEnd(
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = launch(args, {});
  return new Promise((resolve) => {
    child.process.once('close', (code) =>
      resolve({ code, stdout: child.stdout(), stderr: child.stderr() }),
    );
  });
}

/** Starts a host of its own process and resolves when it accepts requests. */
export async function startChildHost(options: {
  app?: string;
  data: string;
  env?: Readonly<Record<string, string>>;
  preload?: string;
}): Promise<ChildHost> {
  const args = ['--app', options.app ?? testApp, '--port', '0', '--data', options.data];
  const child = launch(args, options.env ?? {}, options.preload);
  const ended = new Promise<number | null>((resolve) => child.process.once('close', resolve));
  await until(
    () => child.stdout().includes('\n') || hasEnded(child.process),
    () => `the host did not come up: ${child.stderr()}`,
  );
  if (hasEnded(child.process)) throw new Error(`The host ended: ${child.stderr()}`);
  const { listening } = JSON.parse(child.stdout()) as { listening: string };
  return {
    url: listening,
    pid: child.process.pid ?? 0,
    ended,
    stdout: child.stdout,
    stderr: child.stderr,
    keys: JSON.parse(
      readFileSync(path.join(options.data, 'keys.json'), 'utf8'),
    ) as ChildHost['keys'],
    async kill() {
      child.process.kill('SIGKILL');
      await ended;
    },
    stop() {
      child.process.kill('SIGTERM');
      return ended;
    },
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) =>
  exitCode !== null || signalCode !== null;

function launch(args: readonly string[], env: Readonly<Record<string, string>>, preload?: string) {
  const imports = preload === undefined ? [] : ['--import', path.join(here, preload)];
  const child = spawn(
    node,
    ['--no-warnings', ...imports, path.join(here, 'run-host.mjs'), ...args],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  running.add(child);
  child.once('close', () => running.delete(child));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return { process: child, stdout: () => stdout, stderr: () => stderr };
}

/** Waits for a condition. @throws with the given words when it takes longer than the deadline. */
export async function until<T>(
  condition: () => T | Promise<T>,
  why: () => string,
  deadline = 30_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + deadline;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Error(why());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface Status {
  readonly runtimeStatus: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly customStatus: unknown;
}

/** Talks to the management API of a host. */
export function managementOf(host: Pick<ChildHost, 'url' | 'keys'>) {
  const send = async (method: string, route: string, init: RequestInit = {}) => {
    const response = await fetch(`${host.url}/runtime/webhooks/durabletask${route}`, {
      ...init,
      method,
      headers: { 'x-functions-key': host.keys.system, ...(init.headers as object) },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text };
  };
  const call = (method: string, route: string, body?: unknown) =>
    send(
      method,
      route,
      body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    );
  const status = async (id: string, query = ''): Promise<Status | undefined> => {
    const answer = await call('GET', `/instances/${encodeURIComponent(id)}${query}`);
    return answer.status === 404 ? undefined : (JSON.parse(answer.text) as Status);
  };
  const waitFor = (id: string, wanted: (status: Status) => boolean, what: string) =>
    until(
      async () => {
        const seen = await status(id);
        return seen && wanted(seen) ? seen : undefined;
      },
      () => `instance ${id} did not come to ${what}`,
    );
  return {
    send,
    call,
    status,
    /** The state of an entity as text, once it answers with a status. */
    entity: async (name: string, key: string, wanted: number) => {
      const answer = await until(
        async () => {
          const seen = await call('GET', `/entities/${name}/${key}`);
          return seen.status === wanted ? seen : undefined;
        },
        () => `entity ${name} ${key} did not come to answer ${wanted}`,
      );
      return answer.text;
    },
    async start(name: string, input?: unknown, id?: string): Promise<string> {
      const answer = await call('POST', `/orchestrators/${name}${id ? `/${id}` : ''}`, input);
      if (answer.status !== 202) throw new Error(`start ${name}: ${answer.status} ${answer.text}`);
      return (JSON.parse(answer.text) as { id: string }).id;
    },
    waitFor,
    ended: (id: string) =>
      waitFor(
        id,
        ({ runtimeStatus }) => !['Pending', 'Running', 'Suspended'].includes(runtimeStatus),
        'an end',
      ),
  };
}
