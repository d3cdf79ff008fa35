import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGraphClient } from '../../shared/adapters/graph/client.js';
import { openCollector, type Collector } from '../../shared/adapters/telemetry/collector.js';
import { tracedFetch } from '../../shared/adapters/telemetry/outside-calls.js';
import { createProductLog } from '../../shared/adapters/telemetry/product-log.js';
import { routeTemplate } from '../../shared/adapters/telemetry/route-template.js';
import { tracedActivity, tracedDoor } from '../../shared/adapters/telemetry/traced-work.js';
import { noTracing } from '../../shared/adapters/telemetry/tracing.js';
import { RewindError } from '../../shared/errors.js';
import { recovered } from './report/incidents.js';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly status: { readonly code?: number };
}

/** A collector in this process: takes what is sent to `/v1/traces` and keeps it. */
async function receiver() {
  const bodies: string[] = [];
  const server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      if (request.url === '/v1/traces') bodies.push(text);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    text: () => bodies.join('\n'),
    spans: () =>
      bodies.flatMap((body) =>
        (
          JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }
        ).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

const valueOf = ({ attributes }: Span, key: string) => {
  const found = attributes.find((attribute) => attribute.key === key)?.value;
  return found && Object.values(found)[0];
};
const id = 'inc-7f3a';
const user = '0b8f7a3e-0000-4000-8000-00000000000a';

describe('spans of one incident', () => {
  let collector: Awaited<ReturnType<typeof receiver>>;
  const lines: string[] = [];

  /** One life of the app: an activity that asks Graph, one that fails, the ends of a step and of all. */
  async function live(opened: Collector): Promise<void> {
    const { tracing } = opened;
    const client = createGraphClient({
      endpoint: 'https://graph.test',
      credential: {
        getToken: () => Promise.resolve({ token: 'TOKEN-OF-OURS', expiresOnTimestamp: 9e15 }),
      },
      clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
      fetch: tracedFetch(tracing, 'graph', 'route', () =>
        Promise.resolve(new Response('{"accountEnabled":true}', { status: 200 })),
      ),
    });
    const log = createProductLog(tracing, { write: (text) => lines.push(text) });
    const closed = recovered({
      id,
      openedAt: '2026-11-21T08:00:00.000Z',
      closedAt: '2026-11-21T08:10:00.000Z',
      state: 'closed',
      outcome: 'recovered',
      steps: recovered().steps.map((step) => ({
        ...step,
        state: 'done' as const,
        startedAt: '2026-11-21T08:01:00.000Z',
        endedAt: `2026-11-21T08:${step.name === 'verify' ? '10' : '02'}:00.000Z`,
      })),
    });
    const activity = (name: string, run: () => Promise<unknown>) =>
      tracedActivity(tracing, name, run, () => Promise.resolve(closed))(
        { incidentId: id, step: 'contain', note: 'PRIVATE NOTE' },
        'invocation-1',
      );
    const door = (method: string, route: string, of?: string) =>
      tracedDoor(tracing, { methods: [method], route }, of, () => Promise.resolve({ status: 202 }));
    await door('POST', 'alerts/sentinel');
    await door('GET', 'incidents/{id}', id);
    await door('POST', 'incidents/{id}/cancel', id);
    await activity('disableActor', async () => {
      log('card not delivered: no answer');
      const answer = await client.send({
        method: 'GET',
        path: `/users/${user}`,
        query: { $select: 'accountEnabled' },
        repeatable: true,
      });
      return { status: answer.status };
    });
    await activity('readStanding', () =>
      Promise.reject(new RewindError('GRAPH_THROTTLED', 'PRIVATE MESSAGE')),
    ).catch(() => undefined);
    await activity('queryAuditLogs', () =>
      Promise.resolve({ refused: { code: 'GRAPH_REJECTED' } }),
    );
    await activity('reportStep', () => Promise.resolve({}));
    await activity('closeIncident', () => Promise.resolve({}));
    await opened.stop();
  }

  beforeAll(async () => {
    collector = await receiver();
    // Two lives, as after a crash: nothing is carried over but the incident's id.
    await live(openCollector(collector.url));
    await live(openCollector(`${collector.url}/`));
  });
  afterAll(() => collector.close());

  const spansOf = (name: string) => collector.spans().filter((span) => span.name === name);

  it('form one trace over two lives of the process, below one root', () => {
    const own = collector.spans().filter((span) => valueOf(span, 'incident.id') === id);
    const [root] = spansOf('incident');

    expect(new Set(own.map(({ traceId }) => traceId)).size).toBe(1);
    expect(root?.parentSpanId ?? '').toBe('');
    expect(spansOf('activity disableActor').map(({ parentSpanId }) => parentSpanId)).toEqual([
      root?.spanId,
      root?.spanId,
    ]);
  });

  it('hold each step and the incident once, however often they are told', () => {
    const ids = (name: string) => new Set(spansOf(name).map(({ spanId }) => spanId)).size;

    expect(spansOf('step contain').length).toBeGreaterThan(1);
    expect([ids('step contain'), ids('step verify'), ids('incident')]).toEqual([1, 1, 1]);
    expect(valueOf(spansOf('incident')[0]!, 'incident.outcome')).toBe('recovered');
  });

  it('hold what was asked of Graph, below the activity that asked', () => {
    const [call] = spansOf('GET /v1.0/users/{id}');
    const [activity] = spansOf('activity disableActor');

    expect(call?.parentSpanId).toBe(activity?.spanId);
    expect(call && valueOf(call, 'http.response.status_code')).toBe(200);
    expect(activity && valueOf(activity, 'faas.invocation_id')).toBe('invocation-1');
  });

  it('tell failures by their code and refusals by theirs', () => {
    const [failed] = spansOf('activity readStanding');
    const [refused] = spansOf('activity queryAuditLogs');

    expect(failed && [failed.status.code, valueOf(failed, 'error.type')]).toEqual([
      2,
      'GRAPH_THROTTLED',
    ]);
    expect(refused && valueOf(refused, 'rewind.refused')).toBe('GRAPH_REJECTED');
  });

  it.each([
    ['POST alerts/sentinel', false],
    ['GET incidents/{id}', false],
    ['POST incidents/{id}/cancel', true],
  ])('hold the door %s: %s', (name, joins) => {
    const [door] = spansOf(name);

    expect(door?.traceId === spansOf('incident')[0]?.traceId).toBe(joins);
  });

  it('hold no secret, id or message', () => {
    for (const hidden of ['TOKEN-OF-OURS', user, 'PRIVATE', 'accountEnabled', '?'])
      expect(collector.text()).not.toContain(hidden);
  });

  it('share their incident with the lines that the product logs', () => {
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'warning',
      incidentId: id,
      message: 'card not delivered: no answer',
    });
  });
});

