import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { FaultRule } from '../../local/tenant/faults.js';
import { journalOf, writesOf } from '../support/tenant-truth.js';
import { startWorld, type World } from '../support/world.js';

const users = 48;
const anything = { path: '^/(v1\\.0|v1)/' };
const batch = { method: 'POST', path: '^/v1\\.0/\\$batch$' };
const userPatch = { method: 'PATCH', path: '^/v1\\.0/users/[^/]+$' };
const revoke = { method: 'POST', path: '/revokeSignInSessions$' };
const graphError = (code: string) => ({ error: { code, message: 'Please try again.' } });

/** What the tenant does while one incident runs from its alert to its end. */
const weathers: readonly (readonly [string, readonly FaultRule[]])[] = [
  [
    '429 with Retry-After, in seconds and as a date, and without',
    [
      {
        match: anything,
        times: 3,
        answer: {
          status: 429,
          headers: { 'retry-after': '1' },
          body: graphError('TooManyRequests'),
        },
      },
      { match: batch, times: 2, answer: { status: 429, headers: { 'retry-after': '1' } } },
      { match: userPatch, times: 3, answer: { status: 429, body: graphError('TooManyRequests') } },
      { match: anything, times: 2, answer: { status: 429 } },
    ],
  ],
  [
    '500, 502, 503 and 504, before anything is done',
    [500, 502, 503, 504].flatMap((status): FaultRule[] => [
      { match: anything, times: 1, answer: { status, body: graphError('generalException') } },
      { match: batch, times: 1, answer: { status, body: '<html>Bad gateway</html>' } },
      { match: userPatch, times: 1, answer: { status, body: graphError('serviceNotAvailable') } },
    ]),
  ],
  [
    'pages of a gateway, empty answers and resets before the effect',
    [
      { match: anything, times: 2, answer: 'html' },
      { match: anything, times: 2, answer: 'empty' },
      { match: anything, times: 2, answer: 'reset' },
      { match: batch, times: 1, answer: 'html' },
      { match: batch, times: 1, answer: 'empty' },
      { match: batch, times: 1, answer: 'reset' },
      { match: revoke, times: 1, answer: 'reset' },
    ],
  ],
  [
    'effects whose answers are lost: containment, batches and single writes',
    [
      { match: revoke, times: 1, answer: 'applyThenReset' },
      { match: userPatch, times: 1, answer: 'applyThenReset' },
      { match: batch, probability: 0.5, times: 6, answer: 'applyThenReset' },
    ],
  ],
  [
    'slow answers, some of them lost',
    [
      { match: batch, times: 2, delayMs: 1500, answer: 'applyThenReset' },
      { match: anything, times: 3, delayMs: 1000, answer: { status: 504 } },
    ],
  ],
];

describe.each(weathers)('while the tenant answers with %s', (_, rules) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ users });
    const { status } = await world.control('/faults', { rules }, 'PUT');
    expect(status).toBe(200);
  }, 60_000);
  afterAll(() => world.stop());

  it('the incident recovers, every object is written exactly once, and the record verifies', async () => {
    const id = await world.alert();
    await world.until(
      id,
      'the plan waits for approval',
      (i) => i.state === 'awaitingApproval',
      90_000,
    );
    await world.decide('operator', id);
    await world.decide('approver', id);
    const closed = await world.until(
      id,
      'the incident closes',
      (i) => i.state === 'closed',
      90_000,
    );

    const { body } = await world.control('/faults');
    const writes = await writesOf(world);
    const switched = writes.filter(({ property }) => property === 'accountEnabled');
    const repaired = switched.filter(({ after }) => after === true);
    const actorId = closed.actor?.id ?? '';
    expect(closed).toMatchObject({
      outcome: 'recovered',
      actors: [{ containment: 'contained' }],
      execution: { applied: users, skipped: 0, failed: 0 },
      verification: { verified: users, mismatched: 0, pending: 0 },
    });
    expect(new Set(repaired.map(({ objectId }) => objectId)).size).toBe(users);
    expect(repaired).toHaveLength(users);
    expect(switched.filter(({ after }) => after === false)).toMatchObject([{ objectId: actorId }]);
    expect(await acceptedRepairs(world)).toBe(users);
    expect((body as { rules: unknown[] }).rules).toEqual([]);
    expect(verifyRecord(closed.links['record'] ?? '')).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^intact: \d+ entries, \d+ artefacts checked/),
    });
  }, 200_000);
});

/** Requests that the tenant carried out, also those that changed nothing because it was so already. */
async function acceptedRepairs(world: World): Promise<number> {
  const entries = await journalOf(world);
  return entries
    .flatMap(({ batch: items = [] }) => items)
    .filter(({ method, status }) => method === 'PATCH' && status < 300).length;
}

function verifyRecord(file: string): { status: number | null; stdout: string } {
  const main = path.resolve(import.meta.dirname, '../../dist/local/main.js');
  const { status, stdout } = spawnSync(process.execPath, [main, 'verify-record', file], {
    encoding: 'utf8',
  });
  return { status, stdout };
}
