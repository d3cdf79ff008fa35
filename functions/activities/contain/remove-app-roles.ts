import type { ActivityInput } from '../../../shared/contracts/catalogue.js';
import { removeAll, takeMeasure, type MeasureResult } from './containments.js';
import type { ActivityServices } from '../services.js';

/**
 * Removes what a service principal may do elsewhere: the app roles it holds and the delegated grants it
 * has as a client. Tokens issued before keep both until they expire (fact sheet A.5).
 */
export function removeAppRoles(
  services: ActivityServices,
  { incidentId, actor }: ActivityInput<'removeAppRoles'>,
): Promise<MeasureResult> {
  const { directory } = services;
  return takeMeasure(services, { incidentId, actor, measure: 'removeAppRoles' }, async (found) => {
    const roles = await removeAll(
      await directory.listAppRoleAssignments(actor.id),
      ({ id }) => directory.removeAppRoleAssignment(actor.id, id),
      ({ appRoleId, resourceId }) => found.keep(`app role ${appRoleId} of resource ${resourceId}`),
    );
    if (!roles.effect.ok) return roles;
    const grants = await removeAll(
      await directory.listGrants(actor.id),
      ({ id }) => directory.removeGrant(id),
      ({ resourceId, scope }) => found.keep(`delegated grant ${scope} on resource ${resourceId}`),
    );
    if (!grants.effect.ok) return grants;
    const changed = roles.effect.changed || grants.effect.changed;
    return { effect: { ...grants.effect, changed } };
  });
}
