import type { Directory } from '../directory/directory.js';
import { guidFrom } from '../directory/random.js';

/**
 * One agent of the company: the blueprint is an application, its principal and the agent identity are
 * service principals, the account of the agent is a user (backup fact sheet 6.1).
 */
export function addAgents(directory: Directory, seed: number, domain: string): void {
  const id = (name: string): string => guidFrom(seed, 'agent', name);
  const appId = id('blueprint app');
  const createdDateTime = '2026-05-11T08:00:00Z';
  directory.seed('application', id('blueprint'), {
    '@odata.type': '#microsoft.graph.agentIdentityBlueprint',
    appId,
    displayName: 'Travel agent blueprint',
    signInAudience: 'AzureADMyOrg',
    identifierUris: [`api://${appId}`],
    createdDateTime,
  });
  directory.seed('servicePrincipal', id('blueprint principal'), {
    '@odata.type': '#microsoft.graph.agentIdentityBlueprintPrincipal',
    accountEnabled: true,
    appId,
    appDisplayName: 'Travel agent blueprint',
    displayName: 'Travel agent blueprint',
    servicePrincipalNames: [appId],
    servicePrincipalType: 'Application',
    createdDateTime,
  });
  const agent = id('identity');
  directory.seed('servicePrincipal', agent, {
    '@odata.type': '#microsoft.graph.agentIdentity',
    accountEnabled: true,
    agentIdentityBlueprintId: appId,
    // An agent identity has no application of its own: it is its own.
    appId: agent,
    displayName: 'Travel agent',
    servicePrincipalNames: [agent],
    servicePrincipalType: 'ServiceIdentity',
    createdDateTime,
  });
  const name = `travel.agent@${domain}`;
  directory.seed('user', id('user'), {
    '@odata.type': '#microsoft.graph.agentUser',
    accountEnabled: true,
    identityParentId: agent,
    displayName: 'Travel agent',
    mailNickname: 'travel.agent',
    userPrincipalName: name,
    mail: name,
    proxyAddresses: [`SMTP:${name}`],
    userType: 'Member',
    createdDateTime,
  });
}
