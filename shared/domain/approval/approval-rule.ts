import type {
  ApprovalLine,
  ApprovalRequest,
  Decision,
  Ledger,
  ApprovalRole,
  GivenApproval,
} from './approval.js';
import { assignRoles, countableRoles, has, same, whyUncounted } from './approval-quorum.js';
import type { Person } from '../identities.js';
import type { Policy } from '../policy.js';

export interface Attempt {
  readonly decision: 'approve' | 'reject';
  /** From a verified token, nothing else. */
  readonly by: Person;
  readonly via: 'teams' | 'http';
  readonly planDigest: string;
  readonly comment: string | null;
  /** HTTP only: lines of the plan approved by name. */
  readonly lines?: readonly ApprovalLine[];
  /** Teams only: the nonce of the pressed card. */
  readonly nonce: string | null;
  readonly proof: Decision['proof'];
  readonly roleCheck: Decision['roleCheck'];
}

export type DecisionCode =
  | 'DECIDER_IS_ACTOR'
  | 'DECIDER_IS_DIAGNOSTICIAN'
  | 'DECIDER_NOT_PINNED'
  | 'DECIDER_ALREADY_DECIDED'
  | 'VALIDATION_FAILED'
  | 'PLAN_SUPERSEDED'
  | 'NOT_AWAITING_APPROVAL'
  | 'APPROVAL_EXPIRED';

export type Counted =
  | {
      readonly ok: true;
      readonly ledger: Ledger;
      readonly countedAs: ApprovalRole;
      readonly remaining: readonly ApprovalRole[];
      /** The same person said the same before: nothing new was written. */
      readonly repeated: boolean;
    }
  | {
      readonly ok: false;
      readonly code: DecisionCode;
      readonly message: string;
      /** With the refused attempt noted. */
      readonly ledger: Ledger;
    };

export interface Standing {
  readonly state: 'open' | 'approved' | 'rejected' | 'expired';
  readonly given: readonly GivenApproval[];
  readonly remaining: readonly ApprovalRole[];
  readonly rejectedBy: Person | null;
}

const refusalsKept = 200;

/** Who must approve a plan of this many objects (contract section 4, `approvals.secondApproverAbove`). */
export function requiredFor(objects: number, policy: Policy): ApprovalRole[] {
  return objects > policy.approvals.secondApproverAbove ? ['operator', 'approver'] : ['operator'];
}

/**
 * Counts one decision or says why it does not count. Pure: the caller writes the returned ledger by
 * compare-and-set and answers from what was written. Who may never decide is told first, so that the
 * actor learns nothing else about the plan's state.
 */
export function countDecision(
  ledger: Ledger,
  attempt: Attempt,
  rule: { readonly policy: Policy; readonly now: string },
): Counted {
  const { policy, now } = rule;
  const newest = ledger.requests.at(-1);
  const refuse = (code: DecisionCode, message: string): Counted => ({
    ok: false,
    code,
    message,
    ledger: withRefusal(ledger, attempt, now, code),
  });

  if (newest !== undefined && has(newest.actorIds, attempt.by.id)) {
    return refuse('DECIDER_IS_ACTOR', 'An actor of this incident cannot decide about it.');
  }
  if (newest?.diagnosticians.some(({ id }) => same(id, attempt.by.id))) {
    return refuse(
      'DECIDER_IS_DIAGNOSTICIAN',
      'Whoever opened the incident by hand, named its actor or revised its plan cannot decide.',
    );
  }
  const roles = newest === undefined ? [] : countableRoles(attempt, newest, policy, ledger);
  if (newest !== undefined && roles.length === 0) {
    return refuse('DECIDER_NOT_PINNED', whyUncounted(attempt, policy, ledger));
  }
  if (newest === undefined) {
    return refuse('NOT_AWAITING_APPROVAL', 'No plan of this incident awaits a decision.');
  }
  if (newest.planDigest !== attempt.planDigest) {
    return refuse('PLAN_SUPERSEDED', `The plan was superseded by version ${newest.planVersion}.`);
  }
  if (attempt.via === 'teams' && attempt.nonce !== newest.nonce) {
    return refuse('PLAN_SUPERSEDED', 'This card is not the card of the current plan.');
  }
  const own = decisionsOn(ledger, newest).find(({ by }) => same(by.id, attempt.by.id));
  const stand = standing(ledger, policy, newest.planDigest, now);
  if (own !== undefined && own.decision === attempt.decision) {
    const { remaining } = stand;
    const countedAs = roleIn(stand, attempt.by.id) ?? own.countedAs;
    return { ok: true, ledger, countedAs, remaining, repeated: true };
  }
  if (stand.state === 'expired') {
    return refuse('APPROVAL_EXPIRED', `The approval expired at ${newest.expiresAt}.`);
  }
  if (stand.state !== 'open') {
    return refuse('NOT_AWAITING_APPROVAL', `The plan is ${stand.state} already.`);
  }
  if (own !== undefined) {
    return refuse('DECIDER_ALREADY_DECIDED', `This person said ${own.decision} at ${own.at}.`);
  }
  const { decision, by, via, planDigest, comment, proof, roleCheck, lines = [] } = attempt;
  const named = via === 'http' && lines.length > 0 ? { lines } : {};
  const missing = decision === 'approve' ? missingLines(newest, named.lines) : [];
  if (missing.length > 0) {
    return refuse(
      'VALIDATION_FAILED',
      `This plan can be approved only over HTTP and by naming the line ${missing.join(' and ')}.`,
    );
  }
  const withCountedAs = (countedAs: ApprovalRole): Ledger => ({
    ...ledger,
    version: ledger.version + 1,
    decisions: [
      ...ledger.decisions,
      { decision, by, countedAs, at: now, via, planDigest, comment, ...named, proof, roleCheck },
    ],
  });
  const first = roles.find((role) => stand.remaining.includes(role)) ?? roles[0];
  if (first === undefined) return refuse('DECIDER_NOT_PINNED', 'Not pinned.');
  const after = standing(withCountedAs(first), policy, planDigest, now);
  const countedAs = decision === 'reject' ? first : roleIn(after, by.id);
  if (countedAs === undefined) {
    return refuse(
      'DECIDER_ALREADY_DECIDED',
      `The approval as ${first} was given by another person; ${stand.remaining.join(' and ')} is missing.`,
    );
  }
  const counted = withCountedAs(countedAs);
  return { ok: true, ledger: counted, countedAs, remaining: after.remaining, repeated: false };
}

