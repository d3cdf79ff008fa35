import { verifyRecovery } from '../../functions/activities/verify/verify-recovery.js';
import {
  actor,
  carl,
  delta,
  incidentId,
  olga,
  plannedUser,
  policyWith,
  userId,
} from '../support/activity-case.js';
import { auditRow } from '../support/fake-audit-log.js';
import {
  changeOf,
  pointAt,
  pointId,
  serviceWaves,
  type ServiceWaves,
} from '../support/service-waves.js';

const route = { executor: 'native', why: 'for the test' } as const;

test('a wave is previewed, compared, recovered by exactly its ids, and believed when it was successful', async () => {
  const waves = await serviceWaves('native');
  const done = await waves.run();

  expect(done).toMatchObject({ status: 'Completed', applied: 3, failed: 0, stopped: null });
  expect(waves.enabled()).toBe(3);
  expect(waves.recovery.jobs().map(({ kind }) => kind)).toEqual(['preview', 'recovery']);
  const [recovery] = waves.recoveries();
  expect(recovery?.scope).toEqual({
    kind: 'ids',
    entries: [{ entityType: 'user', ids: [0, 1, 2].map(userId) }],
  });
  expect(waves.directory.effects).toEqual([]);
  const kinds = waves.kinds();
  expect(kinds.indexOf('execute.wave')).toBeLessThan(kinds.indexOf('native.intent'));
  expect(kinds.filter((kind) => kind === 'native.intent')).toHaveLength(2);
  expect(kinds.filter((kind) => kind === 'native.outcome')).toHaveLength(2);
});

test('what the service would do beyond the plan never runs; the rest does', async () => {
  const waves = await serviceWaves('native');
  waves.recovery.changes.set(
    userId(1),
    changeOf(1, {
      target: { accountEnabled: true, city: 'Ulm' },
      current: { accountEnabled: false, city: 'Bonn' },
    }),
  );
  const done = await waves.run();

  expect(done).toMatchObject({ applied: 2, skipped: 1 });
  expect(waves.recoveries()[0]?.scope).toEqual({
    kind: 'ids',
    entries: [{ entityType: 'user', ids: [userId(0), userId(2)] }],
  });
  expect((await waves.lines()).get(userId(1))).toMatchObject({
    result: 'leftOut',
    detail: expect.stringContaining('city'),
  });
  expect((await waves.incident()).residual).toMatchObject([{ objectId: userId(1) }]);
});

test('what the service does not offer is left to people; nothing at all is asked of it then', async () => {
  const waves = await serviceWaves('native');
  waves.recovery.changes.clear();
  const done = await waves.run();

  expect(done).toMatchObject({ applied: 0, skipped: 3, stopped: null });
  expect(waves.recoveries()).toEqual([]);
  expect((await waves.incident()).residual).toHaveLength(3);
});

test('a preview that would touch anything outside the wave stops the whole wave', async () => {
  const waves = await serviceWaves('native');
  const { service } = waves.recovery;
  const read = service.readChanges.bind(service);
  service.readChanges = async function* (preview) {
    yield* read(preview);
    yield changeOf(77);
  };
  expect(await waves.run()).toMatchObject({ applied: 0, skipped: 3 });
  expect(waves.recoveries()).toEqual([]);
});

test('an object that changed while the preview ran is not recovered', async () => {
  const waves = await serviceWaves('native', {
    objects: [0, 1].map((n) =>
      plannedUser(n, {
        route,
        deltas: [
          delta({
            property: 'department',
            then: { known: true, value: 'A' },
            now: { known: true, value: 'X' },
          }),
        ],
      }),
    ),
  });
  for (const n of [0, 1]) {
    waves.directory.set(userId(n), { department: 'X' });
    waves.recovery.changes.set(
      userId(n),
      changeOf(n, { target: { department: 'A' }, current: { department: 'X' } }),
    );
  }
  waves.recovery.whenOver((job) => {
    if (job.kind === 'preview') waves.directory.set(userId(0), { department: 'HR' });
  });
  await waves.run();

  expect((await waves.lines()).get(userId(0))).toMatchObject({
    result: 'changedSince',
    drifted: true,
  });
});

