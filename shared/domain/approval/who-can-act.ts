import type { ApprovalRequest } from './approval.js';
import { quorumPossible } from './approval-quorum.js';
import type { PinnedPerson, Policy } from '../policy.js';

/** What was found out about one pinned person. */
export interface PersonFacts {
  readonly id: string;
  /** Null: the tenant does not know them, or keeps them in the recycle bin. */
  readonly enabled: boolean | null;
  /** Among what the actor changed. */
  readonly damaged: boolean;
  /** True when a policy as it is now keeps them from signing in; null when that is not known. */
  readonly blocked: boolean | null;
}

export interface Inability {
  readonly id: string;
  readonly name: string;
  readonly why: string;
}

/** Everybody whose word may be needed, each once, in the order of the policy. */
export function pinnedDeciders({ people }: Policy): readonly PinnedPerson[] {
  const all = [...people.operators, ...people.approvers, ...people.breakGlassApprovers];
  return [...new Map(all.map((one) => [one.objectId.toLowerCase(), one])).values()];
}

/**
 * Who of the pinned people cannot act, and why, one sentence each. Damage alone keeps nobody from
 * acting: it is named with what does.
 */
export function whoCannotAct(policy: Policy, facts: readonly PersonFacts[]): readonly Inability[] {
  return pinnedDeciders(policy).flatMap(({ objectId, name }) => {
    const found = facts.find(({ id }) => id.toLowerCase() === objectId.toLowerCase());
    if (found === undefined) return [];
    const why = whyNot(found);
    return why === null ? [] : [{ id: objectId, name, why }];
  });
}

/** Whose account is disabled or not in the directory, whatever else keeps others from acting. */
export const whoIsGone = (facts: readonly PersonFacts[]): readonly string[] =>
  facts.filter(({ enabled }) => enabled !== true).map(({ id }) => id);

function whyNot({ enabled, damaged, blocked }: PersonFacts): string | null {
  const byDamage = damaged ? ', and is part of the damage' : '';
  if (enabled === null) return `is not in the directory${byDamage}`;
  if (!enabled) return `is disabled${byDamage}`;
  return blocked === true ? `is kept out by a policy as it is now${byDamage}` : null;
}

/** What a quorum is asked for. */
type Asked = Pick<ApprovalRequest, 'required' | 'actorIds' | 'diagnosticians'>;

/** What is asked before there is a plan: nobody knows its size, so the larger case. */
export const wholeQuorum = (
  actorIds: readonly string[],
  diagnosticians: ApprovalRequest['diagnosticians'],
): Asked => ({ required: ['operator', 'approver'], actorIds, diagnosticians });

export interface Quorum {
  readonly possible: boolean;
  /** Break-glass approvers who may decide over HTTP instead; empty while the quorum is possible. */
  readonly instead: readonly PinnedPerson[];
}

/** Whether those who are left can give every approval, and who may act in their place when not. */
export function quorumOf(request: Asked, policy: Policy, unable: readonly Inability[]): Quorum {
  const ids = unable.map(({ id }) => id.toLowerCase());
  if (quorumPossible(request, policy, ids)) return { possible: true, instead: [] };
  const barred = [...ids, ...request.actorIds, ...request.diagnosticians.map(({ id }) => id)].map(
    (id) => id.toLowerCase(),
  );
  const instead = policy.people.breakGlassApprovers.filter(
    ({ objectId }) => !barred.includes(objectId.toLowerCase()),
  );
  return { possible: false, instead };
}
