import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { ApprovalRequest } from '../../../shared/domain/approval/approval.js';
import { requiredFor, standing } from '../../../shared/domain/approval/approval-rule.js';
import { withApprovals } from '../../../shared/domain/plan/undo-view.js';
import { checkPeopleAtOnce } from './check-people.js';
import { diagnosticiansOf } from './approval-people.js';
import { showCard } from './approval-cards.js';
import { policyOf, readIncident } from '../case-file.js';
import { readPlan } from '../plan/plan-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { warnUrgently } from '../warn-urgently.js';

/**
 * Opens a plan for decisions: fixes in the ledger what is asked, of whom and until when, and posts the
 * card. Running again finds the same request and the same card. Nothing has been approved here.
 */
export async function requestApproval(
  services: ActivityServices,
  { incidentId, planDigest, planVersion }: ActivityInput<'requestApproval'>,
): Promise<ActivityOutput<'requestApproval'>> {
  const [{ body }, incident, { policy }, diagnosticians] = await Promise.all([
    readPlan(services, incidentId, planDigest),
    readIncident(services, incidentId),
    policyOf(services, incidentId, { fresh: true }),
    diagnosticiansOf(services, incidentId),
  ]);
  const asked: ApprovalRequest = {
    planDigest,
    planVersion,
    objects: body.counts.objects,
    requestedAt: isoNow(services),
    expiresAt: body.expiresAt,
    required: requiredFor(body.counts.objects, policy),
    diagnosticians,
    actorIds: incident.actors.map((actor) => actor.id),
    ...(body.requiredLines && { requiredLines: body.requiredLines }),
    nonce: services.newNonce(),
  };
  const ledger = await services.store.updateLedger(incidentId, (known) =>
    known.requests.some((request) => request.planDigest === planDigest)
      ? known
      : { ...known, version: known.version + 1, requests: [...known.requests, asked] },
  );
  const request = ledger.requests.find((known) => known.planDigest === planDigest) ?? asked;
  const counting = await services.store.readLedger(incidentId);
  const stand = standing(counting, policy, planDigest, isoNow(services));
  await services.store.updateIncident(incidentId, (open) =>
    withApprovals(open, planDigest, { required: request.required, given: stand.given }),
  );
  await services.store.append(incidentId, `approval:asked:${planDigest}`, {
    at: request.requestedAt,
    kind: 'approval.asked',
    by: product,
    summary: `Plan version ${planVersion} (${planDigest}) waits for ${request.required.join(' and ')} until ${request.expiresAt}.`,
  });
  await checkPeopleAtOnce(services, incidentId, request);
  const delivery = await showCard(services, incidentId, planDigest);
  if (!delivery.ok) await tellByOtherWays(delivery.why);
  return { expiresAt: request.expiresAt, required: [...request.required], delivered: delivery.ok };

  async function tellByOtherWays(why: string): Promise<void> {
    const text =
      `The approval card could not be delivered (${why}). Decide over HTTP: ` +
      `POST ${services.publicUrl}/api/incidents/${incidentId}/decisions with plan digest ${planDigest}.`;
    await warnUrgently(services, incidentId, {
      key: `approval:undelivered:${planDigest}`,
      kind: { told: 'approval.undelivered', untold: 'approval.untold' },
      title: 'An approval is waiting',
      text,
    });
  }
}
