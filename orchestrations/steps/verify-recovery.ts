import type { ChildOutput } from '../../shared/contracts/catalogue.js';
import { outcomeOf } from '../../shared/domain/plan/outcome.js';
import { child, nowMs, type Playbook, type Step } from '../durable.js';
import type { Ending } from '../ending.js';
import type { Execution } from './execute-plan.js';
import type { DrawnPlan } from './preview-recovery.js';
import { report } from './step-line.js';
import { noEffects, watchEffects, type Effects } from './watch-effects.js';

const sliceSize = 500;

/** A plan and what became of its execution. */
export interface Executed {
  readonly plan: DrawnPlan;
  readonly execution: Execution;
}

type ReadBack = Pick<ChildOutput<'verifyObjects'>, 'verified' | 'mismatched' | 'pending'>;

/**
 * Step 7: read back every planned property of every object that was reached, by this plan or by one it
 * overtook; look for sign-ins and for our own rows in the audit trail, compare what hangs on the users,
 * and end with the honest outcome.
 */
export function* verifyRecovery(
  playbook: Playbook,
  { plan, execution }: Executed,
  earlier: readonly Executed[],
): Step<Ending> {
  yield* tellStart(playbook, plan, execution.reached);
  const before = yield* readBackEarlier(playbook, earlier, plan.digest);
  const now = yield* readBack(playbook, plan, null);
  const effects =
    playbook.of === 'undo' ? noEffects : yield* watchEffects(playbook, plan, execution.startedAt);

  const all = sum([before, now]);
  const ending = outcomeOf({
    planned: plan.view.objects + judged(before),
    applied: execution.applied + appliedBy(earlier),
    skipped: execution.skipped,
    failed: execution.failed,
    ...all,
    stopped: execution.stopped,
    note: execution.note,
  });
  yield* tellEnd(playbook, plan, {
    readBack: all,
    expected: plan.view.objects + judged(before),
    ...effects,
  });
  return ending;
}

/**
 * Reads back what plans wrote that were overtaken, when no further plan was executed: because `instead`
 * came, with `left` objects of the last plan untouched.
 */
export function* verifyEarlier(
  playbook: Playbook,
  earlier: readonly Executed[],
  instead: Ending,
  left: number,
): Step<Ending> {
  const last = earlier.at(-1);
  if (last === undefined) return instead;
  yield* tellStart(playbook, last.plan, last.execution.reached);
  const before = yield* readBackEarlier(playbook, earlier, null);
  if (judged(before) + appliedBy(earlier) === 0) return instead;
  const expected = judged(before) + left;
  yield* tellEnd(playbook, last.plan, {
    readBack: before,
    expected,
    ...noEffects,
    more: 'No further plan was executed.',
  });
  const ending = outcomeOf({
    planned: expected,
    applied: appliedBy(earlier),
    skipped: 0,
    failed: 0,
    ...before,
    stopped: instead.outcome === 'cancelled' ? 'cancelled' : null,
  });
  return { outcome: ending.outcome, why: `${instead.why} Before that: ${ending.why}` };
}

/**
 * Reads one plan back until it reads as planned twice or the policy's time is over. What a newer plan
 * plans anew is left to that one.
 */
export function* readBack(
  playbook: Playbook,
  plan: DrawnPlan,
  newerPlan: string | null,
): Step<ReadBack> {
  const { policy } = playbook;
  return yield* child(playbook, 'verifyObjects', `verify-${plan.version}`, {
    planDigest: plan.digest,
    ...(newerPlan !== null && { newerPlan }),
    planned: plan.view.objects,
    open: slices(plan.view.objects),
    again: [],
    verified: 0,
    mismatched: 0,
    pending: 0,
    pass: 1,
    last: false,
    deadline: new Date(
      nowMs(playbook) + policy.verification.readBackMinutes * 60_000,
    ).toISOString(),
  });
}

function* readBackEarlier(
  playbook: Playbook,
  earlier: readonly Executed[],
  next: string | null,
): Step<ReadBack> {
  const read: ReadBack[] = [];
  for (const [index, { plan }] of earlier.entries()) {
    const newer = earlier[index + 1]?.plan.digest ?? next;
    read.push(yield* readBack(playbook, plan, newer));
  }
  return sum(read);
}

function* tellStart(playbook: Playbook, plan: DrawnPlan, reached: number): Step<void> {
  yield* report(playbook, {
    key: `verify-${plan.version}-started`,
    step: 'verify',
    state: 'running',
    summary: `Reading back ${reached} objects.`,
    progress: { done: 0, total: reached, etaSeconds: null },
    patch: { state: 'verifying' },
  });
}

function* tellEnd(
  playbook: Playbook,
  plan: DrawnPlan,
  seen: Effects & { readonly readBack: ReadBack; readonly expected: number },
): Step<void> {
  const { verified, mismatched, pending } = seen.readBack;
  const done = verified + mismatched + pending;
  yield* report(playbook, {
    key: `verify-${plan.version}-ended`,
    step: 'verify',
    state: mismatched + pending === 0 ? 'done' : 'failed',
    summary:
      `${verified} verified, ${mismatched} mismatched, ${pending} pending. ${seen.more}`.trim(),
    progress: { done, total: done, etaSeconds: 0 },
    patch: {
      verification: {
        verified,
        mismatched,
        pending,
        expected: seen.expected,
        signIns: seen.signIns,
      },
    },
  });
}

const sum = (parts: readonly ReadBack[]): ReadBack =>
  parts.reduce(
    (all, part) => ({
      verified: all.verified + part.verified,
      mismatched: all.mismatched + part.mismatched,
      pending: all.pending + part.pending,
    }),
    { verified: 0, mismatched: 0, pending: 0 },
  );

const judged = ({ verified, mismatched, pending }: ReadBack): number =>
  verified + mismatched + pending;

const appliedBy = (executed: readonly Executed[]): number =>
  executed.reduce((all, { execution }) => all + execution.applied, 0);

function slices(objects: number): { from: number; to: number; confirmed: number }[] {
  const all = [];
  for (let from = 0; from < objects; from += sliceSize) {
    all.push({ from, to: Math.min(objects, from + sliceSize), confirmed: 0 });
  }
  return all;
}