test('an unknown earlier value is taken from the backup and read back as that', async () => {
  const waves = await serviceWaves('native', {
    objects: [
      plannedUser(0, {
        route,
        deltas: [delta({ then: { known: false, why: 'the audit row states no value' } })],
      }),
    ],
  });
  expect(await waves.run()).toMatchObject({ applied: 1 });
  expect((await waves.lines()).get(userId(0))).toMatchObject({
    learned: { accountEnabled: true },
  });
  const verified = await verifyRecovery(waves.services, {
    ...{ incidentId, planDigest: waves.digest },
    ...{ from: 0, to: 1, pass: 1 },
  });
  expect(verified).toEqual({ verified: 1, mismatched: 0, pending: 0 });
});

test('changes that failed are failed, with the words of the service', async () => {
  const waves = await serviceWaves('native');
  waves.recovery.failed.push(changeOf(2, { failure: 'managed by another service' }));
  expect(await waves.run()).toMatchObject({ applied: 2, failed: 1 });
  expect((await waves.lines()).get(userId(2))).toMatchObject({
    result: 'failed',
    detail: 'managed by another service',
  });
});

describe('the session', () => {
  test('without one nothing is asked for, and the run says that it waits for an operator', async () => {
    const waves = await serviceWaves('native', { lent: false });
    expect(await waves.run()).toMatchObject({ stopped: 'operatorSession', applied: 0 });
    expect(waves.recovery.jobs()).toEqual([]);

    await waves.recovery.sessions.lend(incidentId, olga, 'Bearer token');
    expect(await waves.run()).toMatchObject({ stopped: null, applied: 3 });
  });

  test('one that ends between preview and recovery stops before the recovery is asked for', async () => {
    const waves = await serviceWaves('native');
    waves.recovery.works.start = [
      null,
      { started: false, why: 'session', message: 'the token was revoked' },
    ];
    expect(await waves.run()).toMatchObject({ stopped: 'operatorSession', applied: 0 });
    expect(waves.recoveries()).toEqual([]);
    expect(await waves.run()).toMatchObject({ stopped: null, applied: 3 });
  });

  test('one that ends while the recovery runs does not keep it from being followed', async () => {
    const waves = await serviceWaves('native');
    waves.recovery.works.jobMs = 40 * 60_000;
    waves.recovery.whenOver((job) => {
      for (const n of [0, 1, 2]) {
        if (job.kind === 'recovery') waves.directory.set(userId(n), { accountEnabled: true });
      }
    });
    const { service } = waves.recovery;
    const start = service.startJob.bind(service);
    service.startJob = async (job) => {
      const answer = await start(job);
      if (job.kind === 'recovery') await waves.recovery.sessions.end(incidentId);
      return answer;
    };
    expect(await waves.run()).toMatchObject({ stopped: null, applied: 3 });
  });
});

