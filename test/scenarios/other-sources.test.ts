import type { Incident } from '../../shared/domain/incident/incident.js';
import { startWorld, type World } from '../support/world.js';

const users = 48;
const closedOf = (world: World, id: string): Promise<Incident> =>
  world.until(id, 'the incident closes', (i) => i.state === 'closed', 120_000);

async function throughGraph(): Promise<Incident> {
  const world = await startWorld({ scenario: 'bulk-disable', users, noWorkspace: true });
  try {
    const id = await world.alert();
    await world.until(id, 'the plan waits', (i) => i.state === 'awaitingApproval', 120_000);
    await world.decide('operator', id);
    await world.decide('approver', id);
    return await closedOf(world, id);
  } finally {
    await world.stop();
  }
}

async function quietly(): Promise<Incident> {
  const world = await startWorld({ scenario: 'quiet', users });
  try {
    return await closedOf(world, await world.alert());
  } finally {
    await world.stop();
  }
}

// Both wait most of their time, so they run beside each other.
let graph: Incident;
let quiet: Incident;
beforeAll(async () => {
  [graph, quiet] = await Promise.all([throughGraph(), quietly()]);
}, 300_000);

describe('the audit trail through Graph, without a workspace', () => {
  it('recovers the same incident', () => {
    expect(graph).toMatchObject({
      outcome: 'recovered',
      scope: { objects: users, changes: users },
      verification: { verified: users },
    });
  });
});

describe('quiet: a false alarm', () => {
  it('ends as nothingToRecover without asking anybody, and without writing', () => {
    expect(quiet).toMatchObject({ outcome: 'nothingToRecover', execution: null });
    expect(quiet.approvals.given).toEqual([]);
  });
});
