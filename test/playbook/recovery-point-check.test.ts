import type { AuditEvent } from '../../shared/domain/attribution/audit.js';
import { known, unknown, type Json } from '../../shared/domain/json.js';
import { carl, damagedUser, incidentId, actor, olga, userId } from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';
import { noTotals, pointCheckRunOf } from '../../shared/domain/native/point-check.js';
import { awaitingApproval, type PointChecks } from '../support/point-checks.js';
import { changeOf, pointId } from '../support/service-waves.js';

/** The actor disabled users 0 to 2. */
const disabling = [0, 1, 2].map((n) => auditRow({ byId: actor.id, objectId: userId(n) }));

const written = (n: number, property: string, before: Json | null, after: Json): AuditEvent =>
  auditRow({
    byId: actor.id,
    objectId: userId(n),
    changes: [
      {
        property,
        before: before === null ? unknown('the audit row states no value') : known(before),
        after: known(after),
      },
    ],
  });

type Wish = Parameters<typeof awaitingApproval>[1];

const checksOf = (
  rows: readonly AuditEvent[] = disabling,
  prepare: Wish = () => undefined,
  options: Parameters<typeof awaitingApproval>[2] = {},
): Promise<PointChecks> =>
  awaitingApproval(
    rows,
    (world) => {
      const ids = [...new Set(rows.map(({ objectId }) => objectId))];
      const numbers = ids.map((id) => Number(id.slice(-12)));
      world.directory.put(...numbers.map((n) => damagedUser(n)));
      for (const n of numbers) world.recovery.changes.set(userId(n), changeOf(n));
      prepare(world);
    },
    options,
  );

const versionOf = async (checks: PointChecks): Promise<number> =>
  (await checks.plan()).body.version;
const answered = (checks: PointChecks, run = 1) => checks.until(() => Boolean(checks.check(run)));

test('where the recovery point agrees the plan stands, and so does the approval that was given before', async () => {
  const checks = await checksOf();
  await checks.decide(olga);
  await checks.lend();
  await answered(checks);

  expect(checks.check()).toMatchObject({ outcome: 'agrees' });
  expect(checks.check()?.note).toContain('3 objects agree');
  expect(await versionOf(checks)).toBe(1);
  const { pointCheck, steps } = await checks.incident();
  expect(pointCheck?.outcome).toBe('agrees');
  expect(steps.find(({ name }) => name === 'approve')?.summary).toContain('3 objects agree');
  expect(checks.recovery.jobs()).toMatchObject([
    {
      kind: 'preview',
      scope: { kind: 'ids', entries: [{ entityType: 'user', ids: [0, 1, 2].map(userId) }] },
    },
  ]);

  await checks.decide(...checks.both);
  await checks.until(() => Boolean(checks.outcome()));
  expect(checks.outcome()).toEqual({ how: '3 applied', version: 1 });
});

test('where a row is missing the plan is drawn again, says so, and returns to the later value', async () => {
  const rows = [written(0, 'Department', 'Sales', 'X'), ...disabling.slice(1)];
  const checks = await checksOf(rows, ({ directory, recovery }) => {
    directory.set(userId(0), { department: 'X' });
    recovery.changes.set(
      userId(0),
      changeOf(0, { target: { department: 'HR' }, current: { department: 'X' } }),
    );
  });
  await checks.decide(olga);
  const first = (await checks.plan()).digest;
  await checks.lend();
  const lentAt = checks.clock.now();
  await checks.until(async () => (await versionOf(checks)) === 2);
  // The preview takes a minute; nobody waits for the next reminder, half an hour later.
  expect(checks.clock.now() - lentAt).toBeLessThan(10 * 60_000);

  expect(checks.check()).toMatchObject({ outcome: 'differs' });
  const [department] = await checks.deltas(userId(0));
  expect(department).toMatchObject({ action: 'update', then: known('Sales'), point: 'disagrees' });
  expect(department?.reason).toContain('states HR, the row itself Sales');
  const plan = await checks.plan();
  expect(plan.digest).not.toBe(first);
  expect(plan.body.warnings.join()).toContain("somebody's row is missing");
  // The approval of the first version counts for nothing now.
  expect((await checks.incident()).approvals.given).toEqual([]);
  expect(checks.outcome()).toBeFalsy();

  await checks.decide(...checks.both);
  await checks.until(() => Boolean(checks.outcome()));
  expect(checks.outcome()).toMatchObject({ version: 2 });
  expect(checks.directory.object(userId(0)).properties['department']).toBe('Sales');
});

