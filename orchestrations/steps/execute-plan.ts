import type { ActivityOutput, ChildOutput } from '../../shared/contracts/catalogue.js';
import { driftPercent } from '../../shared/domain/plan/drift.js';
import type { StageCount } from '../../shared/domain/plan/plan.js';
import { planWaves } from '../../shared/domain/plan/waves.js';
import {
  call,
  child,
  nowIso,
  nowMs,
  pollDelay,
  sleepUntil,
  waitUntil,
  type Playbook,
  type Step,
} from '../durable.js';
import { awaitSession } from './await-session.js';
import type { DrawnPlan } from './preview-recovery.js';
import { report } from './step-line.js';

export interface Execution {
  /**
   * `overtaken`: too much had changed since the preview, or what the plan rests on has, so the rest needs
   * a new plan on a new scope; `revised`: people changed the plan, or it is not approved any more, so it
   * needs a new one on the same.
   */
  readonly kind: 'executed' | 'overtaken' | 'revised';
  readonly startedAt: string;
  /** False when the plan was overtaken before anything of it was written: nothing of it is read back. */
  readonly begun: boolean;
  /** Planned objects that were looked at; the others were never touched. */
  readonly reached: number;
  readonly applied: number;
  readonly skipped: number;
  readonly failed: number;
  /** Set when it ended before the last wave. */
  readonly stopped: 'cancelled' | 'approvalVoid' | 'expired' | null;
  readonly note: string | null;
}

type Run = ChildOutput<'executeWaves'>;

/** After these somebody looks, and resumes or cancels. */
const heldBy: ReadonlySet<Run['stopped']> = new Set(['held', 'canaryFailed', 'waveFailed']);

/** Plans of old have no stages. */
const wholePlan = (objects: number): readonly StageCount[] => [
  { executor: 'surgical', stage: null, objects },
];

/** Step 6: put back what was approved, canaries first, and stop where people or facts say so. */
export function* executePlan(playbook: Playbook, plan: DrawnPlan): Step<Execution> {
  const { incidentId, policy } = playbook;
  const startedAt = nowIso(playbook);
  const waves = planWaves(plan.view.stages ?? wholePlan(plan.view.objects), policy.execution);
  yield* report(playbook, {
    key: `execute-${plan.version}-started`,
    step: 'execute',
    state: 'running',
    summary: `Writing ${plan.view.objects} objects in ${waves.length} waves.`,
    progress: { done: 0, total: plan.view.objects, etaSeconds: plan.view.etaSeconds },
    patch: { state: 'executing', waitingFor: null },
  });

  let run: Run = {
    next: 0,
    applied: 0,
    skipped: 0,
    failed: 0,
    drifted: 0,
    stopped: null,
    note: null,
  };
  let attempt = 1;
  for (; ; attempt += 1) {
    run = yield* child(playbook, 'executeWaves', `execute-${plan.version}-${attempt}`, {
      planDigest: plan.digest,
      waves,
      planned: plan.view.objects,
      next: run.next,
      applied: run.applied,
      skipped: run.skipped,
      failed: run.failed,
      drifted: run.drifted,
    });
    if (run.stopped === 'operatorSession') {
      yield* awaitSession(playbook, plan, run.note, attempt);
      continue;
    }
    if (!heldBy.has(run.stopped)) break;
    yield* awaitResume(playbook, plan, run, attempt);
  }

  const kind = kindOf(run);
  if (kind !== 'executed') yield* tellOvertaken(run);
  const reached = run.applied + run.skipped + run.failed;
  const stopped =
    run.stopped === 'cancelled' || run.stopped === 'approvalVoid' || run.stopped === 'expired'
      ? run.stopped
      : null;
  if (kind === 'executed') {
    yield* report(playbook, {
      key: `execute-${plan.version}-ended`,
      step: 'execute',
      state: stopped === null ? 'done' : 'failed',
      summary:
        `${run.applied} applied, ${run.skipped} skipped, ${run.failed} failed` +
        (stopped === null
          ? '.'
          : `; stopped (${stopped}) after ${reached} of ${plan.view.objects} objects.`),
      progress: { done: reached, total: plan.view.objects, etaSeconds: 0 },
    });
  }
  return {
    kind,
    startedAt,
    begun:
      attempt > 1 || run.next > 0 || reached > 0 || run.stopped === 'drift' || run.begun === true,
    reached,
    applied: run.applied,
    skipped: run.skipped,
    failed: run.failed,
    stopped,
    note: run.note,
  };

  function* tellOvertaken(at: Run): Step<void> {
    const percent = driftPercent(at.drifted, plan.view.objects);
    const why =
      at.stopped === 'drift'
        ? `${percent.toFixed(1)} % of the planned objects changed since the preview.`
        : (at.note ?? 'The plan was overtaken.');
    const summary =
      `${why} The approval is void and a new plan is drawn. ` +
      `${at.applied} objects were put back before that.`;
    yield* report(playbook, {
      key: `execute-${plan.version}-${at.stopped}`,
      step: 'execute',
      state: 'pending',
      summary,
    });
    if (at.stopped === 'drift') return;
    yield* call(playbook, 'settleCard', { incidentId, planDigest: plan.digest, text: summary });
  }
}

