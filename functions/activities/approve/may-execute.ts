import { standing } from '../../../shared/domain/approval/approval-rule.js';
import type { Policy } from '../../../shared/domain/policy.js';
import { policyOf, readIncident, readMarks, readNamedActors } from '../case-file.js';
import { marksOf, type PlanDocument } from '../plan/plan-file.js';
import { readRevisions } from '../plan/revised-terms.js';
import type { ActivityServices } from '../services.js';

/** Why nothing more may be written, and the sentence for people. */
export interface Stop {
  readonly stopped: 'cancelled' | 'held' | 'approvalVoid' | 'expired';
  readonly why: string;
}

/**
 * Asks the store, just before a wave, whether this plan may still be written (safety.md I2, I7); null
 * when it may. What ends a run is told before what only holds it: a held plan still expires.
 */
export async function mayExecute(
  services: ActivityServices,
  incidentId: string,
  { body, digest, basis }: PlanDocument,
): Promise<Stop | null> {
  const [ledger, { policy }, marks, incident, named, revisions] = await Promise.all([
    services.store.readLedger(incidentId),
    policyOf(services, incidentId, { fresh: true }),
    readMarks(services, incidentId, marksOf(body)),
    readIncident(services, incidentId),
    readNamedActors(services, incidentId),
    readRevisions(services, incidentId),
  ]);
  const now = services.clock.now();
  if (marks.cancelled) return { stopped: 'cancelled', why: 'The commander cancelled.' };
  const over = timeIsOver(body.expiresAt, policy, now);
  if (over !== null) return over;
  if (!incident.scope.settled || incident.scope.digest !== body.scopeDigest) {
    return approvalVoid('The scope is not the settled scope this plan was made for.');
  }
  if (named.version !== basis.actorsVersion) {
    return approvalVoid('Other actors were named after this plan was made.');
  }
  if (revisions.version !== (basis.revisionsVersion ?? 0)) {
    return approvalVoid('The plan was revised after it was approved.');
  }
  const stand = standing(ledger, policy, digest, new Date(now).toISOString());
  if (stand.state !== 'approved') {
    const why =
      stand.state === 'rejected'
        ? `${stand.rejectedBy?.name ?? 'A pinned person'} rejected the plan.`
        : `The approvals do not suffice: ${stand.remaining.join(' and ') || 'a newer plan'} is missing.`;
    return approvalVoid(why);
  }
  const { notBefore } = policy.execution;
  if (notBefore !== null && now < Date.parse(notBefore)) {
    return { stopped: 'held', why: `Nothing is written before ${notBefore}.` };
  }
  return marks.held ? heldByHand : null;
}

/** Asks again before each batch: a hold, or a time that has come, does not wait for the wave's end. */
export async function mayGoOn(
  services: ActivityServices,
  incidentId: string,
  { body }: PlanDocument,
  policy: Policy,
): Promise<Stop | null> {
  const over = timeIsOver(body.expiresAt, policy, services.clock.now());
  if (over !== null) return over;
  return (await readMarks(services, incidentId, marksOf(body))).held ? heldByHand : null;
}

function timeIsOver(expiresAt: string, policy: Policy, now: number): Stop | null {
  const { notAfter } = policy.execution;
  if (now >= Date.parse(expiresAt)) {
    return { stopped: 'expired', why: `The approval was good until ${expiresAt}.` };
  }
  if (notAfter !== null && now >= Date.parse(notAfter)) {
    return { stopped: 'expired', why: `The change window closed at ${notAfter}.` };
  }
  return null;
}

const heldByHand: Stop = { stopped: 'held', why: 'Held before the next batch.' };

const approvalVoid = (why: string): Stop => ({ stopped: 'approvalVoid', why });
