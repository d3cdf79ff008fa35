import { standing } from '../../../shared/domain/approval/approval-rule.js';
import type { Policy } from '../../../shared/domain/policy.js';
import { policyOf, readIncident, readMarks } from '../case-file.js';
import { wasBegun } from '../execute/before-images.js';
import { marksOf, type PlanDocument } from '../plan/plan-file.js';
import type { ActivityServices } from '../services.js';
import { changedByPeople, lostItsGround, type Overtaken } from './overtaken.js';

/** Why nothing more may be written, and the sentence for people. */
export interface Stop {
  readonly stopped:
    'cancelled' | 'held' | 'approvalVoid' | 'expired' | 'unapproved' | Overtaken['by'];
  readonly why: string;
}

/**
 * As `mayExecute` when a wave is opened. Before the first write of a plan its ground is looked at once
 * more, also when it is held: what landed between the last approval and that write makes a new version,
 * never a write.
 */
export async function mayBegin(
  services: ActivityServices,
  incidentId: string,
  plan: PlanDocument,
): Promise<Stop | null> {
  const stop = await mayExecute(services, incidentId, plan);
  if (stop !== null && stop.stopped !== 'held') return stop;
  if (await wasBegun(services, incidentId, plan.digest)) return stop;
  const [incident, { policy }] = await Promise.all([
    readIncident(services, incidentId),
    policyOf(services, incidentId),
  ]);
  return stopFor(await lostItsGround(services, incident, plan, policy)) ?? stop;
}

/**
 * Asks the store, just before a wave, whether this plan may still be written (safety.md I2, I7); null
 * when it may. What ends a run is told before what only holds it: a held plan still expires.
 */
export async function mayExecute(
  services: ActivityServices,
  incidentId: string,
  plan: PlanDocument,
): Promise<Stop | null> {
  const { body, digest } = plan;
  const [ledger, { policy }, marks, incident, changed] = await Promise.all([
    services.store.readLedger(incidentId),
    policyOf(services, incidentId, { fresh: true }),
    readMarks(services, incidentId, marksOf(body)),
    readIncident(services, incidentId),
    changedByPeople(services, incidentId, plan),
  ]);
  const now = services.clock.now();
  if (marks.cancelled) return { stopped: 'cancelled', why: 'The commander cancelled.' };
  const over = timeIsOver(body.expiresAt, policy, now);
  if (over !== null) return over;
  if (!incident.scope.settled || incident.scope.digest !== body.scopeDigest) {
    return approvalVoid('The scope is not the settled scope this plan was made for.');
  }
  if (changed !== null) return stopFor(changed);
  const stand = standing(ledger, policy, digest, new Date(now).toISOString());
  if (stand.state === 'rejected') {
    return approvalVoid(`${stand.rejectedBy?.name ?? 'A pinned person'} rejected the plan.`);
  }
  if (stand.state === 'expired') return approvalVoid('A newer plan was asked for since.');
  if (stand.state === 'open') {
    const why = `The approvals do not suffice: ${stand.remaining.join(' and ')} is missing.`;
    return { stopped: 'unapproved', why };
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

const stopFor = (overtaken: Overtaken | null): Stop | null =>
  overtaken === null ? null : { stopped: overtaken.by, why: overtaken.why };

const approvalVoid = (why: string): Stop => ({ stopped: 'approvalVoid', why });
