import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { chooseRecoveryPoint } from '../../../shared/domain/incident/recovery-point.js';
import { readRevisions } from '../plan/revised-terms.js';
import { isoNow, type ActivityServices } from '../services.js';

/**
 * The newest backup strictly before the first bad change, the one a revision names if it can be used, or
 * an honest null with the reason.
 */
export async function pickRecoveryPoint(
  services: ActivityServices,
  { incidentId, firstBadChangeAt }: ActivityInput<'pickRecoveryPoint'>,
): Promise<ActivityOutput<'pickRecoveryPoint'>> {
  const [listed, { recoveryPointId }] = await Promise.all([
    services.recovery.listRecoveryPoints(),
    readRevisions(services, incidentId),
  ]);
  const point = chooseRecoveryPoint(
    listed.ok ? listed.points : [],
    firstBadChangeAt,
    isoNow(services),
    recoveryPointId,
  );
  return {
    point: listed.ok
      ? point
      : { ...point, reason: `Recovery points could not be read (${listed.why}). ${point.reason}` },
  };
}