test('a difference that no row is about is listed in the new plan and never written', async () => {
  const checks = await checksOf(disabling, ({ directory, recovery }) => {
    directory.set(userId(1), { city: 'Bonn' });
    recovery.changes.set(
      userId(1),
      changeOf(1, {
        target: { accountEnabled: true, city: 'Ulm' },
        current: { accountEnabled: false, city: 'Bonn' },
      }),
    );
  });
  await checks.lend();
  await checks.until(async () => (await versionOf(checks)) === 2);

  expect(
    (await checks.deltas(userId(1))).find(({ property }) => property === 'city'),
  ).toMatchObject({
    ...{ class: 'unexplained', action: null, then: known('Ulm'), now: known('Bonn') },
  });
  expect((await checks.incident()).warnings.join()).toContain('1 difference has no row');
  await checks.decide(...checks.both);
  await checks.until(() => Boolean(checks.outcome()));
  expect(checks.directory.object(userId(1)).properties).toMatchObject({
    ...{ city: 'Bonn', accountEnabled: true },
  });
});

test('an object whose earlier value is not stated becomes writable beside one that is', async () => {
  const rows = [written(0, 'Department', null, 'X'), disabling[1]!];
  const checks = await checksOf(rows, (world) => {
    world.directory.put(damagedUser(0, { properties: { department: 'X' } }));
    world.recovery.changes.set(
      userId(0),
      changeOf(0, { target: { department: null }, current: { department: 'X' } }),
    );
  });
  const before = await checks.deltas(userId(0));
  expect(before).toMatchObject([{ then: { known: false } }]);
  await checks.lend();
  await checks.until(async () => (await versionOf(checks)) === 2);
  expect(checks.check()?.note).toContain('1 earlier value that no row states is told');

  expect(await checks.deltas(userId(0))).toMatchObject([
    { property: 'department', class: 'actorOnly', action: 'update', then: known(null) },
  ]);
});

test('a value that only the point tells changes no decision, so the plan and its approval stand', async () => {
  const rows = [written(0, 'Department', null, 'X'), disabling[1]!];
  const checks = await checksOf(rows, ({ directory, recovery }) => {
    directory.put(damagedUser(0, { properties: { department: 'X' } }));
    const back = { target: { department: 'HR' }, current: { department: 'X' } };
    recovery.changes.set(userId(0), changeOf(0, back));
  });
  await checks.decide(olga);
  await checks.lend();
  await answered(checks);

  expect(checks.check()).toMatchObject({ outcome: 'agrees' });
  expect(checks.check()?.note).toContain('1 earlier value that no row states is told by the point');
  expect(await versionOf(checks)).toBe(1);
  expect((await checks.incident()).approvals.given).toHaveLength(1);
});

test('a plan that is about other objects by then was not checked', async () => {
  const checks = await checksOf(disabling, ({ handlers }) => {
    handlers.compareWithPoint = async () => noTotals;
  });
  await checks.lend();
  await answered(checks);

  expect(checks.check()).toMatchObject({ outcome: 'unanswered' });
  expect(checks.check()?.note).toContain('about no object of the plan');
});

test('while a plan is drawn again anyway, nobody is told that it is carried out', async () => {
  const checks = await checksOf(disabling, ({ recovery }) => {
    recovery.changes.set(
      userId(1),
      changeOf(1, { target: { city: 'Ulm' }, current: { city: 'Bonn' } }),
    );
  });
  await checks.lend();
  await checks.store.updateIncident(incidentId, (open) => ({ ...open, state: 'previewing' }));
  await answered(checks);

  expect(checks.check()).toMatchObject({ outcome: 'differs' });
  expect((await checks.incident()).warnings.join()).not.toContain('carried out');
});

