import { resolveActor } from '../../functions/activities/contain/resolve-actor.js';
import type { AuditEvent } from '../../shared/domain/attribution/audit.js';
import type { ActorHint } from '../../shared/domain/incident/intake.js';
import { actor, carl, createCase, incidentId, type Case } from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';

const window = { from: '2026-11-20T20:30:00.000Z', to: '2026-11-20T20:50:00.000Z' };
const hint = (objectId: string): ActorHint => ({
  kind: 'user',
  objectId,
  userPrincipalName: null,
  appId: null,
  displayName: null,
  reason: 'account of the alert',
});
const writer = (id: string, rows: number) => ({
  ...({ kind: 'user', id, name: id, rows, firstAt: '', lastAt: '' } as const),
  clientName: null,
  ipAddress: null,
});
const named = (world: Case, add: object[], remove: string[] = [], version = 1) =>
  world.put('actors', { version, add, remove, by: [carl] });
const resolve = (world: Case) => resolveActor(world.services, { incidentId, window });
const idsOf = (answer: Awaited<ReturnType<typeof resolve>>) =>
  answer.resolved ? answer.actors.map((one) => one.actor.id) : [];

describe('the actor', () => {
  it('is the account of the alert that wrote in the window, not the one that did not', async () => {
    const world = createCase();
    world.directory.addIdentity({ id: 'victim', name: 'Vic' });
    await world.open({ actors: [] }, { hints: [hint('victim'), hint(actor.id)] });
    world.auditLog.writers = [writer(actor.id, 48)];

    const answer = await resolve(world);

    expect(answer).toMatchObject({
      resolved: true,
      actorsVersion: 0,
      actors: [{ actor: { id: actor.id }, auditRows: 48, commanderNamed: false }],
    });
  });

  it('is a question when the alert names only witnesses beside a busy writer', async () => {
    const world = createCase();
    world.directory.addIdentity({ id: 'victim', name: 'Vic' });
    await world.open({ actors: [] }, { hints: [hint('victim')] });
    world.auditLog.writers = [writer('stranger', 4800)];

    const answer = await resolve(world);

    expect(answer).toEqual({
      resolved: false,
      question: expect.stringContaining('stranger') as string,
    });
    expect((await world.incident()).candidates).toMatchObject([
      { id: 'stranger', auditRows: 4800 },
      { id: 'victim', auditRows: 0, name: 'Vic' },
    ]);
  });

  it('is whom the commander names, with the commander taken at their word', async () => {
    const world = createCase();
    await world.open({ actors: [] });
    await named(world, [{ userId: actor.id }]);

    expect(await resolve(world)).toMatchObject({
      actorsVersion: 1,
      actors: [{ actor: { id: actor.id }, commanderNamed: true, auditRows: 0 }],
    });
  });

  it('named later stands beside the one found before, who needs evidence as before', async () => {
    const world = createCase();
    world.directory.addIdentity({ id: 'second', name: 'Second' });
    await world.open();
    await named(world, [{ userId: 'second' }]);
    world.auditLog.writers = [writer(actor.id, 48)];

    const answer = await resolve(world);

    expect(answer).toMatchObject({
      actors: [
        { actor: { id: 'second' }, commanderNamed: true },
        { actor: { id: actor.id }, commanderNamed: false, auditRows: 48 },
      ],
    });
  });

  it('taken back by the commander is out, however the id is spelled and whatever the trail says', async () => {
    const world = createCase();
    const first = { kind: 'user', id: 'AaAa', name: 'First' } as const;
    world.directory.addIdentity(first);
    world.directory.addIdentity({ id: 'second', name: 'Second' });
    await world.open({
      actors: [{ ...first, containment: 'contained', provenAt: null }],
    });
    world.auditLog.writers = [writer('AaAa', 4800), writer('second', 3)];
    await named(world, [{ userId: 'second' }], ['aAAA']);

    expect(idsOf(await resolve(world))).toEqual(['second']);
  });

  describe('beside another whom the alert names', () => {
    const robot = { kind: 'servicePrincipal', id: 'robot', name: 'Payroll robot' } as const;
    const row = (over: Parameters<typeof auditRow>[0]) => auditRow({ ...over });
    const both = async (...rows: AuditEvent[]): Promise<string[]> => {
      const world = createCase();
      world.directory.addIdentity({ id: 'vera', name: 'Vera' });
      world.directory.addIdentity({ ...robot });
      world.directory.applications.set(robot.id, 'application');
      const hints = [{ ...hint(robot.id), kind: robot.kind }, hint('vera')];
      await world.open({ actors: [] }, { hints });
      world.auditLog.writers = [writer(robot.id, 48), writer('vera', 2)];
      world.auditLog.rows.push(...rows);
      return idsOf(await resolve(world));
    };
    const keys = (objectId: string) =>
      row({
        byId: 'vera',
        objectId,
        changes: [
          {
            property: 'keyIdentifiers',
            before: { known: true, value: [] },
            after: { known: true, value: ['password:1'] },
          },
        ],
      });
    const through = (clientName: string): AuditEvent => {
      const one = row({ byId: 'vera' });
      return { ...one, by: { ...one.by, clientName } };
    };

    it('is both when the trail ties them: credentials given, or writes through the application', async () => {
      expect(await both(keys(robot.id))).toEqual([robot.id, 'vera']);
      expect(await both(keys('application'))).toEqual([robot.id, 'vera']);
      expect(await both(through('payroll robot'))).toEqual([robot.id, 'vera']);
    });

    it('is the one alone when nothing ties them: the other may be a victim', async () => {
      expect(await both(keys('another application'), through('Graph Explorer'))).toEqual([
        robot.id,
      ]);
    });
  });

  it('is looked for from the lookback before the window until now', async () => {
    const world = createCase();
    await world.open({ actors: [] }, { hints: [hint(actor.id)] });
    const asked: unknown[] = [];
    world.services.auditLog.countWriters = async (looked) => {
      asked.push(looked);
      return [];
    };

    await resolve(world);

    expect(asked).toEqual([{ from: '2026-11-20T19:30:00.000Z', to: world.clock.iso() }]);
  });
});
