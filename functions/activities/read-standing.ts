import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { standing } from '../../shared/domain/approval-rule.js';
import { policyOf, readIncident, readMarks, readNamedActors } from './case-file.js';
import { showCard } from './approval-cards.js';
import { readPlan } from './plan-file.js';
import { isoNow, type ActivityServices } from './services.js';

/** What the ledger says of this plan now, under the policy in force now. */
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
  const superseded =
    named.version !== plan.basis.actorsVersion ||
    incident.window.from !== plan.basis.windowFrom ||
    incident.window.to !== plan.basis.windowTo;
  if (stand.given.length !== incident.approvals.given.length) {
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
    superseded: superseded && stand.state === 'open',
    summary: summaryOf(stand),
  };
}

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