describe('one preview', () => {
  test.each(['never', 'between', 'before'] as const)(
    'is asked for although its answer is lost (crash: %s)',
    async (crash) => {
      const checks = await checksOf(
        disabling,
        ({ recovery }) => recovery.works.start.push('lost'),
        {
          crash,
        },
      );
      await checks.lend();
      await answered(checks);

      expect(checks.check()).toMatchObject({ outcome: 'agrees' });
      expect(checks.recovery.jobs()).toHaveLength(1);
      expect(checks.kinds()).toContain('native.adopted');
    },
  );

  test('is asked for by kinds when one job does not take so many ids', async () => {
    const rows = Array.from({ length: 101 }, (_, n) =>
      auditRow({ byId: actor.id, objectId: userId(n) }),
    );
    const checks = await checksOf(rows, ({ recovery }) => {
      recovery.changes.set(userId(500), changeOf(500));
    });
    await checks.lend();
    await answered(checks);

    expect(checks.recovery.jobs()).toMatchObject([{ scope: { kind: 'types', types: ['user'] } }]);
    expect(checks.check()?.note).toContain('101 objects agree');
    expect(checks.check()?.note).toContain(
      'Outside the scope the service would also change 1 user',
    );
  });

  test('is not asked for again by a second session, while it runs or when it has answered', async () => {
    const checks = await checksOf();
    await checks.lend();
    await checks.lend();
    await answered(checks);
    await checks.lend();
    expect([...checks.begun]).toHaveLength(1);
    expect(checks.recovery.jobs()).toHaveLength(1);
  });

  test("waits for somebody else's job", async () => {
    const checks = await checksOf();
    checks.recovery.addForeign('recovery', pointId, [{ entityType: 'user', ids: [userId(50)] }]);
    await checks.lend();
    await answered(checks);
    expect(checks.check()).toMatchObject({ outcome: 'agrees' });
    expect(checks.recovery.jobs()).toHaveLength(2);
  });
});

describe('without an answer the plan stands, the words say why, and a later session asks again', () => {
  test.each<[string, (checks: PointChecks) => Promise<void>, string]>([
    [
      'the session has ended',
      async ({ recovery }) => {
        recovery.works.start.push({ started: false, why: 'session', message: 'revoked' });
      },
      'revoked',
    ],
    [
      'the service refuses',
      async ({ recovery }) => {
        recovery.works.start.push({ started: false, why: 'refused', message: '403 no role' });
      },
      '403 no role',
    ],
    [
      'the preview fails',
      async ({ recovery }) => {
        recovery.works.end = 'failed';
      },
      'ended as failed',
    ],
    [
      'the lender turns out to be an actor',
      async ({ store }) => {
        const found = { ...olga, kind: 'user', containment: 'contained', provenAt: null } as const;
        await store.updateIncident(incidentId, (open) => ({
          ...open,
          actors: [...open.actors, found],
        }));
      },
      'an actor of the incident lends nothing',
    ],
  ])('%s', async (_, arrange, words) => {
    const checks = await checksOf();
    await arrange(checks);
    await checks.lend();
    await answered(checks);

    expect(checks.check()).toMatchObject({ outcome: 'unanswered' });
    expect((await checks.incident()).pointCheck?.summary).toContain(words);
    expect(await versionOf(checks)).toBe(1);
    expect(checks.recovery.jobs().filter(({ status }) => status === 'successful')).toEqual([]);

    checks.recovery.works.end = 'successful';
    await checks.store.updateIncident(incidentId, (open) => ({
      ...open,
      actors: open.actors.filter(({ id }) => id !== olga.id),
    }));
    await checks.lend();
    await answered(checks, 2);
    expect(checks.check(2)).toMatchObject({ outcome: 'agrees' });
  });

  test('it was terminated before it could say so, which the record then tells', async () => {
    const checks = await checksOf();
    await checks.lend();
    await checks.engine.terminate(pointCheckRunOf(incidentId, 1), 'by an operator of the host');
    await checks.engine.runUntilIdle();
    await checks.lend();
    await answered(checks, 2);

    expect(checks.check(2)).toMatchObject({ outcome: 'agrees' });
    expect(checks.kinds().filter((kind) => kind.startsWith('pointCheck'))).toEqual([
      ...['pointCheck.unanswered', 'pointCheck.read', 'pointCheck.agrees'],
    ]);
  });

  test('nobody whom the policy does not pin', async () => {
    const checks = await checksOf();
    await checks.lend(carl);
    await answered(checks);
    expect(checks.check()?.note).toContain('does not pin this person');
    expect(checks.recovery.jobs()).toEqual([]);
  });
});

