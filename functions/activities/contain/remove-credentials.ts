import type { ActivityInput } from '../../../shared/contracts/catalogue.js';
import { removeAll, takeMeasure, type MeasureResult } from './containments.js';
import type { ActivityServices } from '../services.js';

/** Removes secrets and certificates from the service principal and its application (fact sheet A.5). */
export function removeCredentials(
  services: ActivityServices,
  { incidentId, actor }: ActivityInput<'removeCredentials'>,
): Promise<MeasureResult> {
  return takeMeasure(services, { incidentId, actor, measure: 'removeCredentials' }, async (found) =>
    removeAll(
      await services.directory.listCredentials(actor.id),
      (credential) => services.directory.removeCredential(actor.id, credential),
      ({ kind, keyId, holder }) => found.keep(`${kind} ${keyId} of the ${holder}`),
    ),
  );
}
