import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { chooseRecoveryPoint } from '../../shared/domain/recovery-point.js';
import { isoNow, type ActivityServices } from './services.js';

/** The newest backup strictly before the first bad change, or an honest null with the reason. */
export async function pickRecoveryPoint(
  services: ActivityServices,
  { firstBadChangeAt }: ActivityInput<'pickRecoveryPoint'>,
): Promise<ActivityOutput<'pickRecoveryPoint'>> {
  const listed = await services.recovery.listRecoveryPoints();
  const point = chooseRecoveryPoint(
    listed.ok ? listed.points : [],
    firstBadChangeAt,
    isoNow(services),
  );
  return {
    point: listed.ok
      ? point
      : { ...point, reason: `Recovery points could not be read (${listed.why}). ${point.reason}` },
  };
}
