import {
  call,
  nowIso,
  nowMs,
  sleepUntil,
  waitUntil,
  type Playbook,
  type Step,
} from '../durable.js';
import type { DrawnPlan } from './preview-recovery.js';
import { report } from './step-line.js';

/**
 * Asks for an operator's session and waits for it, at most as long as the plan may be carried out. A
 * session may have been lent while nobody waited, so it is tried again in the reminders' rhythm too.
 */
export function* awaitSession(
  playbook: Playbook,
  plan: DrawnPlan,
  note: string | null,
  attempt: number,
): Step<void> {
  const { incidentId, policy } = playbook;
  const key = `session-${plan.version}-${attempt}`;
  yield* call(playbook, 'askForSession', { incidentId, key, note });
  const question =
    'The native recovery needs an operator with the role Backup Administrator to lend a session.';
  yield* report(playbook, {
    key: `execute-${plan.version}-session-${attempt}`,
    step: 'execute',
    state: 'waiting',
    summary: `${question} ${note ?? ''}`.trim(),
    patch: { waitingFor: { kind: 'operatorSession', since: nowIso(playbook), question } },
  });
  const expiry = Date.parse(plan.view.expiresAt);
  const nextTry = nowMs(playbook) + policy.approvals.remindEveryMinutes * 60_000;
  const earliest = nowMs(playbook) + policy.timing.pollSeconds.first * 1000;
  for (;;) {
    const woken = yield* waitUntil(playbook, Math.min(nextTry, expiry), [
      'sessionLent',
      'marksChanged',
      'approvalDecided',
    ]);
    if (woken === 'sessionLent' || nowMs(playbook) >= Math.min(nextTry, expiry)) break;
    const standing = yield* call(playbook, 'readStanding', { incidentId, planDigest: plan.digest });
    if (standing.cancelled || standing.state !== 'approved') break;
  }
  if (nowMs(playbook) < earliest) yield* sleepUntil(playbook, earliest);
  yield* report(playbook, {
    key: `execute-${plan.version}-session-${attempt}-over`,
    step: 'execute',
    state: 'running',
    summary: 'Looking whether the native recovery can go on.',
    patch: { waitingFor: null },
  });
}
