import type { ActivityInput } from '../../../shared/contracts/catalogue.js';
import { takeMeasure, type MeasureResult } from './containments.js';
import type { ActivityServices } from '../services.js';

/** Sets the identity's risk to high, which also ends CAE sessions (fact sheet A.3, A.5). */
export function confirmCompromised(
  services: ActivityServices,
  { incidentId, actor }: ActivityInput<'confirmCompromised'>,
): Promise<MeasureResult> {
  return takeMeasure(services, { incidentId, actor, measure: 'confirmCompromised' }, async () => ({
    effect: await services.directory.confirmCompromised(actor.kind, actor.id),
  }));
}
