/**
 * What a person would write without this product: enables disabled users again, one request after the
 * other, on one kept connection. Settings of the tenant in the environment; argument: how many users.
 * One line of JSON on stdout.
 */
import type { ScriptRun } from './execution.bench.js';

const wanted = Number(process.argv[2]);
const graph = process.env['GRAPH_ENDPOINT'] ?? '';
const headers = {
  authorization: `Bearer ${await accessToken()}`,
  'content-type': 'application/json',
};

const ids: string[] = [];
let page: string | undefined =
  `${graph}/v1.0/users?$filter=accountEnabled eq false&$select=id&$top=999`;
while (page !== undefined && ids.length < wanted) {
  const answer = await fetch(page, { headers });
  const listed = (await answer.json()) as { value: { id: string }[]; '@odata.nextLink'?: string };
  ids.push(...listed.value.map(({ id }) => id));
  page = listed['@odata.nextLink'];
}

let throttled = 0;
const started = performance.now();
for (const id of ids.slice(0, wanted)) await enable(id);
const run: ScriptRun = {
  users: Math.min(wanted, ids.length),
  seconds: (performance.now() - started) / 1000,
  throttled,
};
process.stdout.write(`${JSON.stringify(run)}\n`);

async function enable(id: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${graph}/v1.0/users/${id}`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ accountEnabled: true }),
    });
    await answer.arrayBuffer();
    if (answer.status === 204) return;
    if (answer.status !== 429) throw new Error(`PATCH was answered ${answer.status}`);
    throttled += 1;
    const seconds = Number(answer.headers.get('retry-after') ?? '1');
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

async function accessToken(): Promise<string> {
  const url = new URL(process.env['IDENTITY_ENDPOINT'] ?? '');
  url.searchParams.set('api-version', '2019-08-01');
  url.searchParams.set('resource', graph);
  url.searchParams.set('client_id', process.env['AZURE_CLIENT_ID'] ?? '');
  const answer = await fetch(url, {
    headers: { 'x-identity-header': process.env['IDENTITY_HEADER'] ?? '' },
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
