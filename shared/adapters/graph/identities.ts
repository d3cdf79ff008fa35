import type { TokenCredential } from '@azure/identity';
import { decodeJwt } from 'jose';
import type { z } from 'zod';
import type { ActorKind } from '../../domain/identities.js';
import { RewindError } from '../../errors.js';
import type { Directory, Identity } from '../../ports/directory.js';
import { readList, readOne, type Connection } from './connection.js';
import { graphPath, odataText } from './request.js';
import { roleAssignmentSchema, servicePrincipalSchema, userSchema } from './schemas.js';

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const userFields =
  'id,displayName,userPrincipalName,accountEnabled,onPremisesSyncEnabled,signInSessionsValidFromDateTime';
const servicePrincipalFields = 'id,appId,displayName,accountEnabled,appOwnerOrganizationId';

/** Tenants that Microsoft publishes its own applications from. */
const microsoftTenants = new Set([
  'f8cdef31-a31e-4b4a-93e4-5f571e91255a',
  '72f988bf-86f1-41af-91ab-2d7cd011db47',
]);

/**
 * Roles of directory synchronisation. The role decides and not the account's name: names can be chosen,
 * so a name would let an attacker escape containment.
 */
const syncRoles = new Set([
  'd29b2b05-8046-44ba-8758-1e26182fcf32',
  'a92aed5d-d78a-4d16-b381-09adb37eb3b0',
]);

type Identities = Pick<Directory, 'ownIdentity' | 'findIdentity' | 'readIdentity'>;

/** Who is who: identities by id, name or application id. */
export function createIdentities(
  connection: Connection,
  own: { readonly credential: TokenCredential; readonly scope: string },
): Identities {
  let ownId: string | null = null;

  async function readUser(id: string): Promise<Identity | null> {
    const user = await readOne(connection, userSchema, {
      path: graphPath`/users/${id}`,
      query: { $select: userFields },
    });
    return user === null ? null : userIdentity(user);
  }

  async function userIdentity(user: z.output<typeof userSchema>): Promise<Identity> {
    return {
      kind: 'user',
      id: user.id,
      name: user.displayName ?? user.userPrincipalName ?? user.id,
      userPrincipalName: user.userPrincipalName ?? null,
      appId: null,
      enabled: user.accountEnabled === true,
      synced: user.onPremisesSyncEnabled === true,
      firstParty: false,
      directorySync: await holdsSyncRole(user.id),
      sessionsValidFrom: user.signInSessionsValidFromDateTime ?? null,
    };
  }

  async function readServicePrincipal(path: string): Promise<Identity | null> {
    const principal = await readOne(connection, servicePrincipalSchema, {
      path,
      query: { $select: servicePrincipalFields },
    });
    if (principal === null) return null;
    return {
      kind: 'servicePrincipal',
      id: principal.id,
      name: principal.displayName ?? principal.appId,
      userPrincipalName: null,
      appId: principal.appId,
      enabled: principal.accountEnabled !== false,
      synced: false,
      firstParty: microsoftTenants.has((principal.appOwnerOrganizationId ?? '').toLowerCase()),
      directorySync: await holdsSyncRole(principal.id),
      sessionsValidFrom: null,
    };
  }

  async function holdsSyncRole(principalId: string): Promise<boolean> {
    const assignments = await readList(connection, roleAssignmentSchema, {
      path: '/roleManagement/directory/roleAssignments',
      query: { $filter: `principalId eq ${odataText(principalId)}` },
    });
    return assignments.some(({ roleDefinitionId }) =>
      syncRoles.has(roleDefinitionId.toLowerCase()),
    );
  }

  async function readIdentity(kind: ActorKind, id: string): Promise<Identity | null> {
    if (!guid.test(id)) return null;
    return kind === 'user'
      ? readUser(id)
      : readServicePrincipal(graphPath`/servicePrincipals/${id}`);
  }

  /** UPN first; then mail and proxy addresses, where only a single match counts. */
  async function findByName(name: string): Promise<Identity | null> {
    const literal = odataText(name);
    const filters = [
      `userPrincipalName eq ${literal}`,
      `mail eq ${literal}`,
      `proxyAddresses/any(p:p eq ${odataText(`smtp:${name}`)})`,
    ];
    for (const $filter of filters) {
      const users = await readList(connection, userSchema, {
        path: '/users',
        query: { $filter, $select: userFields },
      });
      if (users.length > 1) return null;
      if (users[0] !== undefined) return userIdentity(users[0]);
    }
    return null;
  }

  return {
    async ownIdentity() {
      ownId ??= await ownObjectId(own);
      return ownId;
    },
    readIdentity,
    async findIdentity({ kind, objectId, userPrincipalName, appId }) {
      if (objectId !== null && guid.test(objectId)) {
        const kinds: ActorKind[] = kind === null ? ['user', 'servicePrincipal'] : [kind];
        for (const one of kinds) {
          const found = await readIdentity(one, objectId);
          if (found !== null) return found;
        }
      }
      if (userPrincipalName !== null && kind !== 'servicePrincipal') {
        const found = await findByName(userPrincipalName);
        if (found !== null) return found;
      }
      if (appId === null || !guid.test(appId) || kind === 'user') return null;
      return readServicePrincipal(`/servicePrincipals(appId='${appId}')`);
    },
  };
}

/** The object id in the token we are given for ourselves: known without any permission to read it. */
async function ownObjectId({
  credential,
  scope,
}: {
  credential: TokenCredential;
  scope: string;
}): Promise<string> {
  const token = await credential.getToken(scope).catch(() => null);
  if (token === null) {
    throw new RewindError('GRAPH_UNAVAILABLE', 'No token for our own identity could be had.');
  }
  const { oid } = decodeJwt(token.token);
  if (typeof oid === 'string' && guid.test(oid)) return oid.toLowerCase();
  throw new RewindError('GRAPH_REJECTED', 'The token of our own identity names no object id.');
}
