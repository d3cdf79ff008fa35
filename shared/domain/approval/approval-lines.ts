import { standing } from './approval-rule.js';
import { approvalLines, type ApprovalLine, type Ledger, type LineCount } from './approval.js';
import type { Delta, PlannedObject } from '../plan/plan.js';
import { isControlPlane } from '../plan/plan-stages.js';
import type { Policy } from '../policy.js';

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

/**
 * The lines that a delta needs besides the approval of the plan: everything about policies, and every
 * soft delete, what the actor created apart from what was restored.
 */
export function linesOf(
  { objectType }: Pick<PlannedObject, 'objectType'>,
  delta: Pick<Delta, 'action' | 'class'>,
): readonly ApprovalLine[] {
  if (delta.action === null) return [];
  const policies = isControlPlane(objectType) ? (['policies'] as const) : [];
  if (delta.action !== 'softDelete') return policies;
  return [...policies, delta.class === 'created' ? 'created' : 'softDelete'];
}

export function addToLines(
  counts: readonly LineCount[],
  object: PlannedObject,
): readonly LineCount[] {
  const needed = new Set(object.deltas.flatMap((delta) => linesOf(object, delta)));
  if (needed.size === 0) return counts;
  const before = new Map(counts.map(({ line, objects }) => [line, objects]));
  return approvalLines
    .map((line) => ({ line, objects: (before.get(line) ?? 0) + (needed.has(line) ? 1 : 0) }))
    .filter(({ objects }) => objects > 0);
}
