import { blockingPolicy } from '../conditional-access/evaluation.js';
import { appRolesOf } from '../directory/app-roles.js';
import { text, type Properties } from '../directory/model.js';
import type { TenantClock } from '../exchange.js';
import { rolesHeld } from '../directory/belonging.js';
import type { World } from '../scenarios/world.js';
import type { Principals, ServicePrincipal } from './principals.js';
import { seededGuid } from './seeded.js';

/** Azure Monitor's own application, which calls secure webhooks (inbound fact sheet A.9). */
export const actionGroupAppId = '461e8683-5575-4561-ac7f-899cc907d62a';

/** A service principal that no scenario touches, with the roles it holds on our API. */
interface Bystander extends ServicePrincipal {
  readonly apiRoles: readonly string[];
}

/**
 * The directory as the authority reads it, always the truth and never a replica. Beside the world's
 * own service principals it knows Azure Monitor's and one unrelated application without any role.
 */
export function directoryPrincipals(world: World, clock: TenantClock, seed: number): Principals {
  const { directory, ids } = world;
  const resources = { graph: ids.graphServicePrincipalId, api: ids.apiServicePrincipalId };
  const bystanders = bystandersOf(seed);

  function current(id: string, type: 'user' | 'servicePrincipal') {
    directory.advance(clock.now());
    const object = directory.now.get(id);
    return object?.type === type ? object : undefined;
  }

  /** Switched off for everybody, where the application is at home here (graph fact sheet A.5). */
  function isDisabled(properties: Readonly<Properties>): boolean {
    const id = directory.idOfApp('application', text(properties, 'appId'));
    return directory.now.get(id ?? '')?.properties['isDisabled'] === true;
  }

  return {
    user(id) {
      const properties = current(id, 'user')?.properties;
      if (properties === undefined) return undefined;
      const validFrom = Date.parse(text(properties, 'signInSessionsValidFromDateTime'));
      return {
        id,
        displayName: text(properties, 'displayName'),
        userPrincipalName: text(properties, 'userPrincipalName'),
        accountEnabled: properties['accountEnabled'] === true,
        sessionsValidFrom: Number.isNaN(validFrom) ? 0 : validFrom,
      };
    },
    servicePrincipal(idOrAppId) {
      const bystander = bystanders.find(({ id, appId }) => id === idOrAppId || appId === idOrAppId);
      if (bystander !== undefined) return bystander;
      const id = directory.idOfApp('servicePrincipal', idOrAppId) ?? idOrAppId;
      const properties = current(id, 'servicePrincipal')?.properties;
      if (properties === undefined) return undefined;
      return {
        id,
        appId: text(properties, 'appId'),
        displayName: text(properties, 'displayName'),
        accountEnabled: properties['accountEnabled'] === true && !isDisabled(properties),
      };
    },
    blockingPolicy(userId, resourceAppId) {
      const policy = blockingPolicy(directory.now, { userId, resourceAppId });
      return policy === undefined ? undefined : text(policy.properties, 'displayName');
    },
    directoryRoles: (userId) => [...rolesHeld(directory.now, userId)],
    appRoles(principalId, resource) {
      const bystander = bystanders.find(({ id }) => id === principalId);
      if (bystander !== undefined) return resource === 'api' ? bystander.apiRoles : [];
      return appRolesOf(directory, principalId, resources[resource]);
    },
  };
}

/** Application id of the unrelated application. */
export function unrelatedAppId(seed: number): string {
  return seededGuid(seed, 'unrelated app');
}

function bystandersOf(seed: number): readonly Bystander[] {
  return [
    {
      id: seededGuid(seed, 'action groups service principal'),
      appId: actionGroupAppId,
      displayName: 'AzNS AAD Webhook',
      accountEnabled: true,
      apiRoles: ['ActionGroupsSecureWebhook'],
    },
    {
      id: seededGuid(seed, 'unrelated service principal'),
      appId: unrelatedAppId(seed),
      displayName: 'Room Booking',
      accountEnabled: true,
      apiRoles: [],
    },
  ];
}
