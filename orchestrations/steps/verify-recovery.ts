import { outcomeOf } from '../../shared/domain/outcome.js';
import { call, child, nowMs, sleepUntil, type Playbook, type Step } from '../durable.js';
import type { Ending } from '../respond-to-incident.js';
import type { Execution } from './execute-plan.js';
import type { DrawnPlan } from './preview-recovery.js';
import { report } from './step-line.js';

const sliceSize = 500;

/**
 * Step 7: read back every planned property of every object that was reached, look for sign-ins and for
 * our own rows in the audit trail, compare what hangs on the users, and end with the honest outcome.
 */
export function* verifyRecovery(
  playbook: Playbook,
  plan: DrawnPlan,
  execution: Execution,
): Step<Ending> {
  const { incidentId, policy } = playbook;
  const base = { incidentId, planDigest: plan.digest };
  yield* report(playbook, {
    key: `verify-${plan.version}-started`,
    step: 'verify',
    state: 'running',
    summary: `Reading back ${execution.reached} objects.`,
    progress: { done: 0, total: execution.reached, etaSeconds: null },
    patch: { state: 'verifying' },
  });

  const readBack = yield* child(playbook, 'verifyObjects', `verify-${plan.version}`, {
    planDigest: plan.digest,
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

  const entitlements = yield* call(playbook, 'compareEntitlements', base);
  const watch = yield* watchTrail(playbook, plan, execution.startedAt);
  const groups = watch.groups;

  const ending = outcomeOf({
    planned: plan.view.objects,
    applied: execution.applied,
    skipped: execution.skipped,
    failed: execution.failed,
    verified: readBack.verified,
    mismatched: readBack.mismatched,
    pending: readBack.pending,
    stopped: execution.stopped,
    note: execution.note,
  });
  yield* report(playbook, {
    key: `verify-${plan.version}-ended`,
    step: 'verify',
    state: readBack.mismatched + readBack.pending === 0 ? 'done' : 'failed',
    summary:
      `${readBack.verified} verified, ${readBack.mismatched} mismatched, ${readBack.pending} pending. ` +
      `${watch.signIns.seen} of ${watch.signIns.sampled} sampled users signed in again. ` +
      `${entitlements.summary} ${groups.summary} ${watch.summary}`,
    progress: { done: execution.reached, total: execution.reached, etaSeconds: 0 },
    patch: {
      verification: {
        verified: readBack.verified,
        mismatched: readBack.mismatched,
        pending: readBack.pending,
        signIns: watch.signIns,
      },
    },
  });
  return ending;
}

interface Watch {
  readonly signIns: { readonly seen: number; readonly sampled: number };
  readonly groups: { readonly pending: number; readonly summary: string };
  readonly summary: string;
}

/**
 * Watches the audit trail for our own writes and the sign-in log for the sample, until everything was
 * seen or the policy's watch time is over; dynamic groups are re-read in the same rhythm.
 */
function* watchTrail(playbook: Playbook, plan: DrawnPlan, since: string): Step<Watch> {
  const { incidentId, policy } = playbook;
  const base = { incidentId, planDigest: plan.digest };
  const deadline = nowMs(playbook) + policy.verification.watchMinutes * 60_000;
  for (let look = 0; ; look += 1) {
    const signIns = yield* call(playbook, 'sampleSignIns', { ...base, since });
    const own = yield* call(playbook, 'watchOwnWrites', { ...base, since });
    const groups = yield* call(playbook, 'settleDynamicGroups', base);
    const complete =
      signIns.seen >= signIns.sampled && own.seen >= own.expected && groups.pending === 0;
    if (complete || nowMs(playbook) >= deadline) {
      const summary =
        `${own.seen} of ${own.expected} of our writes are in the audit trail` +
        (own.outsidePlan > 0 ? `, ${own.outsidePlan} BY US OUTSIDE THE PLAN` : '') +
        (own.byActor > 0 ? `; the actor wrote ${own.byActor} times since` : '') +
        '.';
      return { signIns, groups, summary };
    }
    const { first, max } = policy.timing.pollSeconds;
    yield* sleepUntil(playbook, nowMs(playbook) + Math.min(max, first * 2 ** look) * 1000);
  }
}

function slices(objects: number): { from: number; to: number; confirmed: number }[] {
  const all = [];
  for (let from = 0; from < objects; from += sliceSize) {
    all.push({ from, to: Math.min(objects, from + sliceSize), confirmed: 0 });
  }
  return all;
}
