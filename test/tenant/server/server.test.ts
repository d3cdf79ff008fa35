import https from 'node:https';
import { createCertificates } from '../../../local/tenant/certificates.js';
import { json, type TenantRequest } from '../../../local/tenant/exchange.js';
import { ConnectionReset } from '../../../local/tenant/faults.js';
import {
  startServer,
  type RunningServer,
  type ServerOptions,
} from '../../../local/tenant/server.js';

const running: RunningServer[] = [];
const lines: string[] = [];

async function start(handle: ServerOptions['handle'], tls?: ServerOptions['tls']) {
  const log = (line: string) => void lines.push(line);
  const server = await startServer({ port: 0, handle, log, ...(tls === undefined ? {} : { tls }) });
  running.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  lines.length = 0;
});

it('a request arrives with its absolute address, lower-case headers and bytes', async () => {
  const seen: TenantRequest[] = [];
  const server = await start(async (request) => {
    seen.push(request);
    return json(201, { ok: true }, { 'x-test': 'yes' });
  });

  const answer = await fetch(`${server.url}/a/b?c=%27d%27`, {
    method: 'PATCH',
    headers: { 'X-Custom': 'v' },
    body: 'ä',
  });

  expect([answer.status, answer.headers.get('x-test'), await answer.json()]).toEqual([
    201,
    'yes',
    { ok: true },
  ]);
  expect(seen[0]?.url.href).toBe(`${server.url}/a/b?c=%27d%27`);
  expect(seen[0]).toMatchObject({ method: 'PATCH', body: Buffer.from('ä') });
  expect(seen[0]?.headers['x-custom']).toBe('v');
});

it('a path that begins with two slashes stays on the own origin', async () => {
  const server = await start(async ({ url }) => json(200, { origin: url.origin }));

  const answer = await fetch(`${server.url}//evil.example/x`);

  expect(await answer.json()).toEqual({ origin: server.url });
});

it('a reset closes the connection without an answer', async () => {
  const server = await start(async () => {
    throw new ConnectionReset();
  });

  await expect(fetch(server.url)).rejects.toThrow('fetch failed');
  expect(lines).toEqual([]);
});

it('an unexpected error is a 500 for the caller and a line in the log', async () => {
  const server = await start(async () => {
    throw new Error('broken');
  });

  const answer = await fetch(server.url);

  expect(answer.status).toBe(500);
  expect(await answer.text()).toBe('{}');
  expect(lines.join()).toContain('broken');
});

it('a body of more than 8 MiB never reaches the tenant', async () => {
  let handled = 0;
  const server = await start(async () => json(200, { handled: (handled += 1) }));

  // The server may close while the client is still sending, so the client sees 413 or a broken pipe.
  const outcome = await fetch(server.url, {
    method: 'POST',
    body: Buffer.alloc(8 * 1024 * 1024 + 1),
  }).then(
    ({ status }) => status,
    () => 'broken',
  );

  expect([413, 'broken']).toContain(outcome);
  expect(handled).toBe(0);
});

it('https is spoken with a certificate that its authority vouches for', async () => {
  const made = await createCertificates(Date.now());
  const server = await start(async () => json(200, { ok: true }), {
    key: made.key,
    cert: made.certificate,
  });

  const trusting = await get(server.url, made.authority);
  const doubting = get(server.url, undefined);

  expect(trusting).toBe('{"ok":true}');
  await expect(doubting).rejects.toThrow(/certificate|signed/);
});

it('a stopped server lets nobody in and leaves nothing open', async () => {
  const server = await start(async () => json(200, {}));
  await (await fetch(server.url)).text();

  await server.stop();

  await expect(fetch(server.url)).rejects.toThrow('fetch failed');
});

function get(url: string, ca: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { agent: new https.Agent(), ...(ca === undefined ? {} : { ca }) };
    https
      .get(url, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      })
      .on('error', reject);
  });
}