describe('one job at a time', () => {
  test.each(['preview', 'recovery'] as const)(
    'a lost answer to the %s is looked up and adopted, never asked for twice',
    async (kind) => {
      const waves = await serviceWaves('native');
      waves.recovery.works.start = kind === 'preview' ? ['lost'] : [null, 'lost'];
      expect(await waves.run()).toMatchObject({ applied: 3 });
      expect(waves.recovery.jobs().map((job) => job.kind)).toEqual(['preview', 'recovery']);
      expect(waves.kinds()).toContain('native.adopted');
    },
  );

  test("somebody else's job is waited for, not fought and not taken for ours", async () => {
    const waves = await serviceWaves('native');
    const foreign = waves.recovery.addForeign('recovery', pointId, [
      { entityType: 'user', ids: [userId(50)] },
    ]);
    expect(await waves.run()).toMatchObject({ applied: 3 });
    const [, preview] = waves.recovery.jobs();
    expect(Date.parse(preview?.startedAt ?? '')).toBeGreaterThan(Date.parse(foreign.startedAt));
    expect(waves.summaries('native.outcome.busy')[0]).toContain('409');
  });

  test('while another incident holds the tenant nothing is asked; its lease is taken over when it died', async () => {
    const waves = await serviceWaves('native');
    await waves.engine.start('otherIncident', {});
    await waves.engine.runUntilIdle();
    const began = waves.clock.now();
    expect(await waves.run()).toMatchObject({ applied: 3 });
    const [preview] = waves.recovery.jobs();
    expect(Date.parse(preview?.startedAt ?? '') - began).toBeGreaterThanOrEqual(10 * 60_000);
    expect(waves.calls).toContain('findTenantJob');
  });

  test('a cancel while another job runs ends the wait', async () => {
    const waves = await serviceWaves('native');
    waves.recovery.works.jobMs = 30 * 3_600_000;
    waves.recovery.addForeign('recovery', pointId, [{ entityType: 'user', ids: [userId(50)] }]);
    waves.recovery.whenOver(() => undefined);
    const run = waves.run(6);
    await run;
    await waves.put('marks', { cancel: { by: olga, at: '' }, hold: null });
    await waves.engine.advanceToNextTimer();
    await waves.engine.advanceToNextTimer();
    expect(waves.engine.status(`${incidentId}-execute-1-1`).output).toMatchObject({
      stopped: 'cancelled',
      applied: 0,
    });
  });
});

describe('what is asked for last was looked at last', () => {
  /** The second thing asked for, the recovery, finds the tenant busy with a job of twenty minutes. */
  async function elbowedOut() {
    const waves = await serviceWaves('native');
    const { service } = waves.recovery;
    const start = service.startJob.bind(service);
    let isFirst = true;
    service.startJob = async (job) => {
      if (job.kind === 'recovery' && isFirst) {
        isFirst = false;
        const { works } = waves.recovery;
        works.jobMs = 20 * 60_000;
        waves.recovery.addForeign('recovery', pointId, [{ entityType: 'user', ids: [userId(50)] }]);
        works.jobMs = 60_000;
        // Somebody changes more of the first user while the other job runs.
        waves.recovery.changes.set(
          userId(0),
          changeOf(0, {
            target: { accountEnabled: true, city: 'Ulm' },
            current: { accountEnabled: false, city: 'Bonn' },
          }),
        );
      }
      return start(job);
    };
    return waves;
  }

  test('a recovery that others kept waiting is previewed and compared anew before it is asked for', async () => {
    const waves = await elbowedOut();
    expect(await waves.run()).toMatchObject({ stopped: null, applied: 2, skipped: 1 });

    const kinds = waves.recovery.jobs().map(({ kind }) => kind);
    expect(kinds).toEqual(['preview', 'recovery', 'preview', 'recovery']);
    expect(waves.recoveries().at(-1)?.scope).toEqual({
      kind: 'ids',
      entries: [{ entityType: 'user', ids: [userId(1), userId(2)] }],
    });
    expect((await waves.lines()).get(userId(0))?.result).toBe('leftOut');
  });

  test.each(['preview', 'recovery'] as const)(
    'an object that is protected while a later wave waits for its %s is in no later job',
    async (before) => {
      const waves = await serviceWaves('native', { canary: [1] });
      const protect = () => {
        waves.inForce.policy = policyWith({ protected: { neverTouchIds: [userId(1)] } });
      };
      if (before === 'recovery') {
        let previews = 0;
        waves.recovery.whenOver((job) => {
          if (job.kind === 'preview' && (previews += 1) === 2) protect();
          if (job.kind === 'preview') return;
          const n = waves.recoveries().length === 1 ? 0 : 2;
          waves.directory.set(userId(n), { accountEnabled: true });
        });
      } else {
        const { services } = waves;
        const list = services.recovery.listRecoveryPoints.bind(services.recovery);
        services.recovery.listRecoveryPoints = async () => {
          if (waves.recoveries().length === 1) protect();
          return list();
        };
      }
      expect(await waves.run()).toMatchObject({ stopped: null, applied: 2, skipped: 1 });

      expect(waves.recoveries().map(({ scope }) => scope)).toEqual([
        { kind: 'ids', entries: [{ entityType: 'user', ids: [userId(0)] }] },
        { kind: 'ids', entries: [{ entityType: 'user', ids: [userId(2)] }] },
      ]);
      expect(waves.recovery.jobs().at(-2)?.scope).toEqual(waves.recoveries()[1]?.scope);
      expect((await waves.lines()).get(userId(1))?.result).toBe('protected');
    },
  );

  test.each<[string, (waves: ServiceWaves) => unknown]>([
    [
      'an object that is protected',
      ({ inForce }) => {
        inForce.policy = policyWith({ protected: { neverTouchIds: [userId(1)] } });
      },
    ],
    [
      'a write of the actor that becomes known',
      ({ auditLog }) => auditLog.rows.push(auditRow({ byId: actor.id, objectId: userId(9) })),
    ],
  ])('%s before the first job of a plan makes a new version', async (_what, happens) => {
    const waves = await serviceWaves('native');
    waves.recovery.whenOver(() => void happens(waves));
    expect(await waves.run()).toMatchObject({ stopped: 'superseded', applied: 0 });
    expect(waves.recoveries()).toEqual([]);
  });

  test('the session of a lender who is not pinned any more is ended and starts nothing', async () => {
    const waves = await serviceWaves('native', { lent: false });
    await waves.recovery.sessions.lend(incidentId, carl, 'Bearer token');
    expect(await waves.run()).toMatchObject({ stopped: 'operatorSession', applied: 0 });
    expect(waves.recovery.jobs()).toEqual([]);
    expect(await waves.recovery.sessions.current(incidentId)).toBeNull();
  });

  test('the session of a lender who turns out to be an actor is ended and starts nothing more', async () => {
    const waves = await serviceWaves('native');
    const found = { ...olga, kind: 'user', containment: 'contained', provenAt: null } as const;
    waves.recovery.whenOver(() => {
      void waves.store.updateIncident(incidentId, (incident) => ({ ...incident, actors: [found] }));
    });
    expect(await waves.run()).toMatchObject({ stopped: 'operatorSession', applied: 0 });
    expect(waves.recoveries()).toEqual([]);
    expect(await waves.recovery.sessions.current(incidentId)).toBeNull();
  });
});

