import { noteFindings, readFindings } from '../../functions/activities/plan/plan-findings.js';
import type { AuditEvent } from '../../shared/domain/attribution/audit.js';
import type { Window } from '../../shared/domain/incident/incident.js';
import type { ActorRef } from '../../shared/domain/identities.js';
import { known } from '../../shared/domain/json.js';
import { Correlations } from '../../shared/domain/attribution/suspicions.js';
import { actor, createCase, incidentId, userId, type Case } from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';

const scopeWindow: Window = { from: '2026-11-20T20:00:00Z', to: '2026-11-20T21:00:00Z' };
const recoveryPointAt = '2026-11-20T02:00:00Z';
const robot = { kind: 'servicePrincipal' as const, id: userId(900), name: 'Payroll robot' };

const armed = (over: Partial<AuditEvent> = {}): AuditEvent =>
  auditRow({
    byId: actor.id,
    objectId: robot.id,
    objectType: 'servicePrincipal',
    objectName: robot.name,
    at: '2026-11-20T20:10:00Z',
    changes: [
      { property: 'keyIdentifiers', before: known([]), after: known([`password:${userId(1)}`]) },
    ],
    ...over,
  });

const kept: AuditEvent[] = [];
beforeEach(() => void kept.splice(0));

async function find(
  world: Case,
  events: readonly AuditEvent[] = [],
  actors: readonly ActorRef[] = [actor],
): Promise<readonly string[]> {
  const correlations = new Correlations(actors);
  for (const event of events) correlations.take(event);
  await noteFindings(world.services, {
    ...{ incidentId, version: 1, actors, scopeWindow, recoveryPointAt, correlations },
    inScope: new Set([userId(1)]),
    everybodyFrom: recoveryPointAt,
    keep: async (event) => void kept.push(event),
  });
  return readFindings(world.services, incidentId, 1);
}

const opened = async (): Promise<Case> => {
  const world = createCase();
  await world.open({
    recoveryPoint: {
      ...{ id: 'p', createdDateTime: recoveryPointAt, gapSeconds: 1, expiresAt: null, reason: '' },
      alternatives: [
        { id: 'p3', createdDateTime: '2026-11-19T02:00:00Z' },
        { id: 'p5', createdDateTime: '2026-11-17T02:00:00Z' },
      ],
    },
  });
  return world;
};

describe('what an actor did before the state that is returned to', () => {
  it('is named when it is suspicious, with the recovery points that lie before it', async () => {
    const world = await opened();
    world.auditLog.rows.push(armed({ at: '2026-11-18T03:00:00Z' }));

    const [warning, ...more] = await find(world);

    expect(more).toEqual([]);
    expect(warning).toContain('POISONED');
    expect(warning).toContain('changed credentials (Payroll robot, 2026-11-18T03:00:00Z)');
    expect(warning).toContain('2026-11-17T02:00:00Z (p5)');
    expect(warning).not.toContain('p3');
  });

  it('is counted where it hit objects of the plan, or objects that are in no plan', async () => {
    const world = await opened();
    world.auditLog.rows.push(
      auditRow({ byId: actor.id, objectId: userId(1), at: '2026-11-18T03:00:00Z' }),
      auditRow({ byId: actor.id, objectId: userId(1), at: '2026-11-20T10:00:00Z' }),
      auditRow({ byId: actor.id, objectId: userId(7), at: '2026-11-20T10:00:00Z' }),
    );

    expect(await find(world)).toEqual([
      expect.stringMatching(/1 object of the plan changed by the actor before.*\(p5\)/),
      expect.stringContaining('1 further objects were changed by the actor between'),
    ]);
    expect(kept).toMatchObject([{ at: '2026-11-18T03:00:00Z', earlier: true }]);
  });

  it('is nothing to warn of when it failed, was long ago, or somebody else did it', async () => {
    const world = await opened();
    world.auditLog.rows.push(
      armed({ at: '2026-11-18T03:00:00Z', succeeded: false }),
      armed({ at: '2026-11-01T03:00:00Z' }),
      { ...armed({ at: '2026-11-18T03:00:00Z' }), by: { ...armed().by, id: 'somebody else' } },
    );

    expect(await find(world)).toEqual([]);
  });
});

