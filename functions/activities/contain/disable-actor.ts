import type { ActivityInput } from '../../../shared/contracts/catalogue.js';
import { alreadySo, takeMeasure, type MeasureResult } from './containments.js';
import type { ActivityServices } from '../services.js';

/** Blocks sign-in of a user, or token issuance of a service principal (fact sheet A.2, A.5). */
export function disableActor(
  services: ActivityServices,
  { incidentId, actor }: ActivityInput<'disableActor'>,
): Promise<MeasureResult> {
  return takeMeasure(services, { incidentId, actor, measure: 'disable' }, async ({ identity }) => ({
    effect: identity.enabled
      ? await services.directory.setAccountEnabled(actor.kind, actor.id, false)
      : alreadySo,
  }));
}
