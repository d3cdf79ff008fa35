import type { ActivityInput } from '../../shared/contracts/catalogue.js';
import { removeAll, takeMeasure, type MeasureResult } from './containments.js';
import type { ActivityServices } from './services.js';

/** Removes the app roles a service principal holds; issued tokens keep them until they expire. */
export function removeAppRoles(
  services: ActivityServices,
  { incidentId, actor }: ActivityInput<'removeAppRoles'>,
): Promise<MeasureResult> {
  return takeMeasure(services, { incidentId, actor, measure: 'removeAppRoles' }, async (found) =>
    removeAll(
      await services.directory.listAppRoleAssignments(actor.id),
      ({ id }) => services.directory.removeAppRoleAssignment(actor.id, id),
      ({ appRoleId, resourceId }) => found.keep(`app role ${appRoleId} of resource ${resourceId}`),
    ),
  );
}
