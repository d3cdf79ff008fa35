import type { ApprovalRequest, Decision, Ledger, ApprovalRole } from './approval.js';
import { isPinned, type PinnedPerson, type Policy } from '../policy.js';

/**
 * Whether pinned people could still give every required approval, each by another person, when those in
 * `unable` (disabled, damaged, blocked), actors and diagnosticians cannot. Break-glass approvers count
 * only when not.
 */
export function quorumPossible(
  request: Pick<ApprovalRequest, 'required' | 'actorIds' | 'diagnosticians'>,
  policy: Policy,
  unable: readonly string[] = [],
): boolean {
  const barred = [...unable, ...request.actorIds, ...request.diagnosticians.map(({ id }) => id)];
  const able = (people: readonly PinnedPerson[]) =>
    people.map(({ objectId }) => objectId.toLowerCase()).filter((id) => !has(barred, id));
  const operators = able(policy.people.operators);
  const approvers = able(policy.people.approvers);
  if (!request.required.includes('approver')) return operators.length > 0;
  return operators.some((operator) => approvers.some((approver) => approver !== operator));
}

/** A decision as far as it matters for whether its person may count. */
type Word = Pick<Decision, 'by' | 'via' | 'decision'>;

/**
 * Roles this word may count for in a request, in the order they are asked for; none for whoever the
 * policy does not name, and none for an approval in the name of an account that is disabled or not in
 * the directory: it may be somebody else's by now, and can harm nothing by rejecting. Break-glass
 * approvers count over HTTP only, and only without a quorum.
 */
export function countableRoles(
  { by: { id }, via, decision }: Word,
  request: ApprovalRequest,
  policy: Policy,
  { unable = [], gone = [] }: Pick<Ledger, 'unable' | 'gone'>,
): readonly ApprovalRole[] {
  if (decision === 'approve' && has(gone, id)) return [];
  const { operators, approvers, breakGlassApprovers } = policy.people;
  const pinned = { operator: isPinned(operators, id), approver: isPinned(approvers, id) };
  const roles = request.required.filter((role) => pinned[role]);
  if (roles.length > 0 || via !== 'http' || !isPinned(breakGlassApprovers, id)) return roles;
  return quorumPossible(request, policy, unable) ? [] : request.required;
}

/** Why a word has no countable role, one sentence for whoever gave it. */
export function whyUncounted(
  { by: { id }, via, decision }: Word,
  policy: Policy,
  { gone = [] }: Pick<Ledger, 'gone'>,
): string {
  if (decision === 'approve' && has(gone, id)) {
    return 'This account was found disabled or not in the directory, so it approves nothing; it is looked up again each minute.';
  }
  if (!isPinned(policy.people.breakGlassApprovers, id)) {
    return 'The policy names this person neither operator nor approver.';
  }
  return via === 'http'
    ? 'Break-glass approvers count only when the pinned operators and approvers cannot decide, and they can.'
    : 'Break-glass approvers decide over HTTP, and only when the pinned operators and approvers cannot.';
}

/**
 * Who counts as what, by position: each person for the first role that is missing, and somebody in both
 * lists for the other one as soon as that lets one more person count. Null for whom no role is left.
 */
export function assignRoles(
  people: readonly (readonly ApprovalRole[])[],
): readonly (ApprovalRole | null)[] {
  const holder = new Map<ApprovalRole, number>();
  people.forEach((_, person) => place(person, new Set()));
  return people.map((_, person) => {
    const held = [...holder].find(([, who]) => who === person);
    return held?.[0] ?? null;
  });

  /** Takes a free role, else one whose holder can take another. */
  function place(person: number, tried: Set<ApprovalRole>): boolean {
    const roles = people[person] ?? [];
    const free = roles.find((role) => !holder.has(role));
    const role =
      free ??
      roles.find((one) => {
        const other = holder.get(one);
        if (other === undefined || tried.has(one)) return false;
        tried.add(one);
        return place(other, tried);
      });
    if (role === undefined) return false;
    for (const [known, who] of holder) if (who === person) holder.delete(known);
    holder.set(role, person);
    return true;
  }
}

export const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
export const has = (ids: readonly string[], id: string): boolean =>
  ids.some((known) => same(known, id));
