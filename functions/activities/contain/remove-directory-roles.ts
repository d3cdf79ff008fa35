import type { ActivityInput } from '../../../shared/contracts/catalogue.js';
import { removeAll, takeMeasure, type MeasureResult } from './containments.js';
import type { ActivityServices } from '../services.js';

/** Removes the identity's permanent directory role assignments (fact sheet A.6). */
export function removeDirectoryRoles(
  services: ActivityServices,
  { incidentId, actor }: ActivityInput<'removeDirectoryRoles'>,
): Promise<MeasureResult> {
  return takeMeasure(
    services,
    { incidentId, actor, measure: 'removeDirectoryRoles' },
    async (found) =>
      removeAll(
        await services.directory.listRoleAssignments(actor.id),
        ({ id }) => services.directory.removeRoleAssignment(id),
        ({ roleDefinitionId, directoryScopeId }) =>
          found.keep(`directory role ${roleDefinitionId} with scope ${directoryScopeId}`),
      ),
  );
}
