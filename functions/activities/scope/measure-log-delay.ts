import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { ActivityServices } from '../services.js';

/** How late rows became readable over the last day; it may shorten the settle time, never lengthen it. */
export async function measureLogDelay(
  services: ActivityServices,
  _input: ActivityInput<'measureLogDelay'>,
): Promise<ActivityOutput<'measureLogDelay'>> {
  return { seconds: await services.auditLog.measuredDelaySeconds() };
}