function kindOf({ stopped }: Run): Execution['kind'] {
  if (stopped === 'revised' || stopped === 'unapproved') return 'revised';
  return stopped === 'drift' || stopped === 'superseded' ? 'overtaken' : 'executed';
}

/**
 * Holds are lifted by people only, or end with the approval's time; the approval is read again before
 * the next wave. Whatever the answer is, some time passes before the next attempt,
 * from version 2 on the more the oftener it was held: a window that a newer policy moved is no hold by hand.
 */
function* awaitResume(playbook: Playbook, plan: DrawnPlan, run: Run, attempt: number): Step<void> {
  const { incidentId, policy } = playbook;
  const why = run.note ?? 'Held before the next wave.';
  if (run.stopped === 'canaryFailed' || run.stopped === 'waveFailed') {
    const what = run.stopped === 'canaryFailed' ? 'canary' : 'wave';
    yield* call(playbook, 'holdExecution', {
      incidentId,
      key: `${what}-${plan.version}-${attempt}`,
      why,
    });
  }
  yield* report(playbook, {
    key: `execute-${plan.version}-held-${attempt}`,
    step: 'execute',
    state: 'waiting',
    summary: why,
    patch: {
      waitingFor: { kind: 'choice', since: nowIso(playbook), question: `${why} Resume or cancel?` },
    },
  });
  const expiry = Date.parse(plan.view.expiresAt);
  const looks = playbook.playbookVersion >= 2 ? attempt - 1 : 0;
  const earliest = nowMs(playbook) + pollDelay(policy, looks);
  let over: string | null = null;
  for (;;) {
    const standing = yield* call(playbook, 'readStanding', { incidentId, planDigest: plan.digest });
    over = whyOver(standing, nowMs(playbook) >= expiry);
    if (!standing.held || over !== null) break;
    const nextLook = nowMs(playbook) + policy.approvals.remindEveryMinutes * 60_000;
    yield* waitUntil(playbook, Math.min(nextLook, expiry), ['marksChanged', 'approvalDecided']);
  }
  if (nowMs(playbook) < earliest) yield* sleepUntil(playbook, earliest);
  yield* report(playbook, {
    key: `execute-${plan.version}-resumed-${attempt}`,
    step: 'execute',
    state: 'running',
    summary: over ?? 'Going on.',
    patch: { waitingFor: null },
  });
}

/** Why nothing more is written under this approval; null while more may be. */
function whyOver(standing: ActivityOutput<'readStanding'>, isLate: boolean): string | null {
  if (standing.cancelled) return 'Nothing more is written: cancelled.';
  if (isLate || standing.state === 'expired') {
    return 'Nothing more is written: the time of the approval is over.';
  }
  return standing.state === 'approved'
    ? null
    : `Nothing more is written under this approval: ${standing.summary}`;
}
