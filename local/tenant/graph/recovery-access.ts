import { roleId } from '../directory/roles.js';
import type { Initiator } from '../directory/model.js';
import { GraphError } from './errors.js';
import { rolesHeld } from '../directory/belonging.js';
import type { GraphContext, Outcome } from './route.js';

const administrators = ['Entra Backup Administrator', 'Global Administrator'];
const readers = ['Entra Backup Reader', ...administrators];

export type Handle = (context: GraphContext) => Outcome;

/** Reads: app-only with the permission, or a signed-in reader of backups (backup fact sheet 4.1, 4.5). */
export function asReader(handle: Handle): Handle {
  return (context) => {
    const { caller } = context;
    const granted = caller.kind === 'app' ? caller.roles : caller.scopes;
    if (!granted.includes('EntraBackup.Read.All')) throw refused();
    if (caller.kind === 'user') checkRole(context, readers);
    return handle(context);
  };
}

/**
 * What only a signed-in administrator of backups may do, with one of these scopes. No other permission
 * stands in for them, and no application permission exists.
 */
export function asAdministrator(
  scopes: readonly string[],
  handle: (context: GraphContext, by: Initiator & { readonly kind: 'user' }) => Outcome,
): Handle {
  return (context) => {
    const { caller, by } = context;
    if (caller.kind === 'app' || by.kind === 'app') throw refused();
    if (!scopes.some((scope) => caller.scopes.includes(scope))) throw refused();
    checkRole(context, administrators);
    return handle(context, by);
  };
}

function checkRole({ caller, truth }: GraphContext, roles: readonly string[]): void {
  const held = caller.kind === 'user' ? rolesHeld(truth, caller.userId) : new Set<string>();
  if (!roles.some((role) => held.has(roleId(role)))) throw refused();
}

/** The documented text; the code is unknown. */
function refused(): GraphError {
  const message = 'Authorization has been denied for this request. Check your credentials.';
  return new GraphError(403, 'Forbidden', message);
}
