import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Child } from '../../local/commands/child.js';
import { request } from '../../local/commands/request.js';
import type { TenantClock } from '../../local/tenant/exchange.js';
import { realClock, startTenant } from '../../local/tenant/start.js';
import { eventually } from '../support/eventually.js';
import { startApp, withPart } from './bench-app.js';
import type { Row } from './row.js';
import { percentile, readJournal } from './tenant-journal.js';

const warmUp = 5;
const incidents = 50;
/** Longer than anything the app does between two requests of one incident. */
const quietMs = 700;

interface Incident {
  /** From the alert's POST to the moment the tenant had revoked the actor's sessions. */
  readonly totalMs: number;
  /** Of that, while at least one call was held up by a simulated service. */
  readonly outsideMs: number;
  /** Requests that the tenant received in that time, the revocation included. */
  readonly calls: number;
}

/** How long an actor goes on after the alert, at the services' own pace, and how much of that is ours. */
export async function run(): Promise<Row[]> {
  const measured = (await measure()).slice(warmUp);
  const of = (value: (incident: Incident) => number, share: number) =>
    percentile(measured.map(value), share);
  const ours = ({ totalMs, outsideMs }: Incident) => totalMs - outsideMs;
  const requests = ({ calls }: Incident) => calls;
  const how = `${incidents} incidents one by one, warm, simulated services at real pace`;
  return [
    {
      name: 'alert to revoked sessions, p95',
      value: of(({ totalMs }) => totalMs, 0.95),
      unit: 'ms',
      note: how,
    },
    {
      name: 'alert to revoked sessions, median',
      value: of(({ totalMs }) => totalMs, 0.5),
      unit: 'ms',
      note: `${of(requests, 0.5)} requests to the tenant on the way, ${of(requests, 0)} to ${of(requests, 1)}`,
    },
    {
      name: 'of that ours, p95',
      value: of(ours, 0.95),
      unit: 'ms',
      note: 'total without the simulated latencies; function app, host, TLS and what the simulator computes',
    },
    { name: 'of that ours, median', value: of(ours, 0.5), unit: 'ms', note: 'likewise' },
    {
      name: 'total over the floor, median',
      value: of(({ totalMs, outsideMs }) => totalMs / outsideMs, 0.5),
      unit: 'x',
      note: 'floor: the simulated latencies on the way alone; 1 would be a product that costs nothing',
    },
  ];
}

async function measure(): Promise<Incident[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'contain-bench-'));
  const children: Child[] = [];
  const pauses = notePauses(realClock);
  const tenant = await startTenant({
    port: 0,
    dataDir: folder,
    seed: 1,
    users: 48,
    scenario: 'bulk-disable',
    speed: 1,
    clock: pauses.clock,
  });
  try {
    // The hourly limit is for many identities at once: it must never come between here.
    const app = await startApp(
      folder,
      tenant.settings,
      (policy) => withPart(policy, 'containment', { maxPerHour: 10_000 }),
      children,
    );
    const measured: Incident[] = [];
    while (measured.length < warmUp + incidents) {
      measured.push(await measureOne(app.url, tenant.controlUrl, folder, pauses));
    }
    return measured;
  } finally {
    for (const child of children) await child.stop();
    await tenant.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureOne(
  appUrl: string,
  control: string,
  folder: string,
  pauses: ReturnType<typeof notePauses>,
): Promise<Incident> {
  const since = await quiet(control, pauses);
  const { body: alert } = await request('GET', new URL('/alert', control));
  const keys = readKeys(folder);
  pauses.forget();

  const from = Date.now();
  const answer = await fetch(new URL('/api/alerts/sentinel', appUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-functions-key': keys.default },
    body: JSON.stringify(alert),
  });
  if (answer.status !== 202) throw new Error(`the alert was answered ${answer.status}`);
  const { incidentId, deduplicated } = (await answer.json()) as {
    incidentId: string;
    deduplicated: boolean;
  };
  if (deduplicated) throw new Error('the alert joined an earlier incident: nothing was measured');

  const calls = await eventually(
    'the actor’s sessions are revoked',
    async () => {
      const entries = await readJournal(control, since);
      const last = entries.findIndex(({ path: to }) => to.endsWith('/revokeSignInSessions'));
      return last < 0 ? null : entries.slice(0, last + 1);
    },
    { everyMs: 50 },
  );
  // What comes after is not measured, and would only get in the way of the next incident.
  const end = `/runtime/webhooks/durabletask/instances/${incidentId}/terminate?code=${keys.system}`;
  const ended = await fetch(new URL(end, appUrl), { method: 'POST' });
  if (ended.status !== 202) throw new Error(`terminating was answered ${ended.status}`);

  const revocation = calls.at(-1);
  if (revocation?.status !== 200) throw new Error(`revoking was answered ${revocation?.status}`);
  const to = Date.parse(revocation.at);
  return { totalMs: to - from, outsideMs: pauses.within(from, to), calls: calls.length };
}

/** The embedded host's own keys (contract section 3). */
const readKeys = (folder: string) =>
  JSON.parse(readFileSync(path.join(folder, 'keys.json'), 'utf8')) as {
    readonly default: string;
    readonly system: string;
  };

/** Waits until the incident before asks nothing more of the tenant; answers the journal's length. */
async function quiet(control: string, pauses: ReturnType<typeof notePauses>): Promise<number> {
  let seen = (await readJournal(control, 0)).length;
  let since = Date.now();
  return eventually('the tenant is left in peace', async () => {
    const fresh = (await readJournal(control, seen)).length;
    if (fresh > 0 || pauses.running() > 0) since = Date.now();
    seen += fresh;
    return Date.now() - since >= quietMs ? seen : null;
  });
}

/** A clock that remembers each pause of a simulated service. */
function notePauses(clock: TenantClock) {
  let pauses: { from: number; to: number }[] = [];
  let running = 0;
  return {
    clock: {
      now: () => clock.now(),
      sleep: async (ms: number) => {
        const from = Date.now();
        running += 1;
        await clock.sleep(ms);
        running -= 1;
        pauses.push({ from, to: Date.now() });
      },
    },
    running: () => running,
    forget: () => void (pauses = []),
    /** How long, between two instants, at least one service paused: side by side counts once. */
    within(from: number, to: number): number {
      let covered = from;
      let sum = 0;
      for (const pause of pauses.toSorted((a, b) => a.from - b.from)) {
        const begin = Math.max(pause.from, covered);
        const end = Math.min(pause.to, to);
        if (end <= begin) continue;
        sum += end - begin;
        covered = end;
      }
      return sum;
    },
  };
}
