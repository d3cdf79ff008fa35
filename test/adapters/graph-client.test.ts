import { createGraphClient } from '../../shared/adapters/graph/client.js';
import { graphPath, type GraphRequest } from '../../shared/adapters/graph/request.js';
import {
  answer,
  countingCredential,
  frozenClock,
  graphError,
  networkError,
  scripted,
  type Step,
} from './scripted.js';

const endpoint = 'https://graph.example';
const id = '11111111-2222-4333-8444-555555555555';
const group = '99999999-2222-4333-8444-555555555555';
const reading: GraphRequest = { method: 'GET', path: graphPath`/users/${id}`, repeatable: true };
const addMember: GraphRequest = {
  method: 'POST',
  path: graphPath`/groups/${group}/members/$ref`,
  body: { '@odata.id': `${endpoint}/v1.0/directoryObjects/${id}` },
  repeatable: false,
};
const good = answer(200, { id });

function clientOf(...steps: readonly Step[]) {
  const script = scripted(...steps);
  const clock = frozenClock();
  const credential = countingCredential();
  const client = createGraphClient({
    endpoint,
    credential,
    clock,
    fetch: script.fetch,
    random: () => 1,
  });
  return { client, clock, credential, seen: script.seen };
}

describe('the Graph client', () => {
  it.each<[string, Response | Error, number]>([
    ['429 with seconds', answer(429, {}, { 'retry-after': '7' }), 7000],
    ['429 with a fraction of seconds', answer(429, {}, { 'retry-after': '2.128' }), 2128],
    ['429 with more than the library waits', answer(429, {}, { 'retry-after': '200' }), 200_000],
    ['429 with a date', answer(429, {}, { 'retry-after': 'Fri, 20 Nov 2026 14:30:09 GMT' }), 9000],
    [
      '429 with a date in the past',
      answer(429, {}, { 'retry-after': 'Fri, 20 Nov 2026 14:00:00 GMT' }),
      0,
    ],
    ['429 without advice', answer(429), 1000],
    ['429 with nonsense', answer(429, {}, { 'retry-after': 'soon' }), 1000],
    ['500', answer(500, 'oops'), 1000],
    [
      '502 from a gateway',
      answer(502, '<html>Bad gateway</html>', { 'content-type': 'text/html' }),
      1000,
    ],
    ['503 with seconds', answer(503, {}, { 'retry-after': '3' }), 3000],
    ['504', graphError(504, 'UnknownError'), 1000],
    ['a reset connection', networkError('ECONNRESET'), 1000],
    ['a refused connection', networkError('ECONNREFUSED'), 1000],
    ['a timeout', Object.assign(new Error('late'), { name: 'TimeoutError' }), 1000],
    [
      'an HTML page with status 200',
      answer(200, '<html>Sign in</html>', { 'content-type': 'text/html' }),
      1000,
    ],
    ['an empty 200', answer(200), 1000],
    ['cut-off JSON', answer(200, '{"id":"1'), 1000],
    ["a 404 that is not Graph's", answer(404, '<h1>Not found</h1>'), 1000],
    ['a 404 without a body', answer(404), 1000],
    [
      'a redirect to a foreign host',
      answer(302, undefined, { location: 'https://evil.example/' }),
      1000,
    ],
  ])('a read survives %s', async (_what, fault, wait) => {
    const { client, clock, seen } = clientOf(fault, good);

    const result = await client.send(reading);

    expect(result).toMatchObject({ status: 200, body: { id } });
    expect(seen.map(({ url }) => url)).toEqual(Array(2).fill(`${endpoint}/v1.0/users/${id}`));
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(wait);
  });

  it.each([
    ['GRAPH_THROTTLED', answer(429)],
    ['GRAPH_UNAVAILABLE', answer(503)],
    ['GRAPH_UNAVAILABLE', networkError('ECONNRESET')],
    ['GRAPH_UNAVAILABLE', answer(302, undefined, { location: 'https://evil.example/' })],
  ])('a read ends with %s after a bounded number of attempts', async (code, fault) => {
    const { client, seen } = clientOf(fault);

    await expect(client.send(reading)).rejects.toMatchObject({ code, retryable: true });
    expect(seen).toHaveLength(6);
  });

  it('a wait longer than an activity may take is thrown, and kept for later requests', async () => {
    const { client, clock, seen } = clientOf(answer(429, {}, { 'retry-after': '900' }), good);

    await expect(client.send(reading)).rejects.toMatchObject({ code: 'GRAPH_THROTTLED' });
    await expect(client.send(reading)).rejects.toMatchObject({ code: 'GRAPH_THROTTLED' });
    await clock.sleep(900_000);

    expect((await client.send(reading)).status).toBe(200);
    expect(seen).toHaveLength(2);
  });

  it('one throttled request holds back the others, but not those to another part of Graph', async () => {
    const { client, clock } = clientOf(answer(429, {}, { 'retry-after': '30' }), good);
    const began = clock.now();
    const audits = { method: 'GET', path: '/auditLogs/signIns', repeatable: true } as const;

    await client.send(reading);
    const afterWait = clock.now() - began;
    await client.send(audits);

    expect(afterWait).toBe(30_000);
    expect(clock.now() - began).toBe(30_000);
  });

  it.each([400, 403, 404, 409, 412])(
    'a refusal %d is an answer and not repeated',
    async (status) => {
      const { client, seen } = clientOf(graphError(status, 'Authorization_RequestDenied', 'no'));

      const result = await client.send(reading);

      expect(result).toMatchObject({
        status,
        body: { error: { code: 'Authorization_RequestDenied' } },
      });
      expect(seen).toHaveLength(1);
    },
  );

  it.each<[string, Response | Error]>([
    ['a reset', networkError('ECONNRESET')],
    ['a timeout', Object.assign(new Error('late'), { name: 'TimeoutError' })],
    ['500', answer(500)],
    ['503', answer(503, {}, { 'retry-after': '1' })],
    ['an HTML page', answer(200, '<html>')],
    ['an empty 200', answer(200)],
    ["JSON that is not Graph's", answer(200, { value: [] })],
  ])('a write that is not repeatable is never sent again after %s', async (_what, fault) => {
    const { client, seen } = clientOf(fault, answer(204));

    await expect(client.send(addMember)).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' });
    expect(seen).toHaveLength(1);
  });

  it.each<[string, Response | Error]>([
    ['429', answer(429, {}, { 'retry-after': '1' })],
    ['a connection that was never made', networkError('ECONNREFUSED')],
    ['an unknown host', networkError('ENOTFOUND')],
  ])('a write that is not repeatable is sent again after %s', async (_what, fault) => {
    const { client, seen } = clientOf(fault, answer(204));

    expect(await client.send(addMember)).toMatchObject({ status: 204, afterUnknown: false });
    expect(seen).toHaveLength(2);
  });

  it.each([answer(200, { value: [] }), answer(201, ['done']), answer(200, { id: 'x' })])(
    'a success that somebody else tells counts as no success of a write',
    async (foreign) => {
      const { client, seen } = clientOf(foreign, answer(204));
      const path = graphPath`/users/${'0b4d6a2e-5f0c-4c3e-9a51-6d2f8c1b7e90'}`;

      const result = await client.send({ method: 'PATCH', path, body: {}, repeatable: true });

      expect(result).toMatchObject({ status: 204, afterUnknown: true });
      expect(seen).toHaveLength(2);
    },
  );

  it('a repeated write remembers that an earlier attempt may have been applied', async () => {
    const { client } = clientOf(networkError('ECONNRESET'), graphError(404));
    const path = graphPath`/roleManagement/directory/roleAssignments/${'a_b-1'}`;

    const result = await client.send({ method: 'DELETE', path, repeatable: true });

    expect(result).toMatchObject({ status: 404, afterUnknown: true });
  });
});

