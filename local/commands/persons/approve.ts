import type { ApprovalLine, ApprovalRole } from '../../../shared/domain/approval/approval.js';
import type { Incident, PlanView } from '../../../shared/domain/incident/incident.js';
import { isObject, problemOf } from '../request.js';
import type { Crew, Duty } from './deed.js';

const cardWaitMs = 60_000;

/** Whoever signs in when the ordinary person cannot (contract section 4, `people.breakGlassApprovers`). */
const standIns: Readonly<Record<ApprovalRole, string>> = {
  operator: 'breakGlass1',
  approver: 'breakGlass2',
};

/** A plan that waits for people, and whom it waits for. */
interface Awaited {
  readonly plan: PlanView;
  readonly required: readonly ApprovalRole[];
}

/**
 * Operator and approver approve every plan that waits, recovery and undo: in Teams, or over HTTP when the
 * plan has lines to be named, which are all named but `lockout`: a plan that shuts emergency access out
 * is rejected. Whoever cannot sign in is stood in for by emergency access.
 */
export function approving(crew: Crew): Duty {
  return (incident) =>
    awaited(incident).flatMap(({ plan, required }) =>
      required.map((role) => ({
        key: `${plan.digest}|${role}`,
        does: () => decide(crew, incident.id, plan, role),
      })),
    );
}

function awaited({ waitingFor, plan, approvals, undo }: Incident): Awaited[] {
  if (undo?.state === 'awaitingApproval' && undo.plan !== null) {
    return [{ plan: undo.plan, required: undo.approvals.required }];
  }
  if (waitingFor?.kind !== 'approval' || plan === null) return [];
  return [{ plan, required: approvals.required }];
}

async function decide(crew: Crew, incidentId: string, plan: PlanView, role: ApprovalRole) {
  const comment = `Drill: plan version ${plan.version} reviewed.`;
  if (plan.requiredLines?.includes('lockout') === true) {
    return overHttp(crew, incidentId, plan, role, { decision: 'reject', comment });
  }
  const refusal = await crew.control.refusalOf(role);
  if (refusal !== null) {
    const instead = `${comment} In place of the ${role}, who cannot sign in (${refusal}).`;
    const wish = { ...linesOf(plan), comment: instead };
    return overHttp(crew, incidentId, plan, standIns[role], wish);
  }
  if ('lines' in linesOf(plan)) {
    return overHttp(crew, incidentId, plan, role, { ...linesOf(plan), comment });
  }
  const wish = { person: role, verb: 'approve', incidentId, comment, waitMs: cardWaitMs } as const;
  const answer = await crew.control.press(wish);
  crew.say(
    answer.counted
      ? `  The ${role} approved plan version ${plan.version} in Teams.`
      : `  The ${role}'s approval was refused: ${answer.said}`,
  );
  return 'done' as const;
}

function linesOf({ lines = [] }: PlanView): { readonly lines?: readonly ApprovalLine[] } {
  return lines.length === 0 ? {} : { lines: lines.map(({ line }) => line) };
}

async function overHttp(
  { api, say }: Crew,
  incidentId: string,
  plan: PlanView,
  person: string,
  wish: {
    readonly decision?: 'reject';
    readonly lines?: readonly ApprovalLine[];
    readonly comment: string;
  },
): Promise<'done' | 'again'> {
  const answer = await api(person).post(`/incidents/${incidentId}/decisions`, {
    decision: 'approve',
    planDigest: plan.digest,
    ...wish,
  });
  const lines = wish.lines === undefined ? '' : `, naming the lines ${wish.lines.join(', ')}`;
  const verb = wish.decision === 'reject' ? 'rejected' : 'approved';
  if (answer.status === 202) {
    say(`  ${person} ${verb} over HTTP${lines}: ${wish.comment}`);
    return 'done';
  }
  // Emergency access counts only from the moment at which the product saw that the others cannot act.
  const code = isObject(answer.body) ? answer.body['code'] : null;
  if (Object.values(standIns).includes(person) && code === 'DECIDER_NOT_PINNED') return 'again';
  say(`  The decision of ${person} was refused: ${problemOf(answer)}`);
  return 'done';
}
