import { call, nowMs, pollDelay, sleepUntil, type Playbook, type Step } from '../durable.js';
import type { DrawnPlan } from './preview-recovery.js';

interface Watch {
  readonly signIns: { readonly seen: number; readonly sampled: number };
  readonly groups: { readonly pending: number; readonly summary: string };
  readonly summary: string;
}

/** What is seen of a recovery besides the planned values. */
export interface Effects {
  readonly signIns: Watch['signIns'];
  /** For people, what was seen besides the planned values. */
  readonly more: string;
}

/** Nobody is expected to sign in because of an undo. */
export const noEffects: Effects = { signIns: { seen: 0, sampled: 0 }, more: '' };

/**
 * Compares what hangs on the users, looks for sign-ins and for our own rows in the audit trail since
 * `since`, and for rows of the actor that came late.
 */
export function* watchEffects(playbook: Playbook, plan: DrawnPlan, since: string): Step<Effects> {
  const base = { incidentId: playbook.incidentId, planDigest: plan.digest };
  const entitlements = yield* call(playbook, 'compareEntitlements', base);
  const { signIns, groups, summary } = yield* watchTrail(playbook, plan, since);
  const late = yield* call(playbook, 'findLateRows', base);
  return {
    signIns,
    more: [toldSignIns(signIns), entitlements.summary, groups.summary, summary, late.summary].join(
      ' ',
    ),
  };
}

const toldSignIns = ({ seen, sampled }: Watch['signIns']): string =>
  sampled === 0
    ? 'No user of the plan is to sign in again.'
    : `${seen} of ${sampled} sampled users signed in again.`;

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
    yield* sleepUntil(playbook, nowMs(playbook) + pollDelay(policy, look));
  }
}
