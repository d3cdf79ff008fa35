import { startWorld } from '../support/world.js';

describe('the audit trail through Graph, without a workspace', () => {
  it('recovers the same incident', async () => {
    const world = await startWorld({ scenario: 'bulk-disable', users: 48, noWorkspace: true });
    try {
      const id = await world.alert();
      await world.until(
        id,
        'the plan waits for approval',
        (i) => i.state === 'awaitingApproval',
        120_000,
      );
      await world.decide('operator', id);
      await world.decide('approver', id);
      const closed = await world.until(
        id,
        'the incident closes',
        (i) => i.state === 'closed',
        120_000,
      );

      expect(closed).toMatchObject({
        outcome: 'recovered',
        scope: { objects: 48, changes: 48 },
        verification: { verified: 48 },
      });
    } finally {
      await world.stop();
    }
  }, 300_000);
});

describe('quiet: a false alarm', () => {
  it('ends as nothingToRecover without asking anybody, and without writing', async () => {
    const world = await startWorld({ scenario: 'quiet', users: 48 });
    try {
      const id = await world.alert();
      const closed = await world.until(
        id,
        'the incident closes',
        (i) => i.state === 'closed',
        120_000,
      );

      expect(closed).toMatchObject({ outcome: 'nothingToRecover', execution: null });
      expect(closed.approvals.given).toEqual([]);
    } finally {
      await world.stop();
    }
  }, 180_000);
});
