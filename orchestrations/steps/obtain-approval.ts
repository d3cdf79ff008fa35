import { call, nowIso, nowMs, pollDelay, waitUntil, type Playbook, type Step } from '../durable.js';
import type { Ending } from '../ending.js';
import type { DrawnPlan } from './preview-recovery.js';
import { report } from './step-line.js';

export type Approval =
  | { readonly kind: 'approved' }
  | { readonly kind: 'superseded' }
  /** People changed the plan; what it rests on is the same. */
  | { readonly kind: 'revised' }
  | { readonly kind: 'ended'; readonly ending: Ending };

/** What may decide about a plan or change it. */
const changes = [
  'approvalDecided',
  'marksChanged',
  'scopeExtended',
  'actorsNamed',
  'planRevised',
] as const;

/**
 * Step 5: wait for people who are neither the cause nor the diagnostician. Events only wake this step:
 * the ledger in the evidence store says who decided what, and the clock says whether it still counts.
 */
export function* obtainApproval(playbook: Playbook, plan: DrawnPlan): Step<Approval> {
  const { incidentId, policy } = playbook;
  const wakes = playbook.playbookVersion >= 2 ? [...changes, 'sessionLent' as const] : changes;
  const asked = yield* call(playbook, 'requestApproval', {
    incidentId,
    planDigest: plan.digest,
    planVersion: plan.version,
  });
  yield* report(playbook, {
    key: `approve-${plan.version}-asked`,
    step: 'approve',
    state: 'waiting',
    summary: `Waiting for ${asked.required.join(' and ')} until ${asked.expiresAt}.`,
    patch: {
      state: 'awaitingApproval',
      waitingFor: {
        kind: 'approval',
        since: nowIso(playbook),
        question: `Put back ${plan.view.objects} objects as planned?`,
      },
    },
  });

  const remindEvery = policy.approvals.remindEveryMinutes * 60_000;
  const expiry = Date.parse(asked.expiresAt);
  let nextReminder = nowMs(playbook) + remindEvery;
  let looks = 0;
  for (let reminder = 1; ;) {
    const standing = yield* call(playbook, 'readStanding', { incidentId, planDigest: plan.digest });
    if (standing.cancelled) return yield* close('cancelled', 'The commander cancelled.');
    if (standing.superseded) return yield* supersede();
    if (standing.revised) return yield* revise(standing.summary);
    if (standing.state === 'approved') return yield* approve(standing.summary);
    if (standing.state !== 'open') return yield* close(standing.state, standing.summary);

    const nextLook = standing.looksAgain ? nowMs(playbook) + pollDelay(policy, looks) : expiry;
    looks = standing.looksAgain ? looks + 1 : 0;
    yield* waitUntil(playbook, Math.min(nextReminder, nextLook, expiry), wakes);
    if (nowMs(playbook) >= nextReminder && nowMs(playbook) < expiry) {
      yield* call(playbook, 'remindApprovers', { incidentId, planDigest: plan.digest, reminder });
      reminder += 1;
      nextReminder += remindEvery;
    }
  }

  function* approve(summary: string): Step<Approval> {
    yield* end('done', summary);
    return { kind: 'approved' };
  }

  function* supersede(): Step<Approval> {
    yield* end('pending', 'The plan was overtaken: a new version is drawn.');
    return { kind: 'superseded' };
  }

  function* revise(summary: string): Step<Approval> {
    yield* end('pending', `${summary} A new version is drawn; every approval of this one is void.`);
    return { kind: 'revised' };
  }

  function* close(outcome: 'cancelled' | 'rejected' | 'expired', why: string): Step<Approval> {
    yield* end(outcome === 'cancelled' ? 'skipped' : 'done', why);
    return { kind: 'ended', ending: { outcome, why } };
  }

  function* end(state: 'done' | 'pending' | 'skipped', summary: string): Step<void> {
    yield* report(playbook, {
      key: `approve-${plan.version}-ended`,
      step: 'approve',
      state,
      summary,
      patch: { waitingFor: null },
    });
    yield* call(playbook, 'settleCard', { incidentId, planDigest: plan.digest, text: summary });
  }
}