describe('a job that does not end well', () => {
  test('a cancel by the commander is passed on, and what was written until then is told', async () => {
    const waves = await serviceWaves('native');
    const { service } = waves.recovery;
    const start = service.startJob.bind(service);
    service.startJob = async (job) => {
      if (job.kind === 'recovery') {
        waves.recovery.works.jobMs = 3_600_000;
        await waves.put('marks', { cancel: { by: olga, at: '' }, hold: null });
        waves.directory.set(userId(0), { accountEnabled: true });
      }
      return start(job);
    };
    expect(await waves.run()).toMatchObject({ stopped: 'cancelled', applied: 1 });
    expect(waves.kinds()).toContain('native.cancel.accepted');
    expect((await waves.lines()).get(userId(1))).toMatchObject({ result: 'notReached' });
  });

  test.each([
    ['failed', 'failed'],
    ['abandoned', 'failed'],
  ] as const)('after a recovery that ended as %s every object is read', async (end, result) => {
    const waves = await serviceWaves('native');
    waves.recovery.whenOver((job) => {
      if (job.kind === 'preview') waves.recovery.works.end = end;
      else waves.directory.set(userId(0), { accountEnabled: true });
    });
    expect(await waves.run()).toMatchObject({ applied: 1, failed: 2, stopped: null });
    expect((await waves.lines()).get(userId(1))).toMatchObject({ result });
  });

  test('a failed preview recovers nothing', async () => {
    const waves = await serviceWaves('native');
    waves.recovery.works.end = 'failed';
    expect(await waves.run()).toMatchObject({ applied: 0, failed: 3 });
    expect(waves.recoveries()).toEqual([]);
  });

  test('a refusal is final and says why', async () => {
    const waves = await serviceWaves('native');
    waves.recovery.works.start = [{ started: false, why: 'refused', message: '403 no role' }];
    const done = await waves.run();
    expect(done).toMatchObject({ applied: 0, failed: 3 });
    expect(done.note).toContain('403 no role');
  });

  test('a job that the service no longer knows is never taken for done', async () => {
    const waves = await serviceWaves('native');
    const { service } = waves.recovery;
    const read = service.readJob.bind(service);
    service.readJob = async (job) => (job.kind === 'recovery' ? null : read(job));
    waves.recovery.whenOver(() => undefined);
    const done = await waves.run();
    expect(done).toMatchObject({ applied: 0, failed: 3 });
    expect(done.note).toContain('lost');
  });
});