test('an approval that comes while the preview runs is carried out; what differs is told, never drawn again', async () => {
  const checks = await checksOf(disabling, ({ recovery }) => {
    recovery.works.jobMs = 2 * 3_600_000;
    recovery.changes.set(
      userId(1),
      changeOf(1, {
        target: { accountEnabled: true, city: 'Ulm' },
        current: { accountEnabled: false, city: 'Bonn' },
      }),
    );
  });
  await checks.lend();
  await checks.engine.advanceToNextTimer();
  await checks.decide(...checks.both);
  await checks.until(() => Boolean(checks.outcome()));
  expect(checks.outcome()).toEqual({ how: '3 applied', version: 1 });
  await answered(checks);

  expect(checks.check()).toMatchObject({ outcome: 'differs' });
  expect(checks.check()?.note).toContain('not drawn again');
  expect((await checks.incident()).warnings.join()).toContain('not drawn again');
  expect(await versionOf(checks)).toBe(1);
});

test('an answer whose values another recovery point has replaced since overtakes nothing', async () => {
  const checks = await checksOf(disabling, ({ recovery, handlers }) => {
    recovery.changes.set(userId(1), changeOf(1, { target: { city: 'Ulm' } }));
    // Drawing again at once and for ever would leave no time for a time-out.
    const { requestApproval } = handlers;
    let asked = 0;
    handlers.requestApproval = async (input) => {
      asked += 1;
      if (asked > 5) await new Promise(() => undefined);
      return requestApproval(input);
    };
  });
  const { digest } = await checks.plan();
  // As after: this point answered, another one was chosen and read, this one was chosen again.
  await checks.store.updateDocument(incidentId, 'point-check', () => ({
    ...{ asked: 2, ended: 2, request: null },
    values: {
      ...{ pointId: 'other', targetAt: '2026-11-19T00:00:00Z', jobId: 'job-2', index: 'index-2' },
      ...{ objects: 3, named: 0, linked: 0, outside: {} },
    },
    answer: {
      ...{ pointId, index: 'index-1', agreesWith: null },
      ...{ at: '2026-11-20T21:00:00Z', summary: 'Checked.' },
    },
  }));
  await checks.decide(olga);
  expect((await checks.plan()).digest).toBe(digest);
  expect((await checks.incident()).approvals.given).toHaveLength(1);

  // The point is asked anew, and what it says then is what counts.
  await checks.lend();
  await checks.until(async () => (await versionOf(checks)) === 2);
  await checks.decide(...checks.both);
  await checks.until(() => Boolean(checks.outcome()));
  expect(checks.outcome()).toMatchObject({ version: 2 });
});