describe('tokens', () => {
  it('every attempt asks for a fresh one', async () => {
    const { client, seen } = clientOf(answer(503), good);

    await client.send(reading);

    expect(seen.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  it('a claims challenge is answered once with the claims', async () => {
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1763649000"}}}';
    const challenge = `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`;
    const { client, credential } = clientOf(
      answer(401, {}, { 'www-authenticate': challenge }),
      good,
    );

    expect((await client.send(reading)).status).toBe(200);
    expect(credential.claims).toEqual([undefined, claims]);
  });

  it('a 401 in the middle of a run is tried with a new token and else is a fault, not a refusal', async () => {
    const once = clientOf(answer(401), good);
    const always = clientOf(answer(401));

    expect((await once.client.send(reading)).status).toBe(200);
    await expect(always.client.send(reading)).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' });
  });

  it('none appears in an error, even when the token library quotes one', async () => {
    const { fetch } = scripted(good);
    const credential = { getToken: () => Promise.reject(new Error('secret-value leaked')) };
    const client = createGraphClient({ endpoint, credential, clock: frozenClock(), fetch });

    const failure = await client.send(reading).catch((error: unknown) => error as Error);

    expect((failure as Error).message).not.toContain('secret-value');
  });
});

describe('addresses', () => {
  it.each([
    ['a_b.com#EXT#@c.onmicrosoft.com', 'a_b.com%23EXT%23%40c.onmicrosoft.com'],
    ['a/b?c&d', 'a%2Fb%3Fc%26d'],
    ["o'neil+x@c.com", "o'neil%2Bx%40c.com"],
  ])('a name such as %s stays one segment', (name, encoded) => {
    expect(graphPath`/users/${name}`).toBe(`/users/${encoded}`);
  });

  it('query values arrive as they were meant', async () => {
    const { client, seen } = clientOf(answer(200, { value: [] }));
    const $filter = "userPrincipalName eq 'a_b.com#EXT#@c & d + e'";

    for await (const page of client.pages({ path: '/users', query: { $filter, $select: 'id' } })) {
      expect(page).toEqual([]);
    }

    const { searchParams } = new URL(seen[0]?.url ?? '');
    expect(Object.fromEntries(searchParams)).toEqual({ $filter, $select: 'id' });
  });

  it('pages are followed on our own origin only', async () => {
    const next = `${endpoint}/v1.0/users?$skiptoken=abc%3D`;
    const own = clientOf(
      answer(200, { value: [1], '@odata.nextLink': next }),
      answer(200, { value: [2] }),
    );
    const foreign = clientOf(
      answer(200, {
        value: [1],
        '@odata.nextLink': 'https://evil.example/v1.0/users?$skiptoken=a',
      }),
    );

    expect(await allOf(own.client)).toEqual([1, 2]);
    expect(own.seen[1]?.url).toBe(next);
    await expect(allOf(foreign.client)).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' });
    expect(foreign.seen).toHaveLength(1);
  });

  it.each([
    ['a page without a list', answer(200, { data: [] })],
    ['http', answer(200, { value: [], '@odata.nextLink': 'http://graph.example/v1.0/users' })],
    [
      'another port',
      answer(200, { value: [], '@odata.nextLink': 'https://graph.example:444/v1.0/users' }),
    ],
  ])('%s ends the reading with a fault', async (_what, page) => {
    await expect(allOf(clientOf(page).client)).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' });
  });
});

async function allOf(client: ReturnType<typeof createGraphClient>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const page of client.pages({ path: '/users' })) all.push(...page);
  return all;
}
