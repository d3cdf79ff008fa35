import { roleId } from '../directory/roles.js';
import type { View } from '../directory/view.js';
import type { Caller } from '../exchange.js';
import { denied } from './errors.js';
import { rolesHeld } from '../directory/belonging.js';
import type { Route } from './route.js';

/** Whether the token carries one of the permissions; `A+B` means both (graph fact sheet I). */
export function allows(caller: Caller, permissions: readonly string[]): boolean {
  const granted = caller.kind === 'app' ? caller.roles : caller.scopes;
  if (caller.kind === 'user' && granted.includes('Directory.AccessAsUser.All')) return true;
  return permissions.some((needed) => needed.split('+').every((one) => granted.includes(one)));
}

/** Refuses a caller without the permission, or a signed-in user without the directory role. */
export function checkAccess(route: Route, caller: Caller, view: View): void {
  if (!allows(caller, route.permissions)) throw denied();
  if (caller.kind === 'app' || route.delegatedRoles === undefined) return;
  const held = rolesHeld(view, caller.userId);
  if (!route.delegatedRoles.some((name) => held.has(roleId(name)))) throw denied();
}
