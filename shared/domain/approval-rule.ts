import type { ApprovalLine, ApprovalRequest, Decision, Ledger } from './approval.js';
import type { ApprovalRole, GivenApproval, Person } from './incident.js';
import type { PinnedPerson, Policy } from './policy.js';

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
  const roles = newest === undefined ? [] : rolesOf(attempt.by.id, ledger, newest, attempt, policy);
  if (newest !== undefined && roles.length === 0) {
    return refuse(
      'DECIDER_NOT_PINNED',
      'The policy names this person neither operator nor approver.',
    );
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
  if (own !== undefined && own.decision === attempt.decision) {
    const { remaining } = standing(ledger, policy, newest.planDigest, now);
    return { ok: true, ledger, countedAs: own.countedAs, remaining, repeated: true };
  }
  const stand = standing(ledger, policy, newest.planDigest, now);
  if (stand.state === 'expired') {
    return refuse('APPROVAL_EXPIRED', `The approval expired at ${newest.expiresAt}.`);
  }
  if (stand.state !== 'open') {
    return refuse('NOT_AWAITING_APPROVAL', `The plan is ${stand.state} already.`);
  }
  if (own !== undefined) {
    return refuse('DECIDER_ALREADY_DECIDED', `This person said ${own.decision} at ${own.at}.`);
  }
  const countedAs = roles.find((role) => stand.remaining.includes(role)) ?? roles[0];
  if (countedAs === undefined) return refuse('DECIDER_NOT_PINNED', 'Not pinned.');
  if (attempt.decision === 'approve' && !stand.remaining.includes(countedAs)) {
    return refuse(
      'DECIDER_ALREADY_DECIDED',
      `The approval as ${countedAs} was given by another person; ${stand.remaining.join(' and ')} is missing.`,
    );
  }
  const { decision, by, via, planDigest, comment, proof, roleCheck, lines = [] } = attempt;
  const named = via === 'http' && lines.length > 0 ? { lines } : {};
  const counted: Ledger = {
    ...ledger,
    version: ledger.version + 1,
    decisions: [
      ...ledger.decisions,
      { decision, by, countedAs, at: now, via, planDigest, comment, ...named, proof, roleCheck },
    ],
  };
  const { remaining } = standing(counted, policy, planDigest, now);
  return { ok: true, ledger: counted, countedAs, remaining, repeated: false };
}

/**
 * Where the decisions on one plan stand under the policy in force now: a person removed from the pins no
 * longer counts, also for a decision given before. Only the newest request is ever open.
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
  const counting = decisionsOn(ledger, request).filter((decision) =>
    stillPinned(decision, ledger, request, policy),
  );
  const reject = counting.find(({ decision }) => decision === 'reject');
  const given: GivenApproval[] = counting
    .filter(({ decision }) => decision === 'approve')
    .map(({ by, countedAs, at, via }) => ({ by, countedAs, at, via }));
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

/**
 * Whether pinned people could still give every required approval, each by another person, when those in
 * `unable` (damaged, blocked, actors, diagnosticians) cannot. Break-glass approvers count only when not.
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

/** Roles this person may count for, the first missing one first. Break-glass only over HTTP, only without quorum. */
function rolesOf(
  id: string,
  ledger: Ledger,
  request: ApprovalRequest,
  attempt: Pick<Attempt, 'via'>,
  policy: Policy,
): ApprovalRole[] {
  const pinned: ApprovalRole[] = [];
  if (isPinned(policy.people.operators, id)) pinned.push('operator');
  if (isPinned(policy.people.approvers, id) && request.required.includes('approver')) {
    pinned.push('approver');
  }
  if (pinned.length > 0) return pinned;
  const breakGlass =
    attempt.via === 'http' &&
    isPinned(policy.people.breakGlassApprovers, id) &&
    !quorumPossible(request, policy, ledger.unable ?? []);
  return breakGlass ? [...request.required] : [];
}

function stillPinned(
  decision: Decision,
  ledger: Ledger,
  request: ApprovalRequest,
  policy: Policy,
): boolean {
  return rolesOf(decision.by.id, ledger, request, decision, policy).includes(decision.countedAs);
}

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

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const has = (ids: readonly string[], id: string): boolean => ids.some((known) => same(known, id));
const isPinned = (people: readonly PinnedPerson[], id: string): boolean =>
  people.some(({ objectId }) => same(objectId, id));
