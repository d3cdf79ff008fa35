import { readFile } from 'node:fs/promises';
import { verifyRecordFile } from '../../local/commands/verify-record.js';
import type { FaultRule } from '../../local/tenant/faults.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import { writesOf } from '../support/tenant-truth.js';
import { startWorld, type World } from '../support/world.js';

const users = 48;
const logs = { method: 'POST', path: '^/v1/workspaces/[^/]+/query$' };
const readUser = { method: 'GET', path: '^/v1\\.0/users/[^/]+$|^/v1\\.0/users/[^/]+\\?' };
const readRoles = { method: 'GET', path: '^/v1\\.0/roleManagement/' };
const readMany = { method: 'POST', path: '^/v1\\.0/directoryObjects/getByIds' };
const readPoints = { method: 'GET', path: '^/v1\\.0/directory/recovery/snapshots' };
/** The write itself, also inside a batch. */
const writeUser = { method: 'PATCH', path: '^/v1\\.0/users/[^/]+$' };
const batch = { method: 'POST', path: '^/v1\\.0/\\$batch$' };
const revoke = { method: 'POST', path: '/revokeSignInSessions$' };
const postCard = { method: 'POST', path: '^/teams/.*/activities$' };

interface Weather {
  readonly contain: readonly FaultRule[];
  readonly execute: readonly FaultRule[];
}
const said = (status: number, headers: Record<string, string> = {}): FaultRule['answer'] => ({
  status,
  headers,
  body: { error: { code: 'generalException', message: 'Please try again.' } },
});
const once = (match: FaultRule['match'], answer: FaultRule['answer']): FaultRule => ({
  match,
  times: 1,
  answer,
});
const inASecond = (): string => new Date(Date.now() + 1500).toUTCString();

/** Nothing of what is asked happens, and the tenant says so in every way it has, or not at all. */
const nothingHappens = (): Weather => ({
  contain: [
    once(logs, said(429, { 'retry-after': '1' })),
    once(logs, 'html'),
    once(logs, 'empty'),
    once(logs, 'reset'),
    once(readUser, said(429, { 'retry-after': inASecond() })),
    once(readUser, said(500)),
    once(readRoles, said(502)),
    once(readRoles, 'empty'),
    once(revoke, said(504)),
    once(revoke, 'reset'),
    once(writeUser, said(503)),
    once(readMany, 'html'),
    once(readPoints, 'reset'),
    once(postCard, { status: 429, headers: { 'retry-after': '1' } }),
  ],
  execute: [
    once(batch, said(429)),
    once(batch, 'reset'),
    once(readMany, said(504)),
    once(writeUser, said(429, { 'retry-after': '1' })),
    once(writeUser, said(429)),
    // Fewer in a row than an object is given runs (playbook, a write that never gets an answer).
    ...[500, 503].map((status) => once(writeUser, said(status))),
    once(writeUser, 'html'),
    once(writeUser, 'empty'),
    once(writeUser, 'reset'),
    once(logs, said(503)),
  ],
});

/** What is asked happens, and nobody is told. */
const answersAreLost = (): Weather => ({
  contain: [
    once(revoke, 'applyThenReset'),
    once(writeUser, 'applyThenReset'),
    { ...once(logs, 'applyThenReset'), delayMs: 1500 },
    { ...once(readMany, 'applyThenReset'), delayMs: 1000 },
  ],
  execute: [
    // The canary, then the first of the next batch; the one beside it is not carried out.
    { ...once(writeUser, 'applyThenReset'), delayMs: 500 },
    once(writeUser, 'applyThenReset'),
    once(writeUser, 'reset'),
    once(batch, 'applyThenReset'),
  ],
});

const weathers = { nothingHappens, answersAreLost } as const;
type Name = keyof typeof weathers;

describe('a whole incident on a tenant that fails', () => {
  const worlds = new Map<Name, World>();
  const ended = new Map<Name, Incident>();

  beforeAll(async () => {
    // Side by side, since most of their time is waiting as the tenant asked.
    await Promise.all(
      (Object.keys(weathers) as Name[]).map(async (name) => {
        const world = await startWorld({ users });
        worlds.set(name, world);
        ended.set(name, await throughTheWeather(world, weathers[name]()));
      }),
    );
  }, 240_000);
  afterAll(() => Promise.all([...worlds.values()].map((world) => world.stop())));

  describe.each<readonly [string, Name]>([
    ['before anything happens', 'nothingHappens'],
    ['after it has happened', 'answersAreLost'],
  ])('%s', (_, name) => {
    it('ends recovered, with every fault met', async () => {
      const { body } = await worldOf(name).control('/faults');

      expect((body as { rules: unknown[] }).rules).toEqual([]);
      expect(ended.get(name)).toMatchObject({
        outcome: 'recovered',
        actors: [{ containment: 'contained' }],
        execution: { applied: users, skipped: 0, failed: 0 },
        verification: { verified: users, mismatched: 0, pending: 0 },
      });
    });

    it('every object was switched exactly once, the actor too', async () => {
      const writes = await writesOf(worldOf(name));
      const switched = writes.filter(({ property }) => property === 'accountEnabled');
      const repaired = switched.filter(({ after }) => after === true);

      expect(repaired).toHaveLength(users);
      expect(new Set(repaired.map(({ objectId }) => objectId)).size).toBe(users);
      expect(switched.filter(({ after }) => after === false)).toMatchObject([
        { objectId: ended.get(name)?.actor?.id },
      ]);
    });

    it('one card was posted, and the record tells of it and verifies', async () => {
      const { body } = await worldOf(name).control('/cards');
      const { links } = ended.get(name) as Incident;
      const { intact, text } = await verifyRecordFile(links['record'] ?? '', null);
      const record = await readFile(links['record'] ?? '', 'utf8');

      expect((body as { cards: unknown[] }).cards).toHaveLength(1);
      expect({ intact, text }).toEqual({
        intact: true,
        text: expect.stringMatching(/^intact: \d+ entries, .*artefacts checked/),
      });
      expect(record).toContain('execute.wave.again');
    });
  });

  function worldOf(name: Name): World {
    const world = worlds.get(name);
    if (world === undefined) throw new Error(`there is no world ${name}`);
    return world;
  }
});

async function throughTheWeather(world: World, { contain, execute }: Weather): Promise<Incident> {
  await fail(world, contain);
  const id = await world.alert();
  await world.until(id, 'the plan waits', (i) => i.state === 'awaitingApproval', 120_000);
  expect((await world.control('/faults')).body).toEqual({ rules: [] });
  await fail(world, execute);
  await world.decide('operator', id);
  await world.decide('approver', id);
  return world.until(id, 'the incident closes', (i) => i.state === 'closed', 120_000);
}

async function fail(world: World, rules: readonly FaultRule[]): Promise<void> {
  expect(await world.control('/faults', { rules }, 'PUT')).toMatchObject({ status: 200 });
}
