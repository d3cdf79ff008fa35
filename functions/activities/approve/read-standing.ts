import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { standing } from '../../../shared/domain/approval/approval-rule.js';
import type { GivenApproval } from '../../../shared/domain/approval/approval.js';
import { isAtWork } from '../../../shared/domain/native/point-check.js';
import { approvalsOf, withApprovals } from '../../../shared/domain/plan/undo-view.js';
import { policyOf, readIncident, readMarks } from '../case-file.js';
import { showCard } from './approval-cards.js';
import { readPointCheck } from '../point/check-file.js';
import { marksOf, readPlan } from '../plan/plan-file.js';
import { isoNow, type ActivityServices } from '../services.js';
import {
  changedByPeople,
  contradictedByPoint,
  lostItsGround,
  type Overtaken,
} from './overtaken.js';

/**
 * What the ledger says of this plan now, under the policy in force now. A plan whose ground has changed
 * is superseded, also when it was approved in the same moment.
 */
export async function readStanding(
  services: ActivityServices,
  { incidentId, planDigest }: ActivityInput<'readStanding'>,
): Promise<ActivityOutput<'readStanding'>> {
  const [plan, ledger, { policy }, incident, check] = await Promise.all([
    readPlan(services, incidentId, planDigest),
    services.store.readLedger(incidentId),
    policyOf(services, incidentId, { fresh: true }),
    readIncident(services, incidentId),
    readPointCheck(services, incidentId),
  ]);
  const marks = await readMarks(services, incidentId, marksOf(plan.body));
  const stand = standing(ledger, policy, planDigest, isoNow(services));
  const mayStillCount = stand.state === 'open' || stand.state === 'approved';
  const isAwaiting = mayStillCount && incident.state === 'awaitingApproval';
  const overtaken = isAwaiting ? await overtakenBy() : null;
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
    superseded: overtaken?.by === 'superseded',
    revised: overtaken?.by === 'revised',
    looksAgain: isAwaiting && isAtWork(check),
    summary: overtaken?.why ?? summaryOf(stand),
  };

  /** What changed below the plan makes more new than what changed in it. */
  async function overtakenBy(): Promise<Overtaken | null> {
    const changed = await changedByPeople(services, incidentId, plan);
    if (changed?.by === 'superseded') return changed;
    return (
      (await lostItsGround(services, incident, plan, policy)) ??
      changed ??
      contradictedByPoint(check, plan)
    );
  }
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
