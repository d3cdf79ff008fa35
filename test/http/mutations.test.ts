import fc from 'fast-check';
import {
  azureMonitor,
  sentinelAlert,
  sentinelEntity,
  sentinelIncident,
} from '../support/alert-bodies.js';
import { conversationId, createDoors, ids, serviceUrl, type Got } from '../support/doors.js';
import { cardActivityId, incidentId, nonce, seedIncident, seedPlan } from '../support/cases.js';

type Node = Record<string, unknown>;

/** Values that a careless sender or an attacker would put anywhere. */
const oddValues: readonly unknown[] = [
  null,
  '',
  0,
  -1,
  1e308,
  true,
  [],
  {},
  [null],
  [[[[]]]],
  'x',
  '[]',
  '{"a":',
  '[{"$ref":"3"}]',
  '\u0000\u202e\ud800',
  '../../etc/passwd',
  "' or 1=1 --",
  '9999-99-99T99:99:99Z',
  '0001-01-01T00:00:00Z',
  'x'.repeat(20_000),
  { $id: '3', $ref: '3' },
  { toString: null, constructor: { prototype: {} } },
  '00000000-0000-0000-0000-000000000000',
];

/** Every place in a JSON value, as paths. */
function places(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  const below = Object.entries(value).flatMap(([key, member]) => places(member, [...path, key]));
  return path.length === 0 ? below : [[...path], ...below];
}

interface Mutation {
  readonly at: number;
  readonly how: 'remove' | 'replace' | 'rename' | 'repeat';
  readonly value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(10_000),
  how: fc.constantFrom('remove', 'replace', 'rename', 'repeat'),
  value: fc.oneof(fc.constantFrom(...oddValues), fc.jsonValue({ maxDepth: 3 })),
});

function mutated(original: unknown, mutations: readonly Mutation[]): unknown {
  const copy = structuredClone(original) as Node;
  for (const { at, how, value } of mutations) {
    const all = places(copy);
    const path = all[at % Math.max(1, all.length)];
    if (path === undefined) continue;
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((node, key) => (node as Node)[key], copy) as Node;
    const key = path.at(-1)!;
    const before = parent[key];
    if (how === 'remove') Reflect.deleteProperty(parent, key);
    if (how === 'replace') parent[key] = value;
    if (how === 'repeat') parent[key] = Array.from({ length: 50 }, () => before);
    if (how === 'rename') {
      Reflect.deleteProperty(parent, key);
      parent[key.toUpperCase()] = before;
    }
  }
  return copy;
}

const reasons = new Set([400, 401, 403, 404, 409, 413, 422]);

function expectReasoned(got: Got): void {
  if (reasons.has(got.status)) {
    expect(got.body.code).toEqual(expect.any(String));
    expect(got.body.detail).toEqual(expect.any(String));
    return;
  }
  expect([200, 202]).toContain(got.status);
}

describe('a mutated body is taken or refused with a reason', () => {
  it.each([
    ['incident', sentinelIncident()],
    ['alert', sentinelAlert()],
    ['entity', sentinelEntity()],
    ['azure monitor', azureMonitor()],
    ['wrapped incident', { body: sentinelIncident() }],
  ])('%s trigger', async (_, body) => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        const doors = createDoors();

        const got = await doors.call('alertsSentinel', {
          as: 'playbook',
          body: mutated(body, mutations),
        });

        expectReasoned(got);
        expect(doors.logged).toEqual([]);
        const opened = got.status === 202 ? [got.body.incidentId] : [];
        expect([...doors.instances]).toEqual(opened);
      }),
      { numRuns: 60 },
    );
  });

  it('a start by hand', async () => {
    const body = {
      title: 't',
      actor: { userId: ids.actor },
      targets: { objectIds: [ids.operator], objectType: 'user' },
      window: { from: '2026-11-20T20:00:00Z', to: '2026-11-20T20:30:00Z' },
      cause: 'malicious',
      note: 'n',
    };
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const doors = createDoors();

        const got = await doors.call('startIncident', {
          as: 'commander',
          body: mutated(body, mutations),
          headers: { 'idempotency-key': 'k' },
        });

        expectReasoned(got);
        expect(doors.logged).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });

  it('a press decides only when everything that binds it is untouched', async () => {
    const doors = createDoors();
    await seedIncident(doors);
    const { digest } = await seedPlan(doors);
    const press = {
      type: 'invoke',
      name: 'adaptiveCard/action',
      channelId: 'msteams',
      serviceUrl,
      from: { name: 'operator', aadObjectId: ids.operator },
      conversation: { id: conversationId, tenantId: ids.tenant },
      channelData: { tenant: { id: ids.tenant } },
      replyToId: cardActivityId,
      value: {
        trigger: 'manual',
        action: {
          type: 'Action.Execute',
          verb: 'approve',
          data: { incidentId, planDigest: digest, planVersion: 1, nonce },
        },
      },
    };
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const body = mutated(press, mutations);

        const got = await doors.call('teamsMessages', {
          body,
          headers: { authorization: 'Bearer connector' },
        });

        expect(doors.logged).toEqual([]);
        expect([200, 401]).toContain(got.status);
        const { decisions } = await doors.store.readLedger(incidentId);
        if (decisions.length > 0) {
          expect(body).toMatchObject({
            from: { aadObjectId: expect.stringMatching(new RegExp(ids.operator, 'i')) },
            replyToId: cardActivityId,
            value: { action: { verb: 'approve', data: { planDigest: digest, nonce } } },
          });
          await doors.store.updateLedger(incidentId, (ledger) => ({ ...ledger, decisions: [] }));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('any bytes at all', async () => {
    const doors = createDoors();
    await seedIncident(doors);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (raw) => {
        for (const [name, as] of [
          ['alertsSentinel', 'playbook'],
          ['addNote', 'responder'],
          ['cancelIncident', 'reader'],
          ['teamsMessages', 'playbook'],
        ] as const) {
          const got = await doors.call(name, { as, raw, params: { id: incidentId } });
          expect(reasons).toContain(got.status);
        }
      }),
      { numRuns: 80 },
    );
  });
});