test('a recovery of thirty hours that began under the approval is followed beyond its end, in short histories', async () => {
  const waves = await serviceWaves('native', {
    timing: { pollSeconds: { first: 600, max: 1800 } },
  });
  waves.recovery.whenOver((job) => {
    if (job.kind === 'preview') waves.recovery.works.jobMs = 30 * 3_600_000;
    else for (const n of [0, 1, 2]) waves.directory.set(userId(n), { accountEnabled: true });
  });
  expect(await waves.run(300)).toMatchObject({ stopped: null, applied: 3 });
  const child = `${incidentId}-execute-1-1-native-1`;
  expect(waves.calls.filter((name) => name === 'followNativeJob').length).toBeGreaterThan(50);
  expect(waves.engine.history(child).length).toBeLessThan(400);
});

test('when the approval ends while the preview runs, nothing is recovered', async () => {
  const waves = await serviceWaves('native');
  waves.recovery.works.jobMs = 5 * 3_600_000;
  expect(await waves.run()).toMatchObject({ stopped: 'expired', applied: 0 });
  expect(waves.recoveries()).toEqual([]);
});

test.each(['between', 'before'] as const)(
  'ends the same, with one job of each kind, when the process dies %s every two transitions',
  async (crash) => {
    const waves = await serviceWaves('native', { crash });
    expect(await waves.run()).toMatchObject({ status: 'Completed', applied: 3 });
    expect(waves.recovery.jobs().map(({ kind }) => kind)).toEqual(['preview', 'recovery']);
    expect(waves.engine.lives).toBeGreaterThan(10);
  },
);

test('a backup that is gone ends the wave before anything is asked for', async () => {
  const waves = await serviceWaves('native');
  waves.points.list = [{ id: 'other', createdDateTime: pointAt }];
  expect(await waves.run()).toMatchObject({ applied: 0, failed: 3 });
  expect(waves.recovery.jobs()).toEqual([]);
});

