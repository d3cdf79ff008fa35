import { approvedLines, linesOf } from '../../../shared/domain/approval/approval-lines.js';
import type { ApprovalLine } from '../../../shared/domain/approval/approval.js';
import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import type { Policy } from '../../../shared/domain/policy.js';
import type { ActivityServices } from '../services.js';
import { isoNow } from '../services.js';

/** Which lines of a plan every required person approved by name. */
export async function readApprovedLines(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
  policy: Policy,
): Promise<readonly ApprovalLine[]> {
  const ledger = await services.store.readLedger(incidentId);
  return approvedLines(ledger, policy, planDigest, isoNow(services));
}

/**
 * The part of an object that was approved: what needs a line of its own (contract section 3) is taken
 * out when that line is missing, and named in `leftOut`.
 */
export function approvedPart(
  object: PlannedObject,
  approved: readonly ApprovalLine[],
): { readonly object: PlannedObject; readonly leftOut: readonly string[] } {
  const leftOut: string[] = [];
  const deltas = object.deltas.map((delta) => {
    const missing = linesOf(object, delta).filter((line) => !approved.includes(line));
    if (missing.length === 0) return delta;
    leftOut.push(`${delta.property} (${missing.join(', ')})`);
    return { ...delta, action: null };
  });
  return leftOut.length === 0 ? { object, leftOut } : { object: { ...object, deltas }, leftOut };
}
