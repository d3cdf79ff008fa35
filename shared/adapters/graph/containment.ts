import type { Directory, Effect } from '../../ports/directory.js';
import { readList, readOne, type Connection } from './connection.js';
import { effectOf, isGone, notSent } from './effects.js';
import { graphPath, odataText } from './request.js';
import {
  appRoleAssignmentSchema,
  grantSchema,
  credentialHolderSchema,
  roleAssignmentSchema,
} from './schemas.js';

type Containment = Pick<
  Directory,
  | 'revokeSessions'
  | 'setAccountEnabled'
  | 'confirmCompromised'
  | 'applicationOf'
  | 'listCredentials'
  | 'removeCredential'
  | 'listAppRoleAssignments'
  | 'removeAppRoleAssignment'
  | 'listGrants'
  | 'removeGrant'
  | 'listRoleAssignments'
  | 'removeRoleAssignment'
>;

const credentialFields = 'id,appId,passwordCredentials,keyCredentials';

/** The measures against one identity (graph fact sheet A). Each may be repeated without harm. */
export function createContainment(connection: Connection): Containment {
  const { client } = connection;

  async function write(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    alreadySo?: (status: number, words: string) => boolean,
  ): Promise<Effect> {
    const answer = await client.send({
      method,
      path,
      repeatable: true,
      ...(body !== undefined && { body }),
    });
    return effectOf(answer, alreadySo);
  }

  const readHolder = (path: string) =>
    readOne(connection, credentialHolderSchema, { path, query: { $select: credentialFields } });

  /** The application behind a service principal; null when it is homed in another tenant. */
  async function readHolders(servicePrincipalId: string) {
    const servicePrincipal = await readHolder(graphPath`/servicePrincipals/${servicePrincipalId}`);
    const appId = servicePrincipal?.appId ?? null;
    const application =
      appId === null
        ? null
        : await readHolder(`/applications(appId='${encodeURIComponent(appId)}')`);
    return { servicePrincipal, application };
  }

  return {
    revokeSessions: (userId) => write('POST', graphPath`/users/${userId}/revokeSignInSessions`, {}),

    setAccountEnabled: (kind, id, accountEnabled) =>
      write(
        'PATCH',
        kind === 'user' ? graphPath`/users/${id}` : graphPath`/servicePrincipals/${id}`,
        { accountEnabled },
      ),

    confirmCompromised: (kind, id) =>
      kind === 'user'
        ? write('POST', '/identityProtection/riskyUsers/confirmCompromised', { userIds: [id] })
        : write('POST', '/identityProtection/riskyServicePrincipals/confirmCompromised', {
            servicePrincipalIds: [id],
          }),

    async applicationOf(servicePrincipalId) {
      return (await readHolders(servicePrincipalId)).application?.id ?? null;
    },

    async listCredentials(servicePrincipalId) {
      const holders = await readHolders(servicePrincipalId);
      return (['servicePrincipal', 'application'] as const).flatMap((holder) => [
        ...(holders[holder]?.passwordCredentials ?? []).map(({ keyId, displayName }) => ({
          keyId,
          kind: 'password' as const,
          holder,
          displayName: displayName ?? null,
        })),
        ...(holders[holder]?.keyCredentials ?? []).map(({ keyId, displayName }) => ({
          keyId,
          kind: 'certificate' as const,
          holder,
          displayName: displayName ?? null,
        })),
      ]);
    },

    async removeCredential(servicePrincipalId, { keyId, kind, holder }) {
      const found = (await readHolders(servicePrincipalId))[holder];
      if (found === null) return notSent(`The ${holder} that holds the credential is not here.`);
      const path =
        holder === 'application'
          ? graphPath`/applications/${found.id}`
          : graphPath`/servicePrincipals/${found.id}`;
      const held = kind === 'password' ? found.passwordCredentials : found.keyCredentials;
      if (!held?.some((one) => one.keyId === keyId)) {
        return { ok: true, changed: false, requestId: null };
      }
      if (kind === 'password') {
        return write(
          'POST',
          `${path}/removePassword`,
          { keyId },
          (status, words) => status === 400 && /no password credential/i.test(words),
        );
      }
      // removeKey wants a proof that only the holder of the key has; the list is rewritten instead.
      const keyCredentials = (found.keyCredentials ?? []).filter((key) => key.keyId !== keyId);
      return write('PATCH', path, { keyCredentials });
    },

    async listAppRoleAssignments(servicePrincipalId) {
      const assignments = await readList(connection, appRoleAssignmentSchema, {
        path: graphPath`/servicePrincipals/${servicePrincipalId}/appRoleAssignments`,
      });
      return assignments.map(({ id, resourceId, appRoleId }) => ({ id, resourceId, appRoleId }));
    },
    removeAppRoleAssignment: (servicePrincipalId, assignmentId) =>
      write(
        'DELETE',
        graphPath`/servicePrincipals/${servicePrincipalId}/appRoleAssignments/${assignmentId}`,
        undefined,
        isGone,
      ),

    async listGrants(servicePrincipalId) {
      const grants = await readList(connection, grantSchema, {
        path: graphPath`/servicePrincipals/${servicePrincipalId}/oauth2PermissionGrants`,
      });
      return grants.map(({ id, resourceId, scope }) => ({ id, resourceId, scope: scope ?? '' }));
    },
    removeGrant: (grantId) =>
      write('DELETE', graphPath`/oauth2PermissionGrants/${grantId}`, undefined, isGone),

    async listRoleAssignments(principalId) {
      const assignments = await readList(connection, roleAssignmentSchema, {
        path: '/roleManagement/directory/roleAssignments',
        query: { $filter: `principalId eq ${odataText(principalId)}` },
      });
      return assignments.map(({ id, roleDefinitionId, directoryScopeId }) => ({
        id,
        roleDefinitionId,
        directoryScopeId: directoryScopeId ?? '/',
      }));
    },
    removeRoleAssignment: (assignmentId) =>
      write(
        'DELETE',
        graphPath`/roleManagement/directory/roleAssignments/${assignmentId}`,
        undefined,
        isGone,
      ),
  };
}