describe('a native wave of the same incident', () => {
  /** One object that only the service can put back, and a check whose preview takes two hours. */
  const withLongPreview = (prepare: Wish) =>
    checksOf([written(0, 'Department', null, 'X'), disabling[1]!], (world) => {
      const { directory, recovery } = world;
      directory.put(damagedUser(0, { properties: { department: 'X' } }));
      const back = { target: { department: 'HR' }, current: { department: 'X' } };
      recovery.changes.set(userId(0), changeOf(0, back));
      recovery.works.jobMs = (kind, objects) =>
        (kind === 'preview' && objects > 1 ? 120 : 1) * 60_000;
      recovery.whenOver(({ kind }) => {
        if (kind === 'recovery') directory.set(userId(0), { department: 'HR' });
      });
      prepare(world);
    });
  const startOf = (job: { readonly startedAt: string } | undefined) =>
    Date.parse(job?.startedAt ?? '');

  test('does not wait for the preview of the check, which is cancelled', async () => {
    const checks = await withLongPreview(() => undefined);
    await checks.lend();
    await checks.decide(...checks.both);
    const approvedAt = checks.clock.now();
    await checks.until(() => Boolean(checks.outcome()));

    expect(checks.outcome()).toEqual({ how: '2 applied', version: 1 });
    const [check, ...waves] = checks.recovery.jobs();
    expect(check).toMatchObject({ kind: 'preview', status: 'abandoned' });
    expect(waves.map(({ kind }) => kind)).toEqual(['preview', 'recovery']);
    expect(startOf(waves[0]) - approvedAt).toBeLessThan(15 * 60_000);
    // It waited for its turn, instead of asking and being turned away.
    expect(checks.kinds()).not.toContain('native.outcome.busy');
    expect(checks.kinds().filter((kind) => kind.startsWith('native.cancel'))).toHaveLength(2);
    expect(checks.check()?.note).toContain('made way for the approved recovery');
  });

  test.each<[string, Wish, (checks: PointChecks) => Promise<unknown>, string]>([
    [
      'the service does not cancel it',
      ({ recovery }) => void (recovery.works.cancel = false),
      async () => undefined,
      'native.cancel.refused',
    ],
    [
      'no session is open that could cancel it, which people are told',
      () => undefined,
      ({ recovery }) => recovery.sessions.end(incidentId),
      'pointCheck.inTheWay',
    ],
  ])('waits for it where %s', async (_, prepare, beforeWave, told) => {
    const checks = await withLongPreview(prepare);
    await checks.lend();
    await beforeWave(checks);
    await checks.decide(...checks.both);
    await checks.until(() => Boolean(checks.check()));
    await checks.recovery.sessions.lend(incidentId, olga, 'Bearer token');
    await checks.until(() => Boolean(checks.outcome()));

    expect(checks.outcome()).toEqual({ how: '2 applied', version: 1 });
    const [check, wave] = checks.recovery.jobs();
    expect(check).toMatchObject({ kind: 'preview', status: 'successful' });
    expect(startOf(wave)).toBeGreaterThanOrEqual(Date.parse(check?.endedAt ?? ''));
    expect(checks.kinds().filter((kind) => kind === told)).toHaveLength(1);
    const urged = checks.sent.filter(
      ({ channel, text }) =>
        channel === 'urgent' && text.includes(`waits for preview ${check?.id}`),
    );
    expect(urged).toHaveLength(told === 'pointCheck.inTheWay' ? 1 : 0);
  });
});

test('a cancelled incident ends the check before it asks for anything, and leaves the tenant free', async () => {
  const checks = await checksOf();
  checks.recovery.addForeign('recovery', pointId, [{ entityType: 'user', ids: [userId(50)] }]);
  await checks.lend();
  await checks.store.updateIncident(incidentId, (open) => ({ ...open, state: 'closed' }));
  const [closed, kinds] = [await checks.incident(), checks.kinds()];
  await answered(checks);
  expect(checks.check()).toMatchObject({ outcome: 'unanswered' });
  expect(checks.recovery.jobs()).toHaveLength(1);
  expect(await checks.incident()).toEqual(closed);
  expect(checks.kinds()).toEqual(kinds);
  expect(await checks.isTenantFree()).toBe(true);
});

test('a check that has asked for long leaves the tenant free while the plan is drawn again', async () => {
  const checks = await checksOf(disabling, ({ inForce, recovery }) => {
    inForce.policy = { ...inForce.policy, timing: { pollSeconds: { first: 10, max: 60 } } };
    recovery.works.jobMs = 3 * 3_600_000;
    recovery.addForeign('recovery', pointId, [{ entityType: 'user', ids: [userId(50)] }]);
  });
  const looks = () => checks.calls.filter((name) => name === 'openPointCheck').length;
  await checks.lend();
  // With the next look another run of the orchestration begins.
  await checks.until(() => looks() === 40, 300);
  await checks.store.updateIncident(incidentId, (open) => ({ ...open, state: 'previewing' }));
  const before = looks();
  await checks.until(() => looks() > before);

  expect(checks.check()).toBeFalsy();
  expect(await checks.isTenantFree()).toBe(true);
});
