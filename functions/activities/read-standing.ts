import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { standing } from '../../shared/domain/approval-rule.js';
import type { GivenApproval } from '../../shared/domain/incident.js';
import { policyOf, readIncident, readMarks, readNamedActors } from './case-file.js';
import { showCard } from './approval-cards.js';
import { addsWrites } from './joined-alerts.js';
import { touchesNewlyProtected } from './newly-protected.js';
import { readPlan } from './plan-file.js';
import { isoNow, type ActivityServices } from './services.js';

/**
 * What the ledger says of this plan now, under the policy in force now. A plan whose ground has changed
 * is superseded, also when it was approved in the same moment.
 */
export async function readStanding(
  services: ActivityServices,
  { incidentId, planDigest }: ActivityInput<'readStanding'>,
): Promise<ActivityOutput<'readStanding'>> {
  const [plan, ledger, { policy }, marks, named, incident] = await Promise.all([
    readPlan(services, incidentId, planDigest),
    services.store.readLedger(incidentId),
    policyOf(services, incidentId, { fresh: true }),
    readMarks(services, incidentId),
    readNamedActors(services, incidentId),
    readIncident(services, incidentId),
  ]);
  const stand = standing(ledger, policy, planDigest, isoNow(services));
  const mayStillCount = stand.state === 'open' || stand.state === 'approved';
  const superseded =
    mayStillCount &&
    incident.state === 'awaitingApproval' &&
    (named.version !== plan.basis.actorsVersion ||
      (await touchesNewlyProtected(services, incidentId, plan, policy)) ||
      (await addsWrites(services, incident, plan, policy)));
  if (textOf(stand.given) !== textOf(incident.approvals.given)) {
    await services.store.updateIncident(incidentId, (open) => ({
      ...open,
      approvals: { ...open.approvals, given: stand.given },
    }));
    if (stand.state === 'open') await showCard(services, incidentId, planDigest);
  }
  return {
    state: stand.state,
    remaining: [...stand.remaining],
    ...marks,
    superseded,
    summary: summaryOf(stand),
  };
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
