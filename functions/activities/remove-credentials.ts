import type { ActivityInput } from '../../shared/contracts/catalogue.js';
import { removeAll, takeMeasure, type MeasureResult } from './containments.js';
import type { ActivityServices } from './services.js';

/** Removes secrets and certificates from the service principal and its application (fact sheet A.5). */
export function removeCredentials(
  services: ActivityServices,
  { incidentId, actor }: ActivityInput<'removeCredentials'>,
): Promise<MeasureResult> {
  return takeMeasure(services, { incidentId, actor, measure: 'removeCredentials' }, async () => {
    const credentials = await services.directory.listCredentials(actor.id);
    return removeAll(
      credentials.map((credential) => ({ ...credential, id: credential.keyId })),
      (credential) => services.directory.removeCredential(actor.id, credential),
    );
  });
}