describe('tracing', () => {
  it('without a collector changes nothing and reads nothing', async () => {
    const { tracing } = openCollector(undefined);
    const read = () => Promise.reject(new Error('was read'));
    const run = () => Promise.resolve({ done: true });

    expect(tracing).toBe(noTracing);
    expect(await tracedActivity(tracing, 'reportStep', run, read)({ incidentId: id }, 'x')).toEqual(
      {
        done: true,
      },
    );
  });

  it('with a collector that is not there costs spans, never work', async () => {
    const opened = openCollector('http://127.0.0.1:1');
    const run = () => Promise.resolve({ done: true });
    const read = () => Promise.resolve(null);

    const result = await tracedActivity(opened.tracing, 'a', run, read)({ incidentId: id }, 'x');

    expect(result).toEqual({ done: true });
    await opened.stop();
  });

  it.each([
    [`/v1.0/users/${user}`, '/v1.0/users/{id}'],
    ['/v1.0/users/a.name@contoso.com/memberOf', '/v1.0/users/{id}/memberOf'],
    [`/v1.0/groups/${user}/members/$ref`, '/v1.0/groups/{id}/members/$ref'],
    ['/v1.0/$batch', '/v1.0/$batch'],
    ["/v1.0/applications(appId='x')", '/v1.0/{id}'],
    ['/v1/workspaces/44444444-4444-4444-4444-444444444444/query', '/v1/workspaces/{id}/query'],
    ['/v3/conversations/19%3Aabc%40thread.tacv2/activities', '/v3/conversations/{id}/activities'],
  ])('%s is told as %s', (path, template) => {
    expect(routeTemplate(path)).toBe(template);
  });
});
