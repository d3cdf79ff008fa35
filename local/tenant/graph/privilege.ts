import { inRoleAssignableGroup, rolesHeld } from '../directory/belonging.js';
import { roleId } from '../directory/roles.js';
import type { View } from '../directory/view.js';
import type { Caller } from '../exchange.js';

const globalAdmin = roleId('Global Administrator');
const privilegedAuthAdmin = roleId('Privileged Authentication Administrator');
const userAdmin = roleId('User Administrator');
const authAdmin = roleId('Authentication Administrator');
const lowerTier = new Set(
  ['Helpdesk Administrator', 'Groups Administrator', 'User Administrator'].map(roleId),
);

/**
 * Whether a caller may change sensitive properties of a user, delete or restore it: the matrix of graph
 * fact sheet A.2. An app without any role may, for targets that are not privileged.
 */
export function mayChangeSensitive(view: View, caller: Caller, targetId: string): boolean {
  const callerId = caller.kind === 'app' ? caller.servicePrincipalId : caller.userId;
  const own = rolesHeld(view, callerId);
  if (own.has(globalAdmin) || own.has(privilegedAuthAdmin)) return true;
  const held = rolesHeld(view, targetId);
  const inRoleGroup = inRoleAssignableGroup(view, targetId);
  if (held.size === 0 && !inRoleGroup) {
    return caller.kind === 'app' || own.has(userAdmin) || own.has(authAdmin);
  }
  if (inRoleGroup) return false;
  if (own.has(userAdmin))
    return [...held].every((role) => lowerTier.has(role) || role === authAdmin);
  return own.has(authAdmin) && [...held].every((role) => role === authAdmin);
}
