import { standing } from './approval-rule.js';
import { approvalLines, type ApprovalLine, type Ledger } from './approval.js';
import type { Policy } from './policy.js';

/**
 * The lines of a plan that every required person approved by name. Any other line is left out of the
 * execution and recorded (contract section 3). Empty unless the plan as a whole is approved.
 */
export function approvedLines(
  ledger: Ledger,
  policy: Policy,
  planDigest: string,
  now: string,
): readonly ApprovalLine[] {
  const { state, given } = standing(ledger, policy, planDigest, now);
  if (state !== 'approved') return [];
  return approvalLines.filter((line) =>
    given.every(({ by }) =>
      ledger.decisions.some(
        (decision) =>
          decision.planDigest === planDigest &&
          decision.decision === 'approve' &&
          decision.by.id === by.id &&
          decision.lines?.includes(line),
      ),
    ),
  );
}
