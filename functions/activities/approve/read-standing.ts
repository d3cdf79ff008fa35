import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { standing } from '../../../shared/domain/approval/approval-rule.js';
import type { GivenApproval } from '../../../shared/domain/approval/approval.js';
import { toldRevision, type RevisionsDocument } from '../../../shared/domain/plan/revisions.js';
import { approvalsOf, withApprovals } from '../../../shared/domain/plan/undo-view.js';
import { policyOf, readIncident, readMarks, readNamedActors } from '../case-file.js';
import { showCard } from './approval-cards.js';
import { addsWrites } from '../scope/joined-alerts.js';
import { touchesNewlyProtected } from '../plan/newly-protected.js';
import { marksOf, readPlan } from '../plan/plan-file.js';
import { readRevisions } from '../plan/revised-terms.js';
import { isoNow, type ActivityServices } from '../services.js';

/**
 * What the ledger says of this plan now, under the policy in force now. A plan whose ground has changed
 * is superseded, also when it was approved in the same moment.
 */
export async function readStanding(
  services: ActivityServices,
  { incidentId, planDigest }: ActivityInput<'readStanding'>,
): Promise<ActivityOutput<'readStanding'>> {
  const [plan, ledger, { policy }, named, incident, revisions] = await Promise.all([
    readPlan(services, incidentId, planDigest),
    services.store.readLedger(incidentId),
    policyOf(services, incidentId, { fresh: true }),
    readNamedActors(services, incidentId),
    readIncident(services, incidentId),
    readRevisions(services, incidentId),
  ]);
  const marks = await readMarks(services, incidentId, marksOf(plan.body));
  const stand = standing(ledger, policy, planDigest, isoNow(services));
  const mayStillCount = stand.state === 'open' || stand.state === 'approved';
  const isAwaiting = mayStillCount && incident.state === 'awaitingApproval';
  const revised = isAwaiting && revisions.version !== (plan.basis.revisionsVersion ?? 0);
  const superseded =
    isAwaiting &&
    (named.version !== plan.basis.actorsVersion ||
      (await touchesNewlyProtected(services, incidentId, plan, policy)) ||
      (await addsWrites(services, incident, plan, policy)));
  if (textOf(stand.given) !== textOf(approvalsOf(incident, planDigest).given)) {
    await services.store.updateIncident(incidentId, (open) =>
      withApprovals(open, planDigest, {
        ...approvalsOf(open, planDigest),
        given: stand.given,
      }),
    );
    if (stand.state === 'open') await showCard(services, incidentId, planDigest);
  }
  return {
    state: stand.state,
    remaining: [...stand.remaining],
    ...marks,
    superseded,
    revised,
    summary: revised ? revisedBy(revisions) : summaryOf(stand),
  };
}

function revisedBy({ list }: RevisionsDocument): string {
  const last = list.at(-1);
  return last === undefined ? '' : `Revised by ${last.by.name}: ${toldRevision(last)}`;
}

const textOf = (given: readonly GivenApproval[]): string =>
  given.map(({ by, countedAs, at }) => `${by.id} ${countedAs} ${at}`).join('\n');

function summaryOf(stand: ReturnType<typeof standing>): string {
  const names = stand.given.map(({ by, countedAs }) => `${by.name} as ${countedAs}`).join(', ');
  switch (stand.state) {
    case 'approved':
      return `Approved by ${names}.`;
    case 'rejected':
      return `Rejected by ${stand.rejectedBy?.name ?? 'a pinned person'}.`;
    case 'expired':
      return 'Nobody decided in time; the plan is never executed.';
    case 'open':
      return `Waiting for ${stand.remaining.join(' and ')}${names === '' ? '' : `; approved by ${names}`}.`;
  }
}
