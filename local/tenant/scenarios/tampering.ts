import { day, isoSeconds } from '../directory/instants.js';
import type { Initiator, Json, Properties } from '../directory/model.js';
import { guidFrom } from '../directory/random.js';
import { readPolicy, type ConditionalAccessPolicy } from '../conditional-access/policy.js';
import type { Stage } from './scenario.js';

/** Acts on applications and policies that several scenarios tell. */
export type Tampering = Pick<Stage, 'directory' | 'options' | 'ids'>;

/** The company's own application: its two objects. */
export function expenseDesk(seed: number): { application: string; servicePrincipal: string } {
  return {
    application: guidFrom(seed, 'expense application'),
    servicePrincipal: guidFrom(seed, 'expense service principal'),
  };
}

/** One more secret on an application or service principal; the others stay. */
export function addSecret(
  { directory, options }: Tampering,
  id: string,
  displayName: string,
  by: Initiator,
  at: number,
): void {
  const held = (directory.object(id).properties['passwordCredentials'] ?? []) as readonly Json[];
  const secret = {
    keyId: guidFrom(options.seed, 'secret', id, displayName),
    displayName,
    hint: 'q2R',
    startDateTime: isoSeconds(at),
    endDateTime: isoSeconds(at + 700 * day),
  };
  directory.setCredentials(id, { passwordCredentials: [...held, secret] }, by, at);
}

/** An app role of Microsoft Graph, by the value it has there, for a service principal. */
export function grantGraphRole(
  { directory, options, ids }: Tampering,
  grant: { readonly id: string; readonly principalId: string; readonly value: string },
  by: Initiator,
  at: number,
): void {
  const { id, principalId, value } = grant;
  const appRoleId = guidFrom(options.seed, 'graph', value);
  const resourceId = ids.graphServicePrincipalId;
  directory.grantAppRole(id, { principalId, resourceId, appRoleId }, by, at);
}

/** Changes some members of a Conditional Access policy, as its page in the portal does. */
export function changePolicy(
  { directory }: Tampering,
  id: string,
  change: (policy: ConditionalAccessPolicy) => Partial<ConditionalAccessPolicy>,
  by: Initiator,
  at: number,
): void {
  const changed = change(readPolicy(directory.object(id).properties)) as Properties;
  directory.update(id, { ...changed, modifiedDateTime: isoSeconds(at) }, by, at);
}

/** The same policy without effect on one more person. */
export function excluding(
  { conditions }: ConditionalAccessPolicy,
  userId: string,
): Pick<ConditionalAccessPolicy, 'conditions'> {
  const { users } = conditions;
  const excludeUsers = [...users.excludeUsers, userId];
  return { conditions: { ...conditions, users: { ...users, excludeUsers } } };
}

/** A service principal of somebody else's application, as a consent brings it into the tenant. */
export function foreignServicePrincipal(appId: string, displayName: string): Properties {
  return {
    accountEnabled: true,
    appId,
    displayName,
    appDisplayName: displayName,
    appOwnerOrganizationId: guidFrom('foreign tenant', appId),
    servicePrincipalType: 'Application',
    appRoleAssignmentRequired: false,
    servicePrincipalNames: [appId],
    appRoles: [],
    tags: ['WindowsAzureActiveDirectoryIntegratedApp'],
    passwordCredentials: [],
    keyCredentials: [],
  };
}
