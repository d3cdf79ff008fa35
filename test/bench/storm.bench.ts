import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Child } from '../../local/commands/child.js';
import { isObject, request } from '../../local/commands/request.js';
import { startTenant } from '../../local/tenant/start.js';
import { eventually } from '../support/eventually.js';
import { blow } from '../support/storm.js';
import { startApp, withPart } from './bench-app.js';
import type { Row } from './row.js';
import { percentile } from './tenant-journal.js';

const alerts = 100;
const deliveries = 20;
/** Delivered one by one while the incidents of the storm run. */
const later = 40;

/** What a storm of alerts costs its senders, and whoever delivers one more while its incidents run. */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'storm-bench-'));
  const children: Child[] = [];
  const tenant = await startTenant({
    port: 0,
    dataDir: folder,
    seed: 1,
    users: 48,
    scenario: 'bulk-disable',
    speed: 60,
  });
  try {
    const { url } = await startApp(
      folder,
      tenant.settings,
      (policy) => withPart(policy, 'containment', { maxPerHour: 10_000 }),
      children,
    );
    const keys = readFileSync(path.join(folder, 'keys.json'), 'utf8');
    const { default: key } = JSON.parse(keys) as { default: string };
    const door = {
      url: `${url}/api/alerts/sentinel`,
      headers: { 'content-type': 'application/json', 'x-functions-key': key },
      giveUpAfterMs: 120_000,
    };

    const many = await bodies(tenant.controlUrl, alerts);
    const begun = performance.now();
    const storm = await blow({ ...door, alerts: many, deliveries });
    const stormMs = performance.now() - begun;

    const waits: number[] = [];
    for (const [name, body] of await bodies(tenant.controlUrl, later)) {
      const one = await blow({ ...door, alerts: new Map([[name, body]]), deliveries: 1 });
      waits.push(...one.map(({ from, to }) => to - from));
    }
    const plannedMs = await untilPlanned(url, tenant.controlUrl, alerts + later, begun);
    await children[0]?.stop();
    const refused = storm.filter(({ opened }) => opened === null);
    if (refused.length > 0) throw new Error(`a genuine alert was refused: ${refused[0]?.why}`);

    const all = storm.map(({ from, to }) => to - from);
    const note = `${alerts} alerts, each delivered ${deliveries} times, all at once`;
    const during = `${later} new alerts one by one while the incidents of the storm run`;
    return [
      {
        name: 'storm, deliveries accepted',
        value: (all.length * 1000) / stormMs,
        unit: '/s',
        note,
      },
      { name: 'storm, until accepted, p99', value: percentile(all, 0.99), unit: 'ms', note },
      { name: 'one more alert, median', value: percentile(waits, 0.5), unit: 'ms', note: during },
      { name: 'one more alert, p99', value: percentile(waits, 0.99), unit: 'ms', note: during },
      {
        name: 'storm to the last plan',
        value: plannedMs / 1000,
        unit: 's',
        note: `${alerts + later} incidents of 48 objects each; at this speed 15 s of it are the settle time`,
      },
      {
        name: 'memory of the function app, peak',
        value: peakOf(children[0]) / 2 ** 20,
        unit: 'MB',
        note: `with Node.js, ${alerts + later} incidents open`,
      },
    ];
  } finally {
    for (const child of children) await child.stop();
    await tenant.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Alerts of their own about the scenario's actor, by name. */
async function bodies(control: string, count: number): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  while (made.size < count) {
    const name = randomUUID();
    const { body } = await request('GET', new URL(`/alert?name=${name}`, control));
    made.set(name, JSON.stringify(body));
  }
  return made;
}

async function untilPlanned(
  url: string,
  control: string,
  count: number,
  begun: number,
): Promise<number> {
  const { body } = await request('POST', new URL('/token', control), {
    body: { person: 'reader' },
  });
  const { accessToken } = body as { accessToken: string };
  return eventually(
    'every incident waits for its approval',
    async () => {
      const answer = await fetch(`${url}/api/incidents?top=200`, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      const { items } = (await answer.json()) as {
        items: readonly { waitingFor: { kind: string } | null }[];
      };
      const planned = items.filter(({ waitingFor }) => waitingFor?.kind === 'approval');
      return planned.length === count ? performance.now() - begun : null;
    },
    { ms: 600_000, everyMs: 500 },
  );
}

function peakOf(child: Child | undefined): number {
  const peak = child?.lastMessage((message) =>
    isObject(message) && typeof message['peakMemoryBytes'] === 'number'
      ? message['peakMemoryBytes']
      : null,
  );
  if (peak === null || peak === undefined) throw new Error('the function app told no memory');
  return peak;
}