describe('a service principal that the actor gave credentials to', () => {
  it('and that then wrote is proposed to the commander once, never added', async () => {
    const world = await opened();
    world.directory.addIdentity({ ...robot });
    world.auditLog.rows.push(
      auditRow({ byId: robot.id, at: '2026-11-20T20:20:00Z' }),
      auditRow({ byId: robot.id, at: '2026-11-20T20:21:00Z' }),
    );

    const warnings = await find(world, [armed()]);
    await find(world, [armed()]);

    expect(warnings).toEqual([expect.stringContaining('Payroll robot')]);
    expect(warnings[0]).toContain('wrote 2 times');
    const { tasks, actors } = await world.incident();
    expect(tasks).toEqual([
      expect.objectContaining({ command: expect.stringContaining(robot.id) as string }),
    ]);
    expect(actors.map(({ id }) => id)).toEqual([actor.id]);
    expect(world.told('urgent')).toHaveLength(1);
  });

  it('is found through its application', async () => {
    const world = await opened();
    const appId = userId(901);
    world.directory.addIdentity({ ...robot, appId });
    world.directory.put({
      ...{ objectId: userId(800), objectType: 'application', displayName: 'Payroll' },
      ...{ presence: 'present', daysLeft: null, synced: false, privileged: false, memberOf: [] },
      properties: { appId },
    });
    world.auditLog.rows.push(auditRow({ byId: robot.id, at: '2026-11-20T20:20:00Z' }));

    const events = [armed({ objectId: userId(800), objectType: 'application' })];

    expect(await find(world, events)).toEqual([expect.stringContaining('Payroll robot')]);
  });

  it('and that wrote nothing since, or only before, is no candidate', async () => {
    const world = await opened();
    world.directory.addIdentity({ ...robot });
    world.auditLog.rows.push(auditRow({ byId: robot.id, at: '2026-11-20T20:05:00Z' }));

    expect(await find(world, [armed()])).toEqual([]);
    expect((await world.incident()).tasks).toEqual([]);
  });
});

describe('whoever gave an actor its credentials', () => {
  const actors = [robot];
  const vera = { ...armed().by, id: userId(50), name: 'Vera' };

  it('is proposed to the commander, whether the secret lies on it or on its application', async () => {
    const world = await opened();
    world.directory.applications.set(robot.id, userId(800));
    world.auditLog.rows.push(
      { ...armed({ objectId: userId(800), objectType: 'application' }), by: vera },
      { ...armed({ changes: [] }), by: { ...vera, id: userId(51) } },
    );

    const warnings = await find(world, [], actors);

    expect(warnings).toEqual([expect.stringContaining('Vera')]);
    const { tasks } = await world.incident();
    expect(tasks.map(({ command }) => command)).toEqual([expect.stringContaining(userId(50))]);
  });

  it('is nobody new when an actor did, whoever else renewed a secret', async () => {
    const world = await opened();
    world.auditLog.rows.push(
      { ...armed({ at: '2026-11-19T20:10:00Z' }), by: { ...vera, id: userId(51) } },
      { ...armed(), by: vera },
    );

    const known = { kind: 'user' as const, id: vera.id, name: 'Vera' };
    expect(await find(world, [], [robot, known])).toEqual([]);
  });
});

it('people who wrote through a client named like an actor are named, not counted as the actor', async () => {
  const world = await opened();
  const by = { ...armed().by, id: userId(50), name: 'Vera', clientName: robot.name };

  const warnings = await find(world, [{ ...armed(), by, changes: [] }], [actor, robot]);

  expect(warnings).toEqual([expect.stringContaining('Vera')]);
});
