import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createApi, remembered } from '../../local/commands/api.js';
import { Child } from '../../local/commands/child.js';
import { createControl } from '../../local/commands/control.js';
import { readSettingsFile } from '../../local/commands/serve-settings.js';
import { createPersons } from '../../local/commands/persons/persons.js';
import type { JournalEntry } from '../../local/tenant/journal.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { eventually } from '../support/eventually.js';
import { startApp, withPart, type PolicyFile } from './bench-app.js';
import type { Row } from './row.js';
import { readJournal } from './tenant-journal.js';

/** What `sequential-script` reports. */
export interface ScriptRun {
  readonly users: number;
  readonly seconds: number;
  readonly throttled: number;
}

const users = 4_800;
const scriptUsers = 200;
/** Quotas, latencies and waits ten times as fast as the real ones: 160 writes a second are allowed. */
const speed = 10;
const settleMinutes = 0.4;

/** How much of the published write quota an execution uses, beside a script that writes one by one. */
export async function run(): Promise<Row[]> {
  const ours = await recover();
  const script = await inFolder(async (folder, children) =>
    runScript(await startTenant(folder, children)),
  );
  const scriptSeconds = (script.seconds / script.users) * users;
  const scene = `${ours.objects.toLocaleString('en')} users, services ${speed} times as fast as real`;
  return [
    {
      name: 'writes per second after the canaries',
      value: ours.perSecond,
      unit: '/s',
      note: `${scene}; the budget allows ${ours.budget.toFixed(0)}`,
    },
    {
      name: 'share of the write budget reached',
      value: ours.perSecond / ours.budget,
      unit: 'x',
      note: 'of 0.8 of the published quota; between waves every object is read again',
    },
    {
      name: 'requests answered 429',
      value: ours.throttledShare * 100,
      unit: '%',
      note: 'share of the writes sent; a budget below the quota should give none',
    },
    {
      name: 'execution step over its forecast',
      value: ours.seconds / ours.forecastSeconds,
      unit: 'x',
      note: `${ours.seconds.toFixed(1)} s with canaries and their read-back; etaSeconds of the plan said ${ours.forecastSeconds}`,
    },
    {
      name: 'one-by-one script, per user',
      value: (script.seconds / script.users) * 1000,
      unit: 'ms',
      note: `${script.users} users on an equal tenant, ${script.throttled} answers 429; reads, records and verifies nothing`,
    },
    {
      name: 'one-by-one script over the execution step',
      value: scriptSeconds / ours.seconds,
      unit: 'x',
      note: `${scriptSeconds.toFixed(0)} s for ${users.toLocaleString('en')} users, extrapolated`,
    },
  ];
}

interface Execution {
  readonly objects: number;
  readonly perSecond: number;
  readonly budget: number;
  readonly throttledShare: number;
  readonly seconds: number;
  readonly forecastSeconds: number;
}

/** A whole incident up to the end of its execution. */
const recover = (): Promise<Execution> =>
  inFolder(async (folder, children) => {
    const settings = await startTenant(folder, children);
    const control = createControl(settings['LOCAL_CONTROL'] ?? '');
    const app = await startApp(
      folder,
      settings,
      (policy) => withPart(policy, 'scope', { settleMinutes }),
      children,
    );
    await control.setApp(app.url);
    const incident = await executed(app.url, control);
    const { plan, execution } = incident;
    if (plan === null || execution?.applied !== plan.objects) {
      throw new Error(`${execution?.applied} of ${plan?.objects} objects were put back`);
    }
    const step = incident.steps.find(({ name }) => name === 'execute');
    const writes = writesOf(await readJournal(control.url, 0));
    return {
      objects: plan.objects,
      budget: budgetOf(app.policy),
      ...paceOf(writes, canariesOf(app.policy)),
      seconds: (Date.parse(step?.endedAt ?? '') - Date.parse(step?.startedAt ?? '')) / 1000,
      forecastSeconds: plan.etaSeconds,
    };
  });

async function executed(
  appUrl: string,
  control: ReturnType<typeof createControl>,
): Promise<Incident> {
  const api = createApi(
    appUrl,
    remembered(() => control.token('commander')),
  );
  const silent = { show: () => undefined, say: () => undefined, end: () => undefined };
  const persons = createPersons(control, appUrl, silent);
  const id = await control.alert();
  return eventually(
    'the execution has ended',
    async () => {
      const incident = await api.incident(id);
      persons.look(incident);
      if (incident.state === 'closed')
        throw new Error(
          `the incident ended as ${incident.outcome}: ${JSON.stringify(incident.steps)}`,
        );
      return incident.state === 'verifying' ? incident : null;
    },
    { ms: 400_000, everyMs: 500 },
  );
}

interface Batch {
  readonly endedAt: number;
  readonly statuses: readonly number[];
}

/** The batches that carried writes to users, in order. */
function writesOf(journal: readonly JournalEntry[]): Batch[] {
  return journal
    .map(({ at, batch = [] }) => ({
      endedAt: Date.parse(at),
      statuses: batch.filter(({ method }) => method === 'PATCH').map(({ status }) => status),
    }))
    .filter(({ statuses }) => statuses.length > 0);
}

/** From the end of the first batch after the canaries to the end of the last, its own writes left out. */
function paceOf(batches: readonly Batch[], canaries: number) {
  const statuses = batches.flatMap((batch) => batch.statuses);
  let before = 0;
  const bulk = batches.filter((batch) => {
    const late = before >= canaries;
    before += batch.statuses.length;
    return late;
  });
  const [first, last] = [bulk[0], bulk.at(-1)];
  if (first === undefined || last === undefined || first === last)
    throw new Error('there was nothing after the canaries to measure');
  const accepted = bulk.slice(1).flatMap((batch) => batch.statuses.filter((code) => code < 300));
  return {
    perSecond: accepted.length / ((last.endedAt - first.endedAt) / 1000),
    throttledShare: statuses.filter((code) => code === 429).length / statuses.length,
  };
}

const canariesOf = ({ execution }: PolicyFile): number =>
  (execution?.['canary'] as number[]).reduce((sum, objects) => sum + objects, 0);

function budgetOf({ execution }: PolicyFile): number {
  const quota = execution?.['writeQuota'] as { requests: number; perSeconds: number };
  return (quota.requests * Number(execution?.['writeBudget'])) / quota.perSeconds;
}

async function startTenant(
  folder: string,
  children: Child[],
): Promise<Readonly<Record<string, string>>> {
  const settingsFile = path.join(folder, 'tenant.env');
  const tenant = new Child({
    name: 'the simulated tenant',
    entry: 'main',
    args: [
      'tenant',
      ...['--tenant-port', '0', '--data', folder, '--settings-file', settingsFile],
      ...['--scenario', 'bulk-disable', '--seed', '1'],
      ...['--users', String(users), '--speed', String(speed)],
    ],
    logFile: path.join(folder, 'tenant.log'),
  });
  children.push(tenant);
  await tenant.listening();
  return readSettingsFile(settingsFile);
}

async function runScript(settings: Readonly<Record<string, string>>): Promise<ScriptRun> {
  const name = `sequential-script${path.extname(import.meta.filename)}`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', path.join(import.meta.dirname, name), String(scriptUsers)],
    { env: { ...process.env, ...settings } },
  );
  return JSON.parse(stdout) as ScriptRun;
}

/** A folder and child processes that are gone afterwards, whatever happens. */
async function inFolder<T>(work: (folder: string, children: Child[]) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'execution-bench-'));
  const children: Child[] = [];
  try {
    return await work(folder, children);
  } finally {
    for (const child of children.toReversed()) await child.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
