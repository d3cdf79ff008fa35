import type { ActivityInput } from '../../shared/contracts/catalogue.js';
import { takeMeasure, type MeasureResult } from './containments.js';
import type { ActivityServices } from './services.js';

/** Ends refresh tokens and browser sessions; repeating only moves the timestamp forward (fact sheet A.1). */
export function revokeSessions(
  services: ActivityServices,
  { incidentId, actor }: ActivityInput<'revokeSessions'>,
): Promise<MeasureResult> {
  return takeMeasure(services, { incidentId, actor, measure: 'revokeSessions' }, async () => ({
    effect: await services.directory.revokeSessions(actor.id),
  }));
}
