import type * as df from 'durable-functions';
import { beginPointCheck } from '../../functions/http/point-check.js';
import type { DoorServices } from '../../functions/http/services.js';
import { noteScope } from '../../functions/activities/scope/scope-file.js';
import type { PlanDocument } from '../../functions/activities/plan/plan-file.js';
import { call, type Playbook, type Step } from '../../orchestrations/durable.js';
import { awaitChangeWindow } from '../../orchestrations/steps/await-window.js';
import { executePlan } from '../../orchestrations/steps/execute-plan.js';
import { obtainApproval } from '../../orchestrations/steps/obtain-approval.js';
import { previewRecovery } from '../../orchestrations/steps/preview-recovery.js';
import { hasEnded } from '../../shared/adapters/durable-runs.js';
import { canonicalText } from '../../shared/digest.js';
import type { AuditEvent, ObjectHistory } from '../../shared/domain/attribution/audit.js';
import { PLAYBOOK_VERSION, type RecoveryPointView } from '../../shared/domain/incident/incident.js';
import type { Json } from '../../shared/domain/json.js';
import { firstPointCheck, pointCheckRunOf } from '../../shared/domain/native/point-check.js';
import type { PlannedObject } from '../../shared/domain/plan/plan.js';
import { readLines } from '../../functions/activities/lines.js';
import {
  actor,
  anna,
  createCase,
  incidentId,
  olga,
  policyWith,
  scopeDigest,
  type Case,
} from './activity-case.js';
import { createCaseEngine } from './case-engine.js';
import { otherIncident, pointAt, pointId } from './service-waves.js';

const recoveryPoint: RecoveryPointView = {
  ...{ id: pointId, createdDateTime: pointAt, gapSeconds: 1, expiresAt: null },
  ...{ reason: 'for the test', alternatives: [] },
};
const window = { from: '2026-11-20T20:30:00.000Z', to: '2026-11-20T20:50:00.000Z' };

/** Steps 4 to 6 on a settled scope, as the playbook takes them. */
function* fromPlanOn(context: df.OrchestrationContext): Step<{ how: string; version: number }> {
  const { policy } = yield* call({ context, policy: null }, 'readCase', { incidentId });
  const run: Playbook = {
    ...{ context, incidentId, policy, playbookVersion: PLAYBOOK_VERSION },
    ...{ of: 'recovery', waiting: new Map() },
  };
  const { name, kind, id } = actor;
  const contained = {
    kind: 'contained',
    actors: [{ actor: { name, kind, id } }],
    actorsVersion: 0,
  } as unknown as Parameters<typeof previewRecovery>[1];
  const scope = {
    ...{ kind: 'settled', window, reported: window, sweeps: 2, firstChangeAt: window.from },
    sweep: { digest: scopeDigest, objects: 1, changes: 1 },
  } as unknown as Parameters<typeof previewRecovery>[2];
  for (let version = 1; ; version += 1) {
    const plan = yield* previewRecovery(run, contained, scope, recoveryPoint, version);
    if (plan.kind === 'ended') return { how: plan.ending.outcome, version };
    const approval = yield* obtainApproval(run, plan);
    if (approval.kind === 'revised') continue;
    if (approval.kind !== 'approved') return { how: approval.kind, version };
    const changed = yield* awaitChangeWindow(run, plan);
    if (changed === 'revised') continue;
    if (changed !== null) return { how: changed, version };
    const execution = yield* executePlan(run, plan);
    return { how: `${execution.applied} applied`, version };
  }
}

export type PointChecks = Awaited<ReturnType<typeof awaitingApproval>>;

/**
 * A plan that awaits approval, drawn from these rows by the real activities on real replay, over fakes with
 * one clock; nobody has lent a session yet.
 */
