import { seeded } from '../../../local/tenant/directory/random.js';
import { createLogsService } from '../../../local/tenant/logs/log-analytics.js';
import type { QueryLimits } from '../../../local/tenant/logs/query-limits.js';
import type { Caller, TenantResponse } from '../../../local/tenant/exchange.js';
import { origin, rig, start, type Rig } from '../graph/support.js';

interface LogsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly rows: unknown[][];
  readonly error?: { readonly code: string; readonly innererror?: { readonly code: string } };
}

interface Ask {
  readonly timespan?: string;
  readonly caller?: Caller | null;
  readonly workspace?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function logsOf(
  outside: Rig,
  limits?: QueryLimits,
): (query: string | null, ask?: Ask) => Promise<LogsAnswer> {
  const { world, clock, quotas, faults, journal, us } = outside;
  const deps = { clock, speed: 1, quotas, faults, journal, random: seeded(1, 'logs') };
  const service = createLogsService(world, { ...deps, ...(limits ? { limits } : {}) });
  return async (
    query,
    { timespan, caller = us, workspace = world.ids.workspaceId, headers } = {},
  ) =>
    read(
      await service(
        {
          method: 'POST',
          url: new URL(`${origin}/v1/workspaces/${workspace}/query`),
          headers: { 'content-type': 'application/json', ...headers },
          body: Buffer.from(query === null ? '' : JSON.stringify({ query, timespan })),
        },
        caller,
      ),
    );
}

function read({ status, headers, body }: TenantResponse): LogsAnswer {
  const value = (body === '' ? {} : JSON.parse(body)) as {
    tables?: { rows: unknown[][] }[];
    error?: { code: string };
  };
  return {
    status,
    headers,
    text: body,
    rows: value.tables?.[0]?.rows ?? [],
    ...(value.error === undefined ? {} : { error: value.error }),
  };
}

const actorRows = (id: string): string =>
  `AuditLogs | where OperationName == "Update user" and tostring(InitiatedBy.user.id) == "${id}"`;

describe('the audit table', () => {
  it('shows a row only once it is ingested, so the last rows arrive late', async () => {
    const outside = rig({ users: 100 });
    const ask = logsOf(outside);
    const query = `${actorRows(outside.world.ids.people.actor.id)} | summarize dcount(Id)`;

    const early = await ask(query);
    await outside.clock.sleep(9 * 60_000);
    const late = await ask(query);

    expect(Number(early.rows[0]?.[0])).toBeLessThan(100);
    expect(Number(early.rows[0]?.[0])).toBeGreaterThan(80);
    expect(late.rows[0]?.[0]).toBe(100);
  });

  it('carries dynamic cells as JSON text and the ingestion time of each row', async () => {
    const outside = rig();
    const ask = logsOf(outside);
    const { id } = outside.world.ids.people.actor;

    const answer = await ask(
      `${actorRows(id)} | top 1 by TimeGenerated asc | project TargetResources, ingestion_time() > TimeGenerated`,
    );

    const [targets, later] = answer.rows[0] as [string, boolean];
    const modified = (JSON.parse(targets) as { modifiedProperties: unknown[] }[])[0];
    expect(modified?.modifiedProperties[0]).toEqual({
      displayName: 'AccountEnabled',
      oldValue: '[true]',
      newValue: '[false]',
    });
    expect(later).toBe(true);
  });

  it('has the same ids as Graph and names one side of the initiator', async () => {
    const outside = rig();
    const ask = logsOf(outside);
    await outside.clock.sleep(10 * 60_000);

    const answer = await ask('AuditLogs | project Id, InitiatedBy');

    const known = new Set(outside.world.directory.trail.events.map(({ id }) => id));
    expect(answer.rows.every(([id]) => known.has(String(id)))).toBe(true);
    for (const [, by] of answer.rows) {
      expect(Object.keys(JSON.parse(String(by)) as object)).toHaveLength(1);
    }
  });

  it('holds now and then a row twice', async () => {
    const outside = rig({ users: 1500 });
    const ask = logsOf(outside);
    await outside.clock.sleep(10 * 60_000);

    const answer = await ask('AuditLogs | summarize n = count() by Id | where n > 1 | count');

    expect(Number(answer.rows[0]?.[0])).toBeGreaterThan(0);
  });
});

describe('sign-ins', () => {
  it('fail with 50057 while disabled and succeed soon after the account is enabled', async () => {
    const outside = rig({ users: 100 });
    const ask = logsOf(outside);
    const damaged = outside.world.facts['damaged'] ?? [];
    for (const id of damaged) await outside.call('PATCH', `/users/${id}`, { accountEnabled: true });
    await outside.clock.sleep(20 * 60_000);

    const answer = await ask(
      `SigninLogs | where TimeGenerated > datetime(${new Date(start - 9 * 60_000).toISOString()}) | project UserId, ResultType`,
    );

    const of = (code: string): string[] =>
      answer.rows.filter(([, result]) => result === code).map(([id]) => String(id));
    expect(of('50057').length).toBeGreaterThan(0);
    const { leavers = [], leaversMeanwhile = [] } = outside.world.facts;
    const everDisabled = new Set([...damaged, ...leavers, ...leaversMeanwhile]);
    expect(of('50057').every((id) => everDisabled.has(id))).toBe(true);
    const succeeded = of('0').filter((id) => damaged.includes(id));
    expect(succeeded.length).toBeGreaterThan(20);
    expect(succeeded.length).toBeLessThan(70);
  });

  it('requests to Graph leave activity rows, those of one batch under one operation id', async () => {
    const outside = rig();
    const ask = logsOf(outside);
    const { people } = outside.world.ids;
    const requests = [people.reader.id, people.actor.id].map((id, index) => ({
      id: String(index),
      method: 'GET',
      url: `/users/${id}`,
    }));
    await outside.call('POST', '/$batch', { requests });
    await outside.clock.sleep(10 * 60_000);

    const answer = await ask(
      'MicrosoftGraphActivityLogs | summarize dcount(RequestId) by OperationId',
    );

    expect(answer.rows).toEqual([[expect.any(String), 2]]);
  });
});

describe('the query API', () => {
  it.each([
    ['a text that does not parse', 'AuditLogs | wher x', 'SyntaxError'],
    ['an unknown column', 'AuditLogs | where Actor == "x"', 'SemanticError'],
    ['an unknown table', 'Nothing | count', 'SemanticError'],
  ])('%s is a 400 that says which kind of error it is', async (_, query, kind) => {
    const ask = logsOf(rig());

    const answer = await ask(query);

    expect(answer.status).toBe(400);
    expect(answer.error?.code).toBe('BadArgumentError');
    expect(answer.error?.innererror?.code).toBe(kind);
  });

  it.each([
    ['too many rows', { rows: 10, bytes: 64_000_000 }],
    ['too many bytes', { rows: 500_000, bytes: 20_000 }],
  ])('%s give a 200 with fewer rows and a partial error', async (_, limits) => {
    const outside = rig({ users: 100 });

    const whole = await logsOf(outside)('AuditLogs');
    const part = await logsOf(outside, limits)('AuditLogs');

    expect(part.status).toBe(200);
    expect(part.error?.code).toBe('PartialError');
    expect(part.rows.length).toBeGreaterThan(0);
    expect(part.rows.length).toBeLessThan(whole.rows.length);
    expect(whole.error).toBeUndefined();
  });

  it('a timespan limits the query besides its own filters', async () => {
    const outside = rig();
    const ask = logsOf(outside);
    const before = new Date(start - 20 * 60_000).toISOString();
    const query = actorRows(outside.world.ids.people.actor.id);

    const inside = await ask(query, { timespan: `${before}/PT1H` });
    const earlier = await ask(query, { timespan: `P1D/${before}` });
    const invalid = await ask(query, { timespan: 'yesterday' });

    expect(inside.rows.length).toBeGreaterThan(0);
    expect(earlier.rows).toEqual([]);
    expect(invalid.status).toBe(400);
  });

  it('a foreign audience is 401, a caller without a role on the workspace 403', async () => {
    const outside = rig();
    const ask = logsOf(outside);
    const { us, world } = outside;

    const foreign = await ask('AuditLogs', { caller: { ...us, audience: 'https://elsewhere' } });
    const stranger = await ask('AuditLogs', {
      caller: { ...us, servicePrincipalId: world.ids.logicAppServicePrincipalId } as Caller,
    });

    expect([foreign.status, stranger.status]).toEqual([401, 403]);
    expect(stranger.error?.code).toBe('InsufficientAccessError');
  });

  it('a workspace without data answers 204, a request without a body an empty 200', async () => {
    const ask = logsOf(rig());

    const empty = await ask('AuditLogs', { workspace: '00000000-0000-4000-8000-000000000000' });
    const nothing = await ask(null);

    expect([empty.status, empty.text]).toEqual([204, '']);
    expect([nothing.status, nothing.text]).toEqual([200, '']);
  });

  it('more than 200 requests in 30 seconds are throttled with Retry-After', async () => {
    const outside = rig();
    outside.clock.stop();
    const ask = logsOf(outside);

    const answers: LogsAnswer[] = [];
    for (let count = 0; count < 201; count += 1) answers.push(await ask('print 1'));

    expect(answers.slice(0, 200).every(({ status }) => status === 200)).toBe(true);
    expect(answers[200]?.status).toBe(429);
    expect(Number(answers[200]?.headers['retry-after'])).toBeGreaterThan(0);
  });
});
