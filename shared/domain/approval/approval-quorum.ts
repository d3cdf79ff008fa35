import type { ApprovalRequest, Ledger } from './approval.js';
import type { ApprovalRole } from '../incident/incident.js';
import type { PinnedPerson, Policy } from '../policy.js';

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

/**
 * Roles this person may count for in a request, in the order they are asked for; none for whoever the
 * policy does not name. Break-glass approvers count over HTTP only, and only without a quorum.
 */
export function countableRoles(
  id: string,
  via: 'teams' | 'http',
  request: ApprovalRequest,
  policy: Policy,
  unable: Ledger['unable'] = [],
): readonly ApprovalRole[] {
  const { operators, approvers, breakGlassApprovers } = policy.people;
  const pinned = { operator: isPinned(operators, id), approver: isPinned(approvers, id) };
  const roles = request.required.filter((role) => pinned[role]);
  if (roles.length > 0 || via !== 'http' || !isPinned(breakGlassApprovers, id)) return roles;
  return quorumPossible(request, policy, unable) ? [] : request.required;
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
const isPinned = (people: readonly PinnedPerson[], id: string): boolean =>
  people.some(({ objectId }) => same(objectId, id));