export async function awaitingApproval(
  rows: readonly AuditEvent[],
  prepare: (world: Case) => void,
  options: { readonly crash?: 'never' | 'between' | 'before' } = {},
) {
  const world = createCase();
  const { clock, store, services, recovery } = world;
  world.points.list = [{ id: pointId, createdDateTime: pointAt }];
  // However few the objects are, two persons decide, so that one approval alone can be given before.
  world.inForce.policy = policyWith({ approvals: { secondApproverAbove: 0 } });
  prepare(world);
  await world.open({ recoveryPoint });
  world.auditLog.rows.push(...rows);
  await noteScope(services, incidentId, {
    digest: scopeDigest,
    chunks: [await chunkOf(world, historiesOf(rows))],
  });

  const { engine, calls } = createCaseEngine(world, {
    orchestrations: { otherIncident, fromPlanOn: fromPlanOn as df.OrchestrationHandler },
    ...(options.crash !== undefined && { crash: options.crash }),
  });
  await engine.start('fromPlanOn', {}, incidentId);
  await engine.runUntilIdle();

  const doors = {
    ...{ store, clock },
    notifier: services.notifier,
    policies: services.policies,
    sessions: recovery.sessions,
    runs: () => ({
      wake: (id: string, event: string, eventId: string) => engine.raise(id, event, { eventId }),
      startPointCheck: async (id: string, run: number) => {
        const instance = pointCheckRunOf(id, run);
        const isKnown = begun.has(instance);
        begun.add(instance);
        const input = {
          playbookVersion: PLAYBOOK_VERSION,
          incidentId: id,
          ...firstPointCheck(run),
        };
        if (!isKnown) {
          await engine.start('checkRecoveryPoint', input, instance);
          return 'started';
        }
        const { runtimeStatus } = engine.status(instance);
        return hasEnded(runtimeStatus) ? 'over' : 'already';
      },
    }),
  } as unknown as DoorServices;
  const begun = new Set<string>();

  return {
    ...world,
    engine,
    calls,
    begun,
    doors,
    /** A session is lent at the door. */
    async lend(by = olga) {
      await recovery.sessions.lend(incidentId, by, 'Bearer token');
      await beginPointCheck(doors, null as never, await world.incident());
      await engine.raise(incidentId, 'sessionLent', { eventId: `session-${begun.size}` });
      await engine.runUntilIdle();
    },
    /** Fires timers until `done`; fails after `most`. */
    async until(done: () => boolean | Promise<boolean>, most = 120) {
      for (let fired = 0; !(await done()); fired += 1) {
        const isAlive = fired < most && (await engine.advanceToNextTimer());
        if (!isAlive) throw new Error(`not so after ${fired} timers`);
      }
    },
    check: (run = 1) =>
      begun.has(pointCheckRunOf(incidentId, run))
        ? (engine.status(pointCheckRunOf(incidentId, run)).output as {
            outcome: string;
            note: string;
          } | null)
        : null,
    outcome: () =>
      engine.status(incidentId).output as { how: string; version: number } | null | undefined,
    plan: async (): Promise<PlanDocument> =>
      (await store.readDocument<Json>(incidentId, 'plan')) as unknown as PlanDocument,
    deltas: async (objectId: string): Promise<PlannedObject['deltas']> => {
      const { body } = (await store.readDocument<Json>(
        incidentId,
        'plan',
      )) as unknown as PlanDocument;
      for (const { sha256 } of body.chunks) {
        const lines = await readLines<PlannedObject>(services, incidentId, sha256);
        const line = lines.find((one) => one.objectId === objectId);
        if (line !== undefined) return line.deltas;
      }
      return [];
    },
    /** One person decides on the newest plan, and the run is woken. */
    async decide(...by: (typeof olga)[]) {
      const document = await world.store.readDocument<Json>(incidentId, 'plan');
      await world.approve((document as unknown as PlanDocument).digest, by);
      await engine.raise(incidentId, 'approvalDecided', { eventId: `decision-${by.length}` });
      await engine.runUntilIdle();
    },
    /** Whether another incident gets the tenant's place for jobs, which it then keeps. */
    async isTenantFree(): Promise<boolean> {
      const id = await engine.start('otherIncident');
      await engine.runUntilIdle();
      return (engine.status(id).output as { granted: boolean }).granted;
    },
    both: [olga, anna] as const,
  };
}

function historiesOf(rows: readonly AuditEvent[]): ObjectHistory[] {
  const ids = [...new Set(rows.map(({ objectId }) => objectId))].sort();
  return ids.map((objectId) => ({
    ...{ objectId, objectType: 'user', name: objectId },
    events: rows.filter((row) => row.objectId === objectId),
  }));
}

async function chunkOf({ store }: Case, histories: readonly ObjectHistory[]) {
  const text = histories.map((line) => `${canonicalText(line)}\n`).join('');
  const { sha256 } = await store.putArtefact(incidentId, 'scope', text);
  return { sha256, objects: histories.length };
}
