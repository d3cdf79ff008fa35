import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startTenant, type RunningTenant } from '../../../local/tenant/start.js';

const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), 'tenant-'));
let tenant: RunningTenant;

beforeAll(async () => {
  tenant = await startTenant({
    port: 0,
    dataDir: folder,
    seed: 1,
    users: 8,
    scenario: 'bulk-disable',
    speed: 600,
  });
});

afterAll(async () => {
  await tenant.stop();
  rmSync(folder, { recursive: true });
});

/** Runs a module in a Node of its own, with the tenant's settings as its environment. */
async function inProduct(source: string): Promise<unknown> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', source], {
    env: { PATH: process.env['PATH'], ...tenant.settings },
    timeout: 30_000,
  });
  return JSON.parse(stdout) as unknown;
}

async function control(method: string, route: string, body?: unknown) {
  const answer = await fetch(tenant.controlUrl + route, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}

it('the settings name every door of the tenant and the files exist', () => {
  const { settings, url, controlUrl } = tenant;

  expect(settings).toMatchObject({
    GRAPH_ENDPOINT: url,
    LOGS_ENDPOINT: url,
    AZURE_AUTHORITY_HOST: url,
    IDENTITY_ENDPOINT: `${controlUrl}/msi/token`,
    BOT_SERVICE_URL: `${url}/teams/amer/${settings['TENANT_ID']}/`,
    LOCAL_CONTROL: controlUrl,
  });
  const names = [
    'LOGS_WORKSPACE_ID',
    'IDENTITY_HEADER',
    'AZURE_CLIENT_ID',
    'API_AUDIENCE',
    'BOT_APP_ID',
    'BOT_OPENID_METADATA',
    'BOT_CONVERSATION_ID',
    'URGENT_NOTICE_URL',
  ];
  expect(names.filter((name) => (settings[name] ?? '') === '')).toEqual([]);
  expect(readFileSync(settings['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8')).toContain('CERTIFICATE');
  const policy = JSON.parse(readFileSync(settings['POLICY'] ?? '', 'utf8')) as Record<
    string,
    never
  >;
  expect(policy['teams']).toEqual({ serviceHosts: [new URL(url).host] });
  expect(statSync(folder).isDirectory()).toBe(true);
});

it('the Azure identity library gets a managed identity token and Graph accepts it', async () => {
  const answer = await inProduct(`
    import { ManagedIdentityCredential } from '@azure/identity';
    const { GRAPH_ENDPOINT, AZURE_CLIENT_ID } = process.env;
    const credential = new ManagedIdentityCredential({ clientId: AZURE_CLIENT_ID });
    const { token } = await credential.getToken(GRAPH_ENDPOINT + '/.default');
    const get = (headers) => fetch(GRAPH_ENDPOINT + '/v1.0/users?$top=1&$select=id', { headers });
    const allowed = await get({ authorization: 'Bearer ' + token });
    const nobody = await get({});
    console.log(JSON.stringify([allowed.status, (await allowed.json()).value?.length, nobody.status]));
  `);

  expect(answer).toEqual([200, 1, 401]);
});

it('a token for the bot is refused by Graph, and one for Graph by the Bot Connector', async () => {
  const answer = await inProduct(`
    import { ManagedIdentityCredential } from '@azure/identity';
    const { GRAPH_ENDPOINT, AZURE_CLIENT_ID, BOT_SERVICE_URL, BOT_CONVERSATION_ID } = process.env;
    const credential = new ManagedIdentityCredential({ clientId: AZURE_CLIENT_ID });
    const bearer = async (scope) => ({
      authorization: 'Bearer ' + (await credential.getToken(scope)).token,
      'content-type': 'application/json',
    });
    const bot = await bearer('https://api.botframework.com/.default');
    const graph = await bearer(GRAPH_ENDPOINT + '/.default');
    const post = (headers) =>
      fetch(BOT_SERVICE_URL + 'v3/conversations/' + encodeURIComponent(BOT_CONVERSATION_ID) + '/activities', {
        method: 'POST',
        headers,
        body: JSON.stringify({ type: 'message', text: 'Hello' }),
      });
    const answers = [
      await fetch(GRAPH_ENDPOINT + '/v1.0/users?$top=1', { headers: bot }),
      await post(graph),
      await post(bot),
    ];
    console.log(JSON.stringify(answers.map(({ status }) => status)));
  `);

  expect(answer).toEqual([401, 401, 201]);
});

it('the logs library queries the workspace with the same identity', async () => {
  const answer = await inProduct(`
    import { ManagedIdentityCredential } from '@azure/identity';
    import { LogsQueryClient } from '@azure/monitor-query';
    const { LOGS_ENDPOINT, LOGS_WORKSPACE_ID, AZURE_CLIENT_ID } = process.env;
    const credential = new ManagedIdentityCredential({ clientId: AZURE_CLIENT_ID });
    const client = new LogsQueryClient(credential, { endpoint: LOGS_ENDPOINT, audience: LOGS_ENDPOINT });
    const query = 'AuditLogs | summarize n = count()';
    const result = await client.queryWorkspace(LOGS_WORKSPACE_ID, query, { duration: 'P1D' });
    console.log(JSON.stringify([result.status, result.tables[0].rows[0][0] > 0]));
  `);

  expect(answer).toEqual(['Success', true]);
});

it('without the authority nobody trusts the tenant', async () => {
  await expect(fetch(`${tenant.url}/v1.0/users`)).rejects.toThrow('fetch failed');
});

it('the alert is delivered to the product that listens', async () => {
  const bodies: string[] = [];
  const product = http.createServer((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
    request.on('end', () => response.writeHead(202).end('{"incidentId":"inc-1"}'));
  });
  await new Promise<void>((resolve) => product.listen(0, '127.0.0.1', resolve));
  const { port } = product.address() as AddressInfo;

  await control('PUT', '/app', { url: `http://127.0.0.1:${port}` });
  const answer = await control('POST', '/alert');

  expect(answer.body).toMatchObject({ status: 202, body: { incidentId: 'inc-1' } });
  expect(JSON.parse(bodies.join(''))).toMatchObject({ objectSchemaType: 'Incident' });
  await new Promise((resolve) => product.close(resolve));
});

it('the true state of a person is shown without a token', async () => {
  const { body } = await control('GET', '/people');
  const [{ id }] = body['people'] as unknown as [{ id: string }];

  const user = await control('GET', `/directory/user/${id}`);
  const group = await control('GET', `/directory/group/${id}`);

  expect(user.body).toMatchObject({ id, type: 'user', state: 'live' });
  expect(group.status).toBe(404);
});

it('a fault that is set strikes, and a rule that makes no sense is refused', async () => {
  const rule = { match: { path: '^/v1.0/users' }, times: 1, answer: { status: 503 } };

  const accepted = await control('PUT', '/faults', { rules: [rule] });
  const bad = await control('PUT', '/faults', {
    rules: [{ match: { path: '(' }, answer: 'reset' }],
  });
  const unknown = await control('PUT', '/faults', {
    rules: [{ match: { path: 'x' }, answer: 'no' }],
  });

  expect(accepted.body).toEqual({ rules: [rule] });
  expect([bad.status, unknown.status]).toEqual([400, 400]);
  await control('PUT', '/faults', { rules: [] });
});