describe('a wave that a person carries out', () => {
  const startedByHand = (waves: ServiceWaves, ids: string[]) => {
    const { service } = waves.recovery;
    const list = service.listJobs.bind(service);
    let looks = 0;
    service.listJobs = async () => {
      if ((looks += 1) === 3) {
        waves.recovery.addForeign('recovery', pointId, [{ entityType: 'user', ids }]);
      }
      return list();
    };
  };

  test('gives exact requests, finds the job that equals them, and follows it', async () => {
    const waves = await serviceWaves('handOff', { lent: false });
    startedByHand(waves, [0, 1, 2].map(userId));
    expect(await waves.run()).toMatchObject({ applied: 3, stopped: null });

    const [given, ...more] = waves.told('notice');
    expect(given).toContain(userId(1));
    expect(given).toContain('/recoveryJobs');
    expect(more).toEqual([]);
    expect((await waves.incident()).tasks).toEqual([]);
    expect(waves.kinds()).toEqual(expect.arrayContaining(['handOff', 'handOff.adopted']));
  });

  test('never takes another job for its own, and names it', async () => {
    const waves = await serviceWaves('handOff');
    startedByHand(waves, [userId(0)]);
    const done = await waves.run(400);
    expect(done).toMatchObject({ stopped: 'expired', applied: 0 });
    const { warnings } = await waves.incident();
    expect(warnings.filter((text) => text.includes('NOT this plan'))).toHaveLength(1);
  });

  test('a job that equals the plan but is found after a cancel is followed, and told as late', async () => {
    const waves = await serviceWaves('handOff');
    const { service } = waves.recovery;
    const list = service.listJobs.bind(service);
    let looks = 0;
    service.listJobs = async () => {
      if ((looks += 1) === 3) {
        await waves.put('marks', { cancel: { by: olga, at: '' }, hold: null });
        waves.recovery.addForeign('recovery', pointId, [
          { entityType: 'user', ids: [0, 1, 2].map(userId) },
        ]);
      }
      return list();
    };
    await waves.run();
    expect(waves.kinds()).toContain('handOff.adoptedLate');
    expect((await waves.incident()).warnings.join()).toContain('nothing may be written');
  });

  test('a recovery that ran already when the wave was handed over is named as well', async () => {
    const waves = await serviceWaves('handOff');
    waves.recovery.addForeign('recovery', pointId, [{ entityType: 'user', ids: [userId(50)] }]);
    waves.clock.advance(5_000);
    await waves.run(1);
    expect(waves.kinds()).toContain('handOff.otherJob');
  });

  /** Something happens while the person takes their time; then they start a job of these objects. */
  const meanwhile = (
    waves: ServiceWaves,
    happens: () => void,
    { ids, looks = 4 }: { readonly ids: readonly string[]; readonly looks?: number },
  ) => {
    const { service } = waves.recovery;
    const list = service.listJobs.bind(service);
    const offered: string[] = [];
    let look = 0;
    service.listJobs = async () => {
      if ((look += 1) === 2) happens();
      if (look === looks) {
        offered.push(...(await waves.incident()).tasks.map(({ command }) => command ?? ''));
        waves.recovery.addForeign('recovery', pointId, [{ entityType: 'user', ids }]);
      }
      return list();
    };
    return offered;
  };
  const results = async (waves: ServiceWaves) => {
    const lines = await waves.lines();
    return [0, 1, 2].map((n) => lines.get(userId(n))?.result);
  };
  const lists = (waves: ServiceWaves) =>
    waves.told('notice').filter((text) => text.includes('/recoveryJobs'));
  const takenBack = (waves: ServiceWaves) =>
    waves.told('urgent').filter((text) => text.includes('is not for a person any more'));

  const loud = (waves: ServiceWaves) =>
    waves.told('urgent').filter((text) => text.includes('must be left alone'));

  test.each<[string, (waves: ServiceWaves) => void, string]>([
    [
      'is protected',
      (waves) => {
        waves.inForce.policy = policyWith({ protected: { neverTouchIds: [userId(1)] } });
      },
      'protected',
    ],
    [
      'changes',
      (waves) => waves.directory.set(userId(1), { accountEnabled: 'by somebody' }),
      'changedSince',
    ],
    [
      'is put right',
      (waves) => waves.directory.set(userId(1), { accountEnabled: true }),
      'present',
    ],
  ])('an object that %s meanwhile leaves the list, which is handed over anew', async (...row) => {
    const [, happens, result] = row;
    const waves = await serviceWaves('handOff', { lent: false });
    waves.inForce.policy = policyWith({ execution: { reapproveAboveDriftPercent: 100 } });
    const offered = meanwhile(waves, () => happens(waves), { ids: [userId(0), userId(2)] });

    expect(await waves.run()).toMatchObject({ applied: 2, skipped: 1 });

    expect(await results(waves)).toEqual(['applied', result, 'applied']);
    const [first, second, ...more] = lists(waves);
    expect(more).toEqual([]);
    expect(first).toContain(userId(1));
    expect(second).not.toContain(userId(1));
    expect(offered).toEqual([expect.not.stringContaining(userId(1))]);
    expect(takenBack(waves)).toEqual([]);
    expect(waves.kinds()).toContain('handOff.narrowed');
    expect(loud(waves)).toEqual([]);
  });

  test.each<[string, number]>([
    ['from the list before that', 4],
    ['at that very moment', 2],
  ])('a job that writes an object protected meanwhile is followed loudly: %s', async (_, looks) => {
    const waves = await serviceWaves('handOff', { lent: false });
    const protect = () => {
      waves.inForce.policy = policyWith({ protected: { neverTouchIds: [userId(1)] } });
    };
    meanwhile(waves, protect, { ids: [0, 1, 2].map(userId), looks });

    expect(await waves.run()).toMatchObject({ applied: 2, skipped: 1 });

    expect(await results(waves)).toEqual(['applied', 'protected', 'applied']);
    const [told, ...others] = loud(waves);
    expect(others).toEqual([]);
    expect(told).toMatch(new RegExp(`also writes ${userId(1)} \\(protected since`));
    expect((await waves.incident()).warnings.join()).toContain(userId(1));
  });

  test('is over when somebody else has put everything right', async () => {
    const waves = await serviceWaves('handOff', { lent: false });
    const all = [0, 1, 2].map(userId);
    const right = () => all.forEach((id) => waves.directory.set(id, { accountEnabled: true }));
    meanwhile(waves, right, { ids: [], looks: 1000 });

    expect(await waves.run()).toMatchObject({ applied: 0, skipped: 3, stopped: null });

    expect(takenBack(waves)).toEqual([expect.stringContaining('put right, changed or protected')]);
    expect((await waves.incident()).tasks).toMatchObject([{ command: null }]);
  });

  test('is taken back while it is held, handed over again after it, and its job is found', async () => {
    const waves = await serviceWaves('handOff', { lent: false });
    await waves.run(3);
    await waves.put('marks', { cancel: null, hold: { by: olga, at: '' } });
    await waves.engine.advanceToNextTimer();
    expect(takenBack(waves)).toHaveLength(1);
    expect((await waves.incident()).tasks).toMatchObject([{ command: null }]);

    await waves.put('marks', { cancel: null, hold: null });
    const offered = meanwhile(waves, () => undefined, { ids: [0, 1, 2].map(userId) });
    expect(await waves.run()).toMatchObject({ applied: 3, stopped: null });

    expect(offered).toEqual([expect.stringContaining('/recoveryJobs')]);
    expect(lists(waves)).toHaveLength(2);
    expect(takenBack(waves)).toHaveLength(1);
    expect((await waves.incident()).tasks).toEqual([]);
  });

  test.each([
    ['was told by the difference report of the person', true, 'applied'],
    ['that no report told cannot be read back', false, 'mismatched'],
  ])('a value that only the backup knows and that %s', async (_what, reported, read) => {
    const unknown = delta({ then: { known: false, why: 'the trail cut it off' } });
    const by = { executor: 'handOff', why: 'for the test' } as const;
    const objects = [plannedUser(0, { deltas: [unknown], route: by })];
    const waves = await serviceWaves('handOff', { lent: false, objects });
    const report = () => {
      const entries = [{ entityType: 'user', ids: [userId(0)] }];
      if (reported) waves.recovery.addForeign('preview', pointId, entries);
    };
    meanwhile(waves, report, { ids: [userId(0)], looks: 12 });

    expect(await waves.run()).toMatchObject({ applied: 1, failed: 0 });

    const learned = (await waves.lines()).get(userId(0))?.learned;
    expect(learned).toEqual(reported ? { accountEnabled: true } : undefined);
    const seen = await verifyRecovery(waves.services, {
      ...{ incidentId, planDigest: waves.digest, from: 0, to: 1, pass: 1 },
    });
    expect(seen).toMatchObject(read === 'applied' ? { verified: 1 } : { mismatched: 1 });
  });

  test('ends when the commander cancels', async () => {
    const waves = await serviceWaves('handOff');
    await waves.run(3);
    await waves.put('marks', { cancel: { by: olga, at: '' }, hold: null });
    await waves.engine.advanceToNextTimer();
    expect(waves.engine.status(`${incidentId}-execute-1-1`).output).toMatchObject({
      stopped: 'cancelled',
    });
    expect(takenBack(waves)).toEqual([expect.stringContaining('The commander cancelled.')]);
    expect((await waves.incident()).tasks).toMatchObject([{ command: null }]);
  });
});
