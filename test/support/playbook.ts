import { playbook } from '../../orchestrations/index.js';
import { tenantJobs } from '../../orchestrations/tenant-jobs.js';
import {
  activities,
  tenantJobs as tenantJobsContract,
  type ActivityInput,
  type ActivityName,
  type ActivityOutput,
} from '../../shared/contracts/catalogue.js';
import { policySchema } from '../../shared/contracts/policy.js';
import { PLAYBOOK_VERSION } from '../../shared/domain/incident/incident.js';
import { emptyCounts } from '../../shared/domain/plan/plan-building.js';
import { noTotals } from '../../shared/domain/native/point-check.js';
import type { Policy } from '../../shared/domain/policy.js';
import { createInProcessEngine, type InProcessEngine } from '../../local/host/engine-in-process.js';

export const digestA = `sha256:${'a'.repeat(64)}`;
export const undoDigest = `sha256:${'d'.repeat(64)}`;
export const actor = {
  kind: 'user',
  id: '11111111-1111-4111-8111-111111111111',
  name: 'Ada',
} as const;
const start = Date.UTC(2026, 10, 21, 14, 45);
const at = (minutes: number) => new Date(start + minutes * 60_000).toISOString();

export const policy: Policy = policySchema.parse({
  people: {
    operators: [{ objectId: '22222222-2222-4222-8222-222222222222', name: 'Olga' }],
    approvers: [{ objectId: '33333333-3333-4333-8333-333333333333', name: 'Anna' }],
  },
});

type Answers = {
  [N in ActivityName]: (
    input: ActivityInput<N>,
    calls: number,
  ) => ActivityOutput<N> | { refused: { code: string; message: string } };
};

/** Activities of an incident in which all goes well: `objects` users disabled, approved at once, verified. */
export function happyAnswers(objects = 48): Answers {
  const chunks = Array.from({ length: Math.ceil(objects / 500) }, () => ({
    sha256: digestA,
    objects: Math.min(500, objects),
  }));
  const counts = { ...emptyCounts(), objects };
  const view = {
    version: 1,
    digest: digestA,
    executor: 'surgical',
    ...counts,
    etaSeconds: 10,
    warnings: [],
    expiresAt: at(240),
  } as const;
  let applied = 0;
  const measure = (name: ActivityOutput<'revokeSessions'>['measure']) => () => ({
    measure: name,
    ok: true,
    changed: true,
    refusal: null,
  });
  return {
    readCase: () => ({
      policy,
      window: { from: at(-15), to: at(-5) },
      title: 'Bulk disable',
      cancelled: false,
      held: false,
      actorsVersion: 0,
    }),
    reportStep: () => ({ entries: 1 }),
    reportUndo: () => ({ entries: 1 }),
    resolveActor: () => ({
      resolved: true,
      actors: [{ actor, auditRows: objects, commanderNamed: false, reason: 'the alert names it' }],
    }),
    decideContainment: () => ({
      allowed: ['revokeSessions', 'disable'],
      refused: [],
      protectedActor: false,
      waitForCommander: false,
      tokenWarning: 'a token may live on',
    }),
    revokeSessions: measure('revokeSessions'),
    disableActor: measure('disable'),
    confirmCompromised: measure('confirmCompromised'),
    removeCredentials: measure('removeCredentials'),
    removeAppRoles: measure('removeAppRoles'),
    removeDirectoryRoles: measure('removeDirectoryRoles'),
    proveContainment: () => ({
      proven: true,
      why: 'a token may live on',
      provenAt: at(1),
      lastWriteAt: null,
      clientName: null,
      ipAddress: null,
    }),
    askCommander: () => ({ told: true }),
    releaseActor: () => ({ open: [], released: [], kept: [] }),
    remindRelease: () => ({ told: true }),
    queryAuditLogs: ({ window }) => ({
      events: objects,
      artefact: { name: `slice-${window.from}`, sha256: digestA, bytes: 10 },
    }),
    closeSweep: () => ({
      objects,
      changes: objects,
      digest: digestA,
      firstChangeAt: objects === 0 ? null : at(-14),
      lastChangeAt: objects === 0 ? null : at(-6),
    }),
    measureLogDelay: () => ({ seconds: null }),
    pickRecoveryPoint: () => ({
      point: {
        id: 'point-1',
        createdDateTime: at(-12 * 60),
        gapSeconds: 42_000,
        expiresAt: null,
        reason: 'newest before the first bad change',
        alternatives: [],
      },
    }),
    readHistories: () => ({ chunks, events: objects }),
    runScopedPreview: ({ historyChunk }) => ({
      chunk: { ...historyChunk, planned: historyChunk.objects },
      counts: { ...emptyCounts(), objects: historyChunk.objects },
      unknowns: 0,
    }),
    arrangePlan: ({ chunks: drawn }) => ({ chunks: drawn }),
    closePlan: () => ({
      digest: digestA,
      artefact: { name: 'plan-1', sha256: digestA, bytes: 10 },
      view,
    }),
    checkPeople: () => ({ checked: true, quorum: true }),
    requestApproval: () => ({
      expiresAt: at(240),
      required: ['operator', 'approver'],
      delivered: true,
    }),
    readStanding: () => ({
      state: 'approved',
      remaining: [],
      cancelled: false,
      held: false,
      superseded: false,
      summary: 'Approved by Olga and Anna.',
    }),
    remindApprovers: () => ({ told: true }),
    settleCard: () => ({ told: true }),
    executeRecovery: ({ from, to }) => {
      applied += to - from;
      return {
        applied,
        skipped: 0,
        failed: 0,
        drifted: 0,
        failedHere: 0,
        stopped: null,
        note: null,
      };
    },
    openServiceWave: ({ from, to }) => ({
      open: to - from,
      begun: false,
      stopped: null,
      note: null,
    }),
    startNativeJob: ({ kind, wave }) => ({
      outcome: 'started',
      jobId: `${kind}-${wave}`,
      stopped: null,
      note: null,
    }),
    followNativeJob: () => ({ found: true, end: 'successful', status: 'successful' }),
    compareNativePreview: () => ({ open: 1, excluded: 0 }),
    closeServiceWave: ({ from, to, stopped, note, end }) => {
      const appliedHere = end === 'successful' ? to - from : 0;
      applied += appliedHere;
      return {
        ...{ applied, skipped: 0, failed: 0, drifted: 0 },
        ...{ failedHere: 0, appliedHere, stopped, note },
      };
    },
    findTenantJob: () => ({ running: false, stopped: null, note: null }),
    openPointCheck: () => ({ state: 'over', note: 'for the test' }),
    startPointPreview: () => ({ outcome: 'started', jobId: 'point-1', stopped: null, note: null }),
    followPointPreview: () => ({ found: true, end: 'successful', status: 'successful' }),
    readPointPreview: () => ({ state: 'read', version: 1, chunks: 1, note: null }),
    compareWithPoint: () => ({ ...noTotals, objects }),
    closePointCheck: () => ({ outcome: 'agrees', note: 'Checked.' }),
    askForSession: () => ({ told: true }),
    handOver: () => ({ told: true }),
    lookForHandOff: ({ wave }) => ({ jobId: `hand-off-${wave}`, stopped: null, note: null }),
    holdExecution: () => ({ told: true }),
    verifyRecovery: ({ from, to }) => ({ verified: to - from, mismatched: 0, pending: 0 }),
    sampleSignIns: () => ({ seen: 10, sampled: 10 }),
    watchOwnWrites: () => ({ expected: objects, seen: objects, outsidePlan: 0, byActor: 0 }),
    findLateRows: () => ({ rows: 0, objects: 0, summary: '' }),
    compareEntitlements: () => ({ sampled: 26, differing: 0, summary: 'As before.' }),
    settleDynamicGroups: () => ({ groups: 0, pending: 0, summary: 'None.' }),
    readUndoGround: () => ({
      version: 2,
      waves: [{ planDigest: digestA, wave: 1, from: 0, to: objects }],
    }),
    drawUndoWave: ({ from, to }) => ({
      chunk: { sha256: digestA, objects: to - from, planned: to - from },
      counts: { ...emptyCounts(), objects: to - from },
    }),
    joinUndoLines: ({ chunks }) => ({ chunks, counts: { ...emptyCounts(), objects } }),
    closeUndoPlan: ({ version }) => ({
      digest: undoDigest,
      artefact: { name: `undo-plan-${version}`, sha256: undoDigest, bytes: 10 },
      view: { ...view, version, digest: undoDigest },
    }),
    closeUndo: () => ({ entries: 100 }),
    closeIncident: () => ({ entries: 99 }),
  };
}

