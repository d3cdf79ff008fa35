import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { eventually } from './eventually.js';
import { childrenOf } from './processes.js';

const root = path.resolve(import.meta.dirname, '../..');
const main = path.join(root, 'dist/local/main.js');

export type PersonName =
  | 'commander'
  | 'operator'
  | 'approver'
  | 'responder'
  | 'reader'
  | 'outsider'
  | 'actor'
  | 'breakGlass1'
  | 'breakGlass2';

export interface WorldOptions {
  readonly scenario?: string;
  readonly users?: number;
  readonly speed?: number;
  readonly seed?: number;
  /** Leaves the workspace out, so that the audit trail is read through Graph. */
  readonly noWorkspace?: boolean;
  /** Changes the policy that the tenant wrote, before the app first reads it. */
  readonly policy?: (policy: Record<string, Record<string, unknown>>) => void;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * The simulated tenant and the function app as two real processes, as `npm start` would have them. The
 * app may be killed and started again on the same data; everything is removed by `stop`.
 */
export interface World {
  readonly dataDir: string;
  readonly appUrl: string;
  /** What the tenant wrote for `serve`. */
  readonly settings: Readonly<Record<string, string>>;
  tokenOf(person: PersonName): Promise<string>;
  control(route: string, body?: unknown, method?: string): Promise<Answer>;
  /** Calls the app's API as a person; without one, without a token. */
  api(
    route: string,
    options?: {
      as?: PersonName;
      body?: unknown;
      method?: string;
      headers?: Record<string, string>;
    },
  ): Promise<Answer>;
  /** Posts the scenario's alert like a Logic App would; answers the incident id. */
  alert(): Promise<string>;
  press(person: PersonName, verb: 'approve' | 'reject', incidentId: string): Promise<Answer>;
  decide(person: PersonName, incidentId: string, decision?: 'approve' | 'reject'): Promise<Answer>;
  incident(id: string): Promise<Incident>;
  until(
    id: string,
    what: string,
    holds: (incident: Incident) => boolean,
    ms?: number,
  ): Promise<Incident>;
  startApp(env?: Readonly<Record<string, string>>): Promise<void>;
  /** Kills the command and the process of the functions under it, which gets no word before. */
  killApp(): Promise<void>;
  /** Resolves when the app has ended by itself. */
  appEnded(): Promise<void>;
  readonly log: readonly string[];
  stop(): Promise<void>;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'rewind-'));
  const settingsFile = path.join(dataDir, 'settings.env');
  const port = await freePort();
  const appUrl = `http://127.0.0.1:${port}`;
  const log: string[] = [];
  const tenant = await launch('tenant', [
    ...[
      '--tenant-port',
      '0',
      '--data',
      path.join(dataDir, 'tenant'),
      '--settings-file',
      settingsFile,
    ],
    ...['--scenario', options.scenario ?? 'bulk-disable', '--users', String(options.users ?? 48)],
    ...['--speed', String(options.speed ?? 600), '--seed', String(options.seed ?? 1)],
    ...['--app-url', appUrl],
    ...(options.noWorkspace ? ['--no-workspace'] : []),
  ]);
  const settings = Object.fromEntries(
    (await readFile(settingsFile, 'utf8'))
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  ) as Record<string, string>;
  if (options.policy !== undefined) await changePolicy(settings['POLICY'] ?? '', options.policy);
  let app: ChildProcess | null = null;
  const tokens = new Map<string, string>();

  const world: World = {
    dataDir,
    appUrl,
    settings,
    tokenOf,
    log,
    control: (route, body, method) => request(`${settings['LOCAL_CONTROL']}${route}`, method, body),
    async api(route, { as, body, method, headers = {} } = {}) {
      const bearer = as === undefined ? {} : { authorization: `Bearer ${await tokenOf(as)}` };
      return request(`${appUrl}/api${route}`, method, body, { ...bearer, ...headers });
    },
    async alert() {
      const { body } = await world.control('/alert', {});
      const { status, body: answer } = body as { status: number; body: { incidentId?: string } };
      if (answer.incidentId === undefined) {
        throw new Error(
          `the alert was answered ${status}: ${JSON.stringify(answer)}\n${tail(log)}`,
        );
      }
      return answer.incidentId;
    },
    press: (person, verb, incidentId) =>
      world.control('/press', { person, verb, incidentId, waitMs: 20_000 }),
    async decide(person, incidentId, decision = 'approve') {
      const { plan } = await world.incident(incidentId);
      return world.api(`/incidents/${incidentId}/decisions`, {
        as: person,
        body: { decision, planDigest: plan?.digest },
      });
    },
    async incident(id) {
      const { status, body } = await world.api(`/incidents/${id}`, { as: 'reader' });
      if (status !== 200)
        throw new Error(`incident ${id} was answered ${status}: ${JSON.stringify(body)}`);
      return body as Incident;
    },
    until(id, what, holds, ms = 60_000) {
      let seen = '';
      return eventually(
        what,
        async () => {
          const incident = await world.incident(id);
          const { state, outcome, waitingFor } = incident;
          const steps = incident.steps.map((step) => [step.name, step.state, step.summary]);
          seen = JSON.stringify({ state, outcome, waitingFor, steps });
          return holds(incident) ? incident : null;
        },
        { ms, everyMs: 200, context: () => `${seen}\n${tail(log)}` },
      );
    },
    async startApp(env) {
      const data = path.join(dataDir, 'app');
      const args = ['--port', String(port), '--data', data, '--settings-file', settingsFile];
      app = await launch('serve', args, env);
    },
    async appEnded() {
      if (app === null || app.exitCode !== null || app.signalCode !== null) return;
      await once(app, 'exit');
    },
    async killApp() {
      if (app !== null) await killWithChildren(app);
      app = null;
    },
    async stop() {
      if (app !== null) await kill(app);
      await kill(tenant);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  await world.startApp();
  return world;

  async function tokenOf(person: PersonName): Promise<string> {
    const known = tokens.get(person);
    if (known !== undefined) return known;
    const { body } = await world.control('/token', { person });
    const { accessToken } = body as { accessToken: string };
    tokens.set(person, accessToken);
    return accessToken;
  }

  /** Starts one of our commands and waits for its `listening` line. */
  async function launch(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ChildProcess> {
    const started = spawn(process.execPath, ['--no-warnings', main, command, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    createInterface({ input: started.stderr }).on('line', (line) =>
      log.push(`${command}: ${line}`),
    );
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${command} did not listen within 60 s\n${tail(log)}`)),
        60_000,
      );
      started.once('exit', (code) => {
        clearTimeout(late);
        reject(new Error(`${command} ended with ${code} before it listened\n${tail(log)}`));
      });
      createInterface({ input: started.stdout }).on('line', (line) => {
        if (!line.includes('"listening"')) return;
        clearTimeout(late);
        resolve();
      });
    });
    return started;
  }
}

async function changePolicy(
  file: string,
  change: NonNullable<WorldOptions['policy']>,
): Promise<void> {
  const policy = JSON.parse(await readFile(file, 'utf8')) as Parameters<typeof change>[0];
  change(policy);
  await writeFile(file, JSON.stringify(policy));
}

async function request(
  url: string,
  method: string | undefined,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  try {
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  } catch {
    return { status: response.status, body: text };
  }
}

/** The children first: a child whose parent is gone could still end in order. */
async function killWithChildren(parent: ChildProcess): Promise<void> {
  for (const pid of childrenOf(parent.pid ?? 0)) process.kill(pid, 'SIGKILL');
  await kill(parent);
}

async function kill(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const gone = new Promise((resolve) => process.once('exit', resolve));
  process.kill('SIGKILL');
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

const tail = (log: readonly string[]): string => log.slice(-30).join('\n');