const roleIn = ({ given }: Standing, id: string): ApprovalRole | undefined =>
  given.find(({ by }) => same(by.id, id))?.countedAs;

/**
 * Where the decisions on one plan stand under the policy in force now: a person removed from the pins no
 * longer counts, nor does the approval of one who is gone from the directory since, also for a decision
 * given before. Only the newest request is ever open.
 */
export function standing(
  ledger: Ledger,
  policy: Policy,
  planDigest: string,
  now: string,
): Standing {
  const request = ledger.requests.find((known) => known.planDigest === planDigest);
  if (request === undefined) {
    return { state: 'expired', given: [], remaining: ['operator'], rejectedBy: null };
  }
  const counting = decisionsOn(ledger, request).flatMap((decision) => {
    if (isBarred(request, decision.by.id)) return [];
    const roles = countableRoles(decision, request, policy, ledger);
    return roles.length === 0 ? [] : [{ decision, roles }];
  });
  const reject = counting.find(({ decision }) => decision.decision === 'reject')?.decision;
  const approving = counting.filter(
    ({ decision: { decision, by, lines } }, index) =>
      decision === 'approve' &&
      missingLines(request, lines).length === 0 &&
      counting.findIndex((earlier) => same(earlier.decision.by.id, by.id)) === index,
  );
  const assigned = assignRoles(approving.map(({ roles }) => roles));
  const given = approving.flatMap(({ decision: { by, at, via } }, index): GivenApproval[] => {
    const countedAs = assigned[index] ?? null;
    return countedAs === null ? [] : [{ by, countedAs, at, via }];
  });
  const remaining = request.required.filter(
    (role) => !given.some(({ countedAs }) => countedAs === role),
  );
  const overtaken = ledger.requests.at(-1)?.planDigest !== planDigest;
  const state = reject
    ? 'rejected'
    : remaining.length === 0
      ? 'approved'
      : overtaken || Date.parse(now) >= Date.parse(request.expiresAt)
        ? 'expired'
        : 'open';
  return {
    state: overtaken && state === 'approved' ? 'expired' : state,
    given,
    remaining,
    rejectedBy: reject?.by ?? null,
  };
}

const missingLines = (
  { requiredLines = [] }: ApprovalRequest,
  named: readonly ApprovalLine[] = [],
): ApprovalLine[] => requiredLines.filter((line) => !named.includes(line));

/** Nobody is two of actor, diagnostician and approver (safety.md I3), whatever a ledger says. */
const isBarred = ({ actorIds, diagnosticians }: ApprovalRequest, id: string): boolean =>
  has(actorIds, id) || diagnosticians.some((person) => same(person.id, id));

const decisionsOn = (ledger: Ledger, request: ApprovalRequest): readonly Decision[] =>
  ledger.decisions.filter(({ planDigest }) => planDigest === request.planDigest);

function withRefusal(ledger: Ledger, attempt: Attempt, at: string, code: string): Ledger {
  const refusal = { by: attempt.by, at, code, via: attempt.via };
  return {
    ...ledger,
    version: ledger.version + 1,
    refusals: [...ledger.refusals, refusal].slice(-refusalsKept),
  };
}
