import { call, nowIso, nowMs, pollDelay, waitUntil, type Playbook, type Step } from '../durable.js';
import type { DrawnPlan } from './preview-recovery.js';
import { report } from './step-line.js';

/** What may change a plan, or end it, before its first write. */
const changes = [
  'approvalDecided',
  'marksChanged',
  'planRevised',
  'actorsNamed',
  'scopeExtended',
  'sessionLent',
] as const;

/**
 * Waits until writes are allowed. The incident still awaits its approval meanwhile: nothing is written, so
 * people may revise the plan and name actors, and late rows join. Answers why the plan is to be drawn again,
 * null when it is the one to write, or when the first wave shall say why it is not: cancelled, rejected,
 * expired.
 */
export function* awaitChangeWindow(
  playbook: Playbook,
  plan: DrawnPlan,
): Step<'superseded' | 'revised' | null> {
  const { incidentId, policy } = playbook;
  const { notBefore } = policy.execution;
  if (notBefore === null || nowMs(playbook) >= Date.parse(notBefore)) return null;
  const opens = Date.parse(notBefore);
  yield* report(playbook, {
    key: `execute-${plan.version}-window`,
    step: 'execute',
    state: 'waiting',
    summary: `The change window opens at ${notBefore}.`,
    patch: {
      state: 'awaitingApproval',
      waitingFor: {
        kind: 'changeWindow',
        since: nowIso(playbook),
        question: `Nothing is written before ${notBefore}.`,
      },
    },
  });
  if (playbook.playbookVersion < 2) return yield* awaitOnly(playbook, opens);

  const end = Math.min(opens, Date.parse(plan.view.expiresAt));
  for (let looks = 0; ;) {
    const standing = yield* call(playbook, 'readStanding', { incidentId, planDigest: plan.digest });
    if (standing.cancelled || standing.state !== 'approved') return null;
    if (standing.superseded) return yield* drawAgain('superseded', standing.summary);
    if (standing.revised) return yield* drawAgain('revised', standing.summary);
    if (nowMs(playbook) >= end) return null;
    const pause = standing.looksAgain
      ? pollDelay(policy, looks)
      : policy.approvals.remindEveryMinutes * 60_000;
    looks = standing.looksAgain ? looks + 1 : 0;
    yield* waitUntil(playbook, Math.min(nowMs(playbook) + pause, end), changes);
  }

  function* drawAgain<K extends 'superseded' | 'revised'>(kind: K, why: string): Step<K> {
    const text = `${why} The approval is void and a new plan is drawn; nothing was written.`;
    yield* report(playbook, {
      key: `execute-${plan.version}-window-left`,
      step: 'execute',
      state: 'pending',
      summary: text,
      patch: { waitingFor: null },
    });
    yield* call(playbook, 'settleCard', { incidentId, planDigest: plan.digest, text });
    return kind;
  }
}

/** As runs of version 1 wait: only a cancel ends it before its time. */
function* awaitOnly(playbook: Playbook, opens: number): Step<null> {
  const { incidentId } = playbook;
  while (nowMs(playbook) < opens) {
    yield* waitUntil(playbook, opens, ['marksChanged']);
    const { cancelled } = yield* call(playbook, 'readCase', { incidentId });
    if (cancelled) return null;
  }
  return null;
}
