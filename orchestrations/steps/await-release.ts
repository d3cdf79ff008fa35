import { call, nowMs, waitUntil, type Playbook, type Step } from '../durable.js';

const longestGapMinutes = 24 * 60;
const mostReminders = 90;

/**
 * After the incident closed: two persons decide for each contained identity whether it gets its earlier
 * state back. Asked at closing and reminded, at first in the policy's rhythm and at last daily, until
 * given; the outcome does not wait for it.
 */
export function* awaitRelease(playbook: Playbook): Step<void> {
  const { incidentId, policy } = playbook;
  for (let reminder = 0; reminder < mostReminders; reminder += 1) {
    const { open } = yield* call(playbook, 'releaseActor', { incidentId });
    if (open.length === 0) return;
    yield* call(playbook, 'remindRelease', { incidentId, reminder });
    const gap = Math.min(longestGapMinutes, policy.approvals.remindEveryMinutes * 2 ** reminder);
    const deadline = nowMs(playbook) + gap * 60_000;
    while ((yield* waitUntil(playbook, deadline, ['marksChanged'])) !== 'time') {
      const now = yield* call(playbook, 'releaseActor', { incidentId });
      if (now.open.length === 0) return;
    }
  }
}
