import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { settleCardFor } from './approval-cards.js';
import type { ActivityServices } from '../services.js';

/** Puts the card into its final form for everyone. */
export async function settleCard(
  services: ActivityServices,
  { incidentId, planDigest, text }: ActivityInput<'settleCard'>,
): Promise<ActivityOutput<'settleCard'>> {
  const delivery = await settleCardFor(services, incidentId, planDigest, text);
  return { told: delivery.ok };
}
