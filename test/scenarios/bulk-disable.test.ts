import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { startWorld, type World } from '../support/world.js';

describe('bulk-disable: 48 users are disabled by one script', () => {
  let world: World;
  let id: string;

  beforeAll(async () => {
    world = await startWorld({ scenario: 'bulk-disable', users: 48 });
    id = await world.alert();
  }, 120_000);
  afterAll(() => world.stop());

  it('comes back with every planned object verified, approved by two people over HTTP', async () => {
    await world.until(id, 'the plan waits for approval', (i) => i.state === 'awaitingApproval');
    const byOperator = await world.decide('operator', id);
    const byApprover = await world.decide('approver', id);
    const closed = await world.until(id, 'the incident closes', (i) => i.state === 'closed');

    expect(byOperator).toMatchObject({
      status: 202,
      body: { countedAs: 'operator', remaining: ['approver'] },
    });
    expect(byApprover).toMatchObject({
      status: 202,
      body: { countedAs: 'approver', remaining: [] },
    });
    expect(closed).toMatchObject({
      outcome: 'recovered',
      scope: { objects: 48, settled: true },
      plan: { objects: 48 },
      execution: { applied: 48, skipped: 0, failed: 0 },
      verification: { verified: 48, mismatched: 0, pending: 0 },
    });
  }, 120_000);

  it('leaves a record that verifies offline, and one changed byte breaks it', async () => {
    const { links } = await world.incident(id);
    const verify = (file: string) =>
      execFileSync(process.execPath, [path.resolve('dist/local/main.js'), 'verify-record', file], {
        encoding: 'utf8',
      });

    expect(verify(links['record'] ?? '')).toContain('intact');
  });
});
