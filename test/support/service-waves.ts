import * as df from 'durable-functions';
import { tenantJobs as contract } from '../../shared/contracts/catalogue.js';
import type { NativeChange } from '../../shared/domain/native/native-job.js';
import { PLAYBOOK_VERSION } from '../../shared/domain/incident/incident.js';
import type { Policy } from '../../shared/domain/policy.js';
import { planWaves } from '../../shared/domain/plan/waves.js';
import type { ExecutorName, PlannedObject } from '../../shared/domain/plan/plan.js';
import {
  createCase,
  damagedUser,
  incidentId,
  olga,
  otherIncidentId,
  plannedUser,
  policyWith,
  userId,
} from './activity-case.js';
import { createCaseEngine } from './case-engine.js';
import { readWaveLines } from '../../functions/activities/execute/wave-file.js';

export const pointId = 'cG9pbnQ=';
export const pointAt = '2026-11-20T02:00:00.000Z';

/** What the service would do to a user whom the actor disabled: exactly what is planned. */
export const changeOf = (number: number, over: Partial<NativeChange> = {}): NativeChange => ({
  objectId: userId(number),
  entityType: 'user',
  displayName: `User ${number}`,
  action: 'update',
  target: { accountEnabled: true },
  current: { accountEnabled: false },
  links: [],
  failure: null,
  ...over,
});

/** Another incident that takes the tenant's place for jobs, and dies; its output is the lease it got. */
export const otherIncident: df.OrchestrationHandler = function* (context) {
  const now = context.df.currentUtcDateTime.toISOString();
  const entity = new df.EntityId(contract.name, contract.key);
  return yield context.df.callEntity(entity, 'acquire', { incidentId: otherIncidentId, now });
};

export type ServiceWaves = Awaited<ReturnType<typeof serviceWaves>>;

/** An approved plan of one executor, on real replay over fakes with one clock. */
export async function serviceWaves(
  executor: ExecutorName,
  options: {
    readonly users?: number;
    readonly objects?: readonly PlannedObject[];
    readonly lent?: boolean;
    readonly canary?: readonly number[];
    readonly timing?: Policy['timing'];
    readonly crash?: 'never' | 'between' | 'before';
  } = {},
) {
  const { users = 3, lent = true } = options;
  const route = { executor, why: 'for the test' };
  const objects =
    options.objects ?? Array.from({ length: users }, (_, n) => plannedUser(n, { route }));
  const world = createCase();
  const { recovery, directory, store } = world;
  if (options.timing) world.inForce.policy = policyWith({ timing: options.timing });
  world.points.list = [{ id: pointId, createdDateTime: pointAt }];
  await world.open();
  directory.put(...objects.map((_, n) => damagedUser(n)));
  for (const [n] of objects.entries()) recovery.changes.set(userId(n), changeOf(n));
  recovery.whenOver((job) => {
    if (job.kind !== 'recovery' || job.status !== 'successful' || job.scope.kind !== 'ids') return;
    const failed = new Set(recovery.failed.map(({ objectId }) => objectId));
    for (const id of job.scope.entries.flatMap(({ ids }) => ids)) {
      const change = recovery.changes.get(id);
      if (change && !failed.has(id)) directory.set(id, change.target);
    }
  });
  const digest = await world.plan(objects, { recoveryPointId: pointId, executor });
  await world.approve(digest);
  if (lent) await recovery.sessions.lend(incidentId, olga, 'Bearer token');

  const { engine, calls } = createCaseEngine(world, {
    orchestrations: { otherIncident },
    ...(options.crash !== undefined && { crash: options.crash }),
  });
  let attempts = 0;

  return {
    ...world,
    engine,
    calls,
    digest,
    /** Carries the waves out to their end, or until `most` timers have fired. */
    async run(most = 200) {
      const id = `${incidentId}-execute-1-${(attempts += 1)}`;
      await engine.start(
        'executeWaves',
        {
          ...{ playbookVersion: PLAYBOOK_VERSION, incidentId, planDigest: digest, next: 0 },
          waves: planWaves([{ executor, stage: 'users', objects: objects.length }], {
            ...world.inForce.policy.execution,
            canary: options.canary ?? [],
          }),
          ...{ planned: objects.length, applied: 0, skipped: 0, failed: 0, drifted: 0 },
        },
        id,
      );
      await engine.runUntilIdle();
      for (let fired = 0; fired < most; fired += 1) {
        if (engine.status(id).runtimeStatus !== 'Running') break;
        if (!(await engine.advanceToNextTimer())) break;
      }
      const { runtimeStatus, output } = engine.status(id);
      return { status: runtimeStatus, ...(output as Record<string, unknown> | null) } as {
        status: string;
        applied: number;
        skipped: number;
        failed: number;
        stopped: string | null;
        note: string | null;
      };
    },
    lines: async () => readWaveLines(world.services, incidentId, digest, 0, objects.length),
    enabled: () =>
      objects.filter(({ objectId }) => directory.object(objectId).properties['accountEnabled'])
        .length,
    recoveries: () => recovery.jobs().filter(({ kind }) => kind === 'recovery'),
    entries: () => store.entries(incidentId),
  };
}
