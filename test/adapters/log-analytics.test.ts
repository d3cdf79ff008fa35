import { createLogAnalytics } from '../../shared/adapters/logs/log-analytics.js';
import type { AuditEvent } from '../../shared/domain/attribution/audit.js';
import { compareInstants } from '../../shared/domain/instants.js';
import type { Window } from '../../shared/domain/incident/incident.js';
import type { ActorRef } from '../../shared/domain/identities.js';
import { headersLike, httpClientFrom, type HttpClient } from '../support/http-client.js';
import { countingCredential, frozenClock } from './scripted.js';
import { origin, reportQuota, start, tenantRig, type TenantRig } from './tenant-rig.js';
import { inLogs, userTarget, changed, userId } from './audit-row-samples.js';

const hour = 3_600_000;
const window: Window = {
  from: new Date(start - 24 * hour).toISOString(),
  to: new Date(start + hour).toISOString(),
};
const somebody: ActorRef = { kind: 'user', id: userId, name: 'x' };

async function all(events: AsyncIterable<AuditEvent>): Promise<AuditEvent[]> {
  const found: AuditEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

function onTenant(rig: TenantRig) {
  return createLogAnalytics({
    endpoint: origin,
    workspaceId: rig.tenant.world.ids.workspaceId,
    credential: rig.credential,
    patience: { clock: rig.clock, attempts: 5, firstWaitMs: 1000, mostWaitMs: 30_000 },
    httpClient: httpClientFrom(rig.tenant),
  });
}

const actorOf = ({ tenant }: TenantRig): ActorRef => ({
  kind: 'user',
  id: tenant.people.actor.id,
  name: 'actor',
});

describe('the audit trail in Log Analytics', () => {
  it("brings a person's writes oldest first, once each, with times to 100 ns", async () => {
    const rig = tenantRig({ scenario: 'bulk-disable', users: 300 });
    await rig.clock.sleep(hour / 2);

    const events = await all(onTenant(rig).readWrites([actorOf(rig)], window));

    const disabled = events.filter(({ changes }) =>
      changes.some(({ property }) => property === 'AccountEnabled'),
    );
    expect(new Set(disabled.map(({ objectId }) => objectId)).size).toBe(300);
    expect(events.every(({ by }) => by.id === rig.tenant.people.actor.id)).toBe(true);
    expect(events.every(({ at }) => /\.\d{7}Z$/.test(at))).toBe(true);
    expect(
      events.every(
        (event, index) =>
          index === 0 || compareInstants((events[index - 1] as AuditEvent).at, event.at) <= 0,
      ),
    ).toBe(true);
    expect(
      new Set(events.map((event) => `${event.id}|${event.objectId}|${event.groupId}`)).size,
    ).toBe(events.length);
  });

  it('tells the same story as Graph', async () => {
    const rig = tenantRig({ scenario: 'mixed' });
    await rig.clock.sleep(hour / 2);
    const { createDirectoryAudits } =
      await import('../../shared/adapters/graph/directory-audits.js');
    const graph = createDirectoryAudits({
      client: rig.client,
      clock: rig.clock,
      quota: reportQuota,
    });

    const fromLogs = await all(onTenant(rig).readWrites([actorOf(rig)], window));
    const fromGraph = await all(graph.readWrites([actorOf(rig)], window));

    const inOrder = (events: AuditEvent[]) =>
      [...events].sort((a, b) =>
        `${a.at}${a.id}${a.objectId}` < `${b.at}${b.id}${b.objectId}` ? -1 : 1,
      );
    expect(inOrder(fromLogs)).toEqual(inOrder(fromGraph));
  });

  it('histories hold what others did to the same objects', async () => {
    const rig = tenantRig({ scenario: 'mixed' });
    await rig.clock.sleep(hour / 2);

    const histories = await all(onTenant(rig).readHistories([actorOf(rig)], window, window));

    const byOthers = histories.filter(({ by }) => by.id !== rig.tenant.people.actor.id);
    const shared = rig.tenant.world.facts['alsoChangedByOthers'] ?? [];
    expect(byOthers.map(({ objectId }) => objectId)).toEqual(expect.arrayContaining([...shared]));
  });

  it('writers and sign-ins are counted by the workspace', async () => {
    const rig = tenantRig({ scenario: 'bulk-disable', users: 60 });
    await rig.clock.sleep(hour / 2);
    const logs = onTenant(rig);
    const { actor } = rig.tenant.people;

    const [first] = await logs.countWriters(
      { ...window, from: new Date(start - hour).toISOString() },
      5,
    );
    const signIns = await logs.readSignIns([actor.id], window.from);

    expect(first).toMatchObject({ kind: 'user', id: actor.id, name: actor.userPrincipalName });
    expect(first?.rows).toBeGreaterThanOrEqual(60);
    expect(signIns.every(({ userId: id }) => id === actor.id)).toBe(true);
  });

  it.each([
    { users: 400, says: 'is minutes where a day had rows enough', from: 180, to: 600 },
    { users: 20, says: 'is unknown where it had few', from: null, to: null },
  ])('the 99th percentile of the delay $says', async ({ users, from, to }) => {
    const rig = tenantRig({ scenario: 'bulk-disable', users });
    await rig.clock.sleep(hour / 2);

    const seconds = await onTenant(rig).measuredDelaySeconds();

    if (from === null) expect(seconds).toBeNull();
    else {
      expect(seconds).toBeGreaterThan(from);
      expect(seconds).toBeLessThan(to);
    }
  });

  it.each([
    ['https://api.loganalytics.azure.com', 'https://api.loganalytics.io/.default'],
    ['https://api.loganalytics.io', 'https://api.loganalytics.io/.default'],
    ['https://api.loganalytics.us', 'https://api.loganalytics.us/.default'],
  ])('is asked at %s with a token for %s', async (endpoint, scope) => {
    const scopes: unknown[] = [];
    const audits = createLogAnalytics({
      endpoint,
      workspaceId: userId,
      credential: {
        getToken: (asked) => {
          scopes.push(...[asked].flat());
          return Promise.resolve(null);
        },
      },
      patience: { clock: frozenClock(start), attempts: 1, firstWaitMs: 1, mostWaitMs: 1 },
    });

    await expect(audits.measuredDelaySeconds()).rejects.toMatchObject({
      code: 'GRAPH_UNAVAILABLE',
    });
    expect(scopes).toEqual([scope]);
  });

  it('no actors and no objects are no query', async () => {
    const rig = tenantRig({ scenario: 'quiet' });
    const logs = onTenant(rig);
    rig.fail({ match: { path: 'query' }, answer: { status: 400 } });

    expect(await all(logs.readWrites([], window))).toEqual([]);
    expect(await all(logs.readHistories([], window, window))).toEqual([]);
    expect(await all(logs.readObjectEvents([], window))).toEqual([]);
    expect(await logs.readSignIns([], window.from)).toEqual([]);
  });
});

interface Told {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

/** A service that answers from a script; counts are told from the window asked for. */
function onScript(answerTo: (query: string, asked: number) => Told | Error) {
  const clock = frozenClock();
  const queries: string[] = [];
  const httpClient: HttpClient = {
    sendRequest: (request) => {
      const { query } = JSON.parse(request.body as string) as { query: string };
      queries.push(query);
      const told = answerTo(query, queries.length);
      if (!('status' in told)) return Promise.reject(told);
      return Promise.resolve({
        request,
        status: told.status,
        headers: headersLike(request, told.headers ?? {}),
        bodyAsText: told.body,
      });
    },
  };
  const logs = createLogAnalytics({
    endpoint: 'https://logs.example',
    workspaceId: '44444444-4444-4444-4444-444444444444',
    credential: countingCredential(),
    patience: { clock, attempts: 4, firstWaitMs: 1000, mostWaitMs: 30_000 },
    httpClient,
  });
  return { logs, clock, queries };
}

const columns = [
  'Id',
  'TimeGenerated',
  'ActivityDateTime',
  'OperationName',
  'CorrelationId',
  'Result',
  'InitiatedBy',
  'TargetResources',
  'AdditionalDetails',
];
const dynamic = new Set(['InitiatedBy', 'TargetResources', 'AdditionalDetails']);

function rowAt(time: string): unknown[] {
  const row: Record<string, unknown> = {
    ...inLogs({
      operation: 'Update user',
      targets: [userTarget(changed('Department', '["a"]', '["b"]'))],
    }),
    Id: `row-${time}`,
    TimeGenerated: time,
    ActivityDateTime: time,
  };
  return columns.map((name) => (dynamic.has(name) ? JSON.stringify(row[name]) : row[name]));
}

const table = (rows: unknown[][], error?: object): Told => ({
  status: 200,
  body: JSON.stringify({
    tables: [
      {
        name: 'PrimaryResult',
        columns: columns.map((name) => ({ name, type: dynamic.has(name) ? 'dynamic' : 'string' })),
        rows,
      },
    ],
    ...(error && { error }),
  }),
});
const isCount = (query: string): boolean => query.includes('by Minute');
const countedAs = (rows: (string | number)[][]): Told => ({
  status: 200,
  body: JSON.stringify({
    tables: [
      {
        name: 'PrimaryResult',
        columns: [
          { name: 'Minute', type: 'string' },
          { name: 'Rows', type: 'long' },
        ],
        rows,
      },
    ],
  }),
});
const countOf = (times: readonly string[]): Told => countedAs(times.map((time) => [time, 1]));
const partial = {
  code: 'PartialError',
  message: 'truncated',
  details: [{ code: 'EngineError', message: 'limit' }],
};

/** Rows each ten minutes; the window is read back out of the query. */
const times = Array.from({ length: 12 }, (_, index) =>
  new Date(Date.UTC(2026, 10, 20, 12, 10 * index)).toISOString(),
);
const day: Window = { from: '2026-11-20T12:00:00.000Z', to: '2026-11-20T14:00:00.000Z' };

function timesIn(query: string): string[] {
  const [, from = '', to = ''] =
    /TimeGenerated >= datetime\((.+?)\) and TimeGenerated < datetime\((.+?)\)/.exec(query) ?? [];
  return times.filter((time) => compareInstants(time, from) >= 0 && compareInstants(time, to) < 0);
}

describe('answers that are not whole', () => {
  it.each([
    [
      'a partial result',
      (rows: string[]) =>
        rows.length > 4 ? table(rows.slice(0, 4).map(rowAt), partial) : table(rows.map(rowAt)),
    ],
    ['fewer rows than were counted', (rows: string[]) => table(rows.slice(0, 4).map(rowAt))],
  ])('%s is split in time until every part is whole', async (_what, answerTo) => {
    const { logs } = onScript((query) =>
      isCount(query) ? countOf(timesIn(query)) : answerTo(timesIn(query)),
    );

    const events = await all(logs.readWrites([somebody], day));

    expect(events.map(({ at }) => at)).toEqual(times);
  });

  it('one that stays partial for a single second is a fault, never a result', async () => {
    const { logs } = onScript((query) =>
      isCount(query) ? countedAs([[times[0] as string, 9]]) : table([], partial),
    );

    await expect(all(logs.readWrites([somebody], day))).rejects.toMatchObject({
      code: 'GRAPH_UNAVAILABLE',
    });
  });

  it('a row that cannot be read makes the answer unusable', async () => {
    const { logs } = onScript((query) =>
      isCount(query) ? countOf(times.slice(0, 1)) : table([columns.map(() => null)]),
    );

    await expect(all(logs.readWrites([somebody], day))).rejects.toMatchObject({
      code: 'GRAPH_UNAVAILABLE',
    });
  });

  it('a row that arrives between counting and reading is taken, not taken for a fault', async () => {
    const { logs } = onScript((query) =>
      isCount(query) ? countOf(times.slice(0, 11)) : table(times.map(rowAt)),
    );

    expect(await all(logs.readWrites([somebody], day))).toHaveLength(12);
  });

  it('the same row twice comes once', async () => {
    const { logs } = onScript((query) =>
      isCount(query)
        ? countedAs([[times[0] as string, 2]])
        : table([rowAt(times[0] as string), rowAt(times[0] as string)]),
    );

    expect(await all(logs.readWrites([somebody], day))).toHaveLength(1);
  });
});

const reset = Object.assign(new Error('socket hang up'), { name: 'RestError', code: 'ECONNRESET' });

describe('faults of the query service', () => {
  it.each<[string, Told | Error, number]>([
    ['429 with seconds', { status: 429, body: '{}', headers: { 'retry-after': '7' } }, 7000],
    [
      '429 with a date',
      { status: 429, body: '{}', headers: { 'retry-after': 'Fri, 20 Nov 2026 14:30:09 GMT' } },
      9000,
    ],
    ['429 without advice', { status: 429, body: '{}' }, 1000],
    ['500', { status: 500, body: '' }, 1000],
    ['502 from a gateway', { status: 502, body: '<html>' }, 1000],
    ['504', { status: 504, body: '{"error":{"code":"GatewayTimeout"}}' }, 1000],
    ['a reset', reset, 1000],
    ['an empty 200', { status: 200, body: '' }, 1000],
    ['an HTML page', { status: 200, body: '<html>' }, 1000],
    ['401', { status: 401, body: '{}' }, 1000],
    [
      'a redirect to a foreign host',
      { status: 302, body: '', headers: { location: 'https://evil.example/' } },
      1000,
    ],
  ])('%s is survived, each wait in full', async (_what, fault, wait) => {
    const { logs, clock, queries } = onScript((_query, asked) =>
      asked === 1 ? fault : countOf([]),
    );

    expect(await all(logs.readWrites([somebody], day))).toEqual([]);
    expect(queries).toHaveLength(2);
    expect(clock.slept).toEqual([wait]);
  });

  it.each<[string, Told, string]>([
    [
      'a query it does not like',
      { status: 400, body: '{"error":{"code":"BadArgumentError"}}' },
      '400',
    ],
    [
      'a missing right',
      { status: 403, body: '{"error":{"code":"InsufficientAccessError"}}' },
      'Log Analytics Reader',
    ],
    ['a workspace without data', { status: 204, body: '' }, 'LOGS_WORKSPACE_ID'],
  ])(
    '%s is a refusal that is not repeated and never an empty result',
    async (_what, told, words) => {
      const { logs, queries } = onScript(() => told);

      await expect(all(logs.readWrites([somebody], day))).rejects.toMatchObject({
        code: 'GRAPH_REJECTED',
        message: expect.stringContaining(words),
      });
      expect(queries).toHaveLength(1);
    },
  );

  it.each<[string, Told]>([
    ['GRAPH_THROTTLED', { status: 429, body: '{}' }],
    ['GRAPH_UNAVAILABLE', { status: 503, body: '' }],
  ])('%s is thrown when patience is used up, without the query', async (code, told) => {
    const { logs, queries } = onScript(() => told);

    const failure = await all(logs.readWrites([somebody], day)).catch(
      (error: unknown) => error as Error,
    );

    expect(failure).toMatchObject({ code, retryable: true });
    expect((failure as Error).message).not.toContain('AuditLogs');
    expect(queries).toHaveLength(4);
  });
});