export interface Call {
  readonly name: ActivityName;
  readonly input: Record<string, unknown>;
}

export interface Rehearsal {
  readonly engine: InProcessEngine;
  readonly id: string;
  /** Every activity call so far, in the order they ran. */
  readonly calls: readonly Call[];
  called(name: ActivityName): Record<string, unknown>[];
  /** Fires timers until the run has ended or `most` timers have fired. */
  toItsEnd(most?: number): Promise<void>;
  outcome(): unknown;
}

/** Runs the playbook on real replay with scripted activities and a virtual clock. */
export async function rehearse(
  changes: Partial<Answers> = {},
  options: {
    objects?: number;
    crash?: 'never' | 'between' | 'before';
    /** The rules that the run began with; today's when absent. */
    playbookVersion?: number;
    /** Called before each activity. */
    watch?: (engine: InProcessEngine, id: string) => void;
  } = {},
): Promise<Rehearsal> {
  const answers = { ...happyAnswers(options.objects), ...changes };
  const calls: Call[] = [];
  const id = 'inc-0123456789abcdef0123456789abcdef';
  const engine: InProcessEngine = createInProcessEngine({
    orchestrations: playbook,
    entities: { [tenantJobsContract.name]: tenantJobs },
    activities: Object.fromEntries(
      (Object.keys(activities) as ActivityName[]).map((name) => [
        name,
        (input: never) => {
          calls.push({ name, input });
          options.watch?.(engine, id);
          const count = calls.filter((call) => call.name === name).length;
          return (answers[name] as (input: never, calls: number) => unknown)(input, count);
        },
      ]),
    ),
    clock: { now: () => start },
    ...(options.crash !== undefined && { crash: options.crash }),
  });
  const { playbookVersion = PLAYBOOK_VERSION } = options;
  await engine.start('respondToIncident', { playbookVersion, incidentId: id }, id);
  await engine.runUntilIdle();
  return {
    engine,
    id,
    calls,
    called: (name) => calls.filter((call) => call.name === name).map((call) => call.input),
    async toItsEnd(most = 200) {
      for (let fired = 0; fired < most; fired += 1) {
        if (engine.status(id).runtimeStatus === 'Completed') return;
        if (!(await engine.advanceToNextTimer())) break;
      }
      const { runtimeStatus, customStatus, output } = engine.status(id);
      if (runtimeStatus !== 'Completed') {
        throw new Error(
          `still ${runtimeStatus} after ${most} timers: ${JSON.stringify({ customStatus, output })}`,
        );
      }
    },
    outcome: () => (engine.status(id).output as { outcome: unknown }).outcome,
  };
}
