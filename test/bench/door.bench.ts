import { createServer } from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Child } from '../../local/commands/child.js';
import { startTenant } from '../../local/tenant/start.js';
import { sentinelIncident } from '../support/alert-bodies.js';
import { startApp } from './bench-app.js';
import type { Row } from './row.js';

const requests = 2_000;
const atOnce = 32;

interface Shot {
  readonly url: string;
  readonly init: RequestInit;
  readonly expected: number;
}

/** How many requests a second the doors answer, beside a server of Node's that does nothing at all. */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'door-bench-'));
  const children: Child[] = [];
  const options = { port: 0, dataDir: folder, seed: 1, users: 48, scenario: 'quiet', speed: 60 };
  const tenant = await startTenant(options);
  const bare = await startBare();
  try {
    const { url } = await startApp(folder, tenant.settings, (policy) => policy, children);
    const { default: key } = JSON.parse(readFileSync(path.join(folder, 'keys.json'), 'utf8')) as {
      default: string;
    };
    const alert: RequestInit = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-functions-key': key },
      body: JSON.stringify(sentinelIncident()),
    };
    const alerts = `${url}/api/alerts/sentinel`;
    const forged = { ...alert, headers: { authorization: 'Bearer a.b.c' } };
    const floor = await perSecond({ url: bare.url, init: alert, expected: 200 });
    const known = await perSecond({ url: alerts, init: alert, expected: 202 });
    const refused = await perSecond({ url: alerts, init: forged, expected: 401 });
    const note = `${requests} requests, ${atOnce} at once, one process answers`;
    return [
      { name: 'bare node:http, an alert read and 200', value: floor, unit: '/s', note },
      { name: 'an alert that is known already, 202', value: known, unit: '/s', note },
      { name: 'a forged token, 401', value: refused, unit: '/s', note },
      {
        name: 'bare server over a known alert',
        value: floor / known,
        unit: 'x',
        note: 'host, key, schema, claims and records of the store; 1 would be a door that does nothing',
      },
    ];
  } finally {
    for (const child of children) await child.stop();
    await bare.stop();
    await tenant.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startBare() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200).end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function perSecond({ url, init, expected }: Shot): Promise<number> {
  const one = async () => {
    const answer = await fetch(url, init);
    await answer.arrayBuffer();
    if (answer.status !== expected) throw new Error(`${url} answered ${answer.status}`);
  };
  for (let warm = 0; warm < 20; warm += 1) await one();
  let left = requests;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while ((left -= 1) >= 0) await one();
    }),
  );
  return (requests * 1000) / (performance.now() - from);
}
