import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { journalOf, scenarioFacts, userNow, writesOf } from '../support/tenant-truth.js';
import { startWorld, type World } from '../support/world.js';

describe('bulk-disable: 48 users are disabled by one script', () => {
  let world: World;
  let id: string;

  beforeAll(async () => {
    world = await startWorld({ scenario: 'bulk-disable', users: 48 });
    // The actor signs in while they still can: their token stays good until it expires.
    await world.api('/incidents', { as: 'actor' });
    id = await world.alert();
  }, 120_000);
  afterAll(() => world.stop());

  it('the same alert delivered again opens no second incident', async () => {
    const again = await world.api(`/incidents/${id}`, { as: 'reader' });
    const { body: forms } = await world.control('/alert');
    const name = JSON.stringify(forms).length;
    const list = await world.api('/incidents', { as: 'reader' });

    expect(again.status).toBe(200);
    expect(name).toBeGreaterThan(100);
    expect((list.body as { items: unknown[] }).items).toHaveLength(1);
  });

  it('nobody can approve before the scope has settled', async () => {
    const early = await world.decide('operator', id);

    expect([404, 409, 422]).toContain(early.status);
  });

  it('refuses the actor, the outsider and a stale digest at the door, and counts two people', async () => {
    await world.until(id, 'the plan waits for approval', (i) => i.state === 'awaitingApproval');

    const byActor = await world.decide('actor', id);
    const byOutsider = await world.decide('outsider', id);
    const stale = await world.api(`/incidents/${id}/decisions`, {
      as: 'operator',
      body: { decision: 'approve', planDigest: `sha256:${'0'.repeat(64)}` },
    });
    const byOperator = await world.decide('operator', id);
    const again = await world.decide('operator', id);
    const byApprover = await world.decide('approver', id);

    expect(byActor).toMatchObject({ status: 403, body: { code: 'DECIDER_IS_ACTOR' } });
    expect(byOutsider).toMatchObject({ status: 403, body: { code: 'NOT_PERMITTED' } });
    expect(stale).toMatchObject({ status: 409, body: { code: 'PLAN_SUPERSEDED' } });
    expect(byOperator).toMatchObject({
      status: 202,
      body: { countedAs: 'operator', remaining: ['approver'] },
    });
    expect(again).toMatchObject({ status: 202, body: { countedAs: 'operator' } });
    expect(byApprover).toMatchObject({
      status: 202,
      body: { countedAs: 'approver', remaining: [] },
    });
  }, 120_000);

  it('comes back with every planned object verified and nothing else touched', async () => {
    const closed = await world.until(id, 'the incident closes', (i) => i.state === 'closed');
    const facts = scenarioFacts({ scenario: 'bulk-disable', users: 48 });
    const writes = (await writesOf(world)).filter((write) => write.property === 'accountEnabled');
    const actorId = closed.actor?.id ?? '';

    expect(closed).toMatchObject({
      outcome: 'recovered',
      scope: { objects: 48, changes: 48, settled: true },
      plan: { objects: 48 },
      execution: { applied: 48, skipped: 0, failed: 0 },
      verification: { verified: 48, mismatched: 0, pending: 0 },
    });
    expect(writes.filter(({ objectId }) => objectId === actorId)).toMatchObject([{ after: false }]);
    const repaired = writes.filter(({ objectId }) => objectId !== actorId);
    expect(repaired.map(({ objectId }) => objectId).sort()).toEqual(
      [...(facts['damaged'] ?? [])].sort(),
    );
    expect(repaired.every(({ before, after }) => before === false && after === true)).toBe(true);
  }, 120_000);

  it('never asks the tenant for a hard delete', async () => {
    expect((await journalOf(world)).filter((entry) => entry.alarm !== undefined)).toEqual([]);
  });

  it('leaves the contained actor contained until two persons release them', async () => {
    const { actor } = await world.incident(id);
    const actorId = actor?.id ?? '';
    expect((await userNow(world, actorId)).properties['accountEnabled']).toBe(false);

    const word = { actorId, decision: 'release', note: 'it was an accident' };
    const one = await world.api(`/incidents/${id}/release`, { as: 'commander', body: word });
    expect(one.status).toBe(202);
    expect((await userNow(world, actorId)).properties['accountEnabled']).toBe(false);

    await world.api(`/incidents/${id}/release`, { as: 'approver', body: word });
    await world.until(id, 'the actor is released', (i) => i.actors[0]?.containment === 'released');
    expect((await userNow(world, actorId)).properties['accountEnabled']).toBe(true);
  }, 60_000);

  it('leaves a record that verifies offline, and one changed byte breaks it', async () => {
    const { links } = await world.incident(id);
    const file = links['record'] ?? '';
    const text = await readFile(file, 'utf8');
    const forged = path.join(world.dataDir, 'forged.jsonl');
    const middle = text.indexOf('applied');
    await writeFile(forged, `${text.slice(0, middle)}b${text.slice(middle + 1)}`);

    const intact = verifyRecord(file);
    const broken = verifyRecord(forged);

    expect(intact).toMatchObject({ status: 0 });
    expect(intact.stdout).toMatch(/intact/);
    expect(broken).toMatchObject({ status: 1 });
    expect(`${broken.stdout}${broken.stderr}`).toMatch(/entry \d+/);
  });
});

function verifyRecord(file: string): { status: number | null; stdout: string; stderr: string } {
  const main = path.resolve(import.meta.dirname, '../../dist/local/main.js');
  return spawnSync(process.execPath, [main, 'verify-record', file], { encoding: 'utf8' });
}
