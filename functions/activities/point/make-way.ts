import type { Incident } from '../../../shared/domain/incident/incident.js';
import { cancelOnce, isCancelled } from '../native/cancel-job.js';
import { withoutSession } from '../native/lender.js';
import { policyOf } from '../case-file.js';
import type { ActivityServices } from '../services.js';
import { warnUrgently } from '../warn-urgently.js';

/**
 * The service runs one job at a time, so the preview of a check would hold up the approved recovery of the
 * same incident, by us or by a person it was handed to: it is cancelled, which takes a session. Without one
 * the recovery waits for it, as for anybody else's job, and the second channel is told: the approval expires
 * meanwhile. A preview that the service did not cancel when it was asked is left to run.
 */
export async function makeWay(
  services: ActivityServices,
  { id, state, plan }: Incident,
  jobId: string,
): Promise<void> {
  const { native = 0, handOff = 0 } = plan?.byExecutor ?? {};
  if (state !== 'executing' || native + handOff === 0) return;
  if (await isCancelled(services, id, jobId)) return;
  const { policy } = await policyOf(services, id);
  const noSession = await withoutSession(services, id, policy);
  if (noSession === null) {
    const why = 'The approved recovery needs the service, which the check of the plan keeps busy';
    await cancelOnce(services, { incidentId: id, jobId, why });
    return;
  }
  await warnUrgently(services, id, {
    key: `point:in-the-way:${jobId}`,
    kind: { told: 'pointCheck.inTheWay', untold: 'pointCheck.inTheWay.untold' },
    title: 'The approved recovery waits for our own check',
    text: `The recovery by the service waits for preview ${jobId} of the check against the recovery point. ${noSession} With one the preview is cancelled.`,
  });
}
