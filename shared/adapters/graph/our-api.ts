import { RewindError } from '../../errors.js';
import type { Directory } from '../../ports/directory.js';
import { inRuns, readList, readOne, type Connection } from './connection.js';
import { graphPath } from './request.js';
import { apiSchema, appRoleAssignmentSchema } from './schemas.js';

/** Which app roles of our own API a person holds, directly or through a group. */
export function createOurApi(
  connection: Connection,
  apiAudience: string,
): Pick<Directory, 'appRolesOnOurApi'> {
  async function rolesOf(userId: string): Promise<readonly string[] | null> {
    const api = await readOne(connection, apiSchema, {
      path: `/servicePrincipals(appId='${encodeURIComponent(apiAudience)}')`,
      query: { $select: 'id,appRoles' },
    });
    if (api === null) return null;
    const assignments = await readList(connection, appRoleAssignmentSchema, {
      path: graphPath`/servicePrincipals/${api.id}/appRoleAssignedTo`,
    });
    const groups = new Set(
      assignments
        .filter(({ principalType }) => principalType === 'Group')
        .map(({ principalId }) => principalId),
    );
    const holders = new Set([userId, ...(await groupsAmong(userId, [...groups]))]);
    const held = new Set(
      assignments
        .filter(({ principalId }) => holders.has(principalId))
        .map(({ appRoleId }) => appRoleId),
    );
    return api.appRoles
      .filter(({ id }) => held.has(id))
      .map(({ value }) => value ?? '')
      .filter((value) => value !== '')
      .sort();
  }

  async function groupsAmong(userId: string, groupIds: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const run of inRuns(groupIds, 20)) {
      const { status, body } = await connection.client.send({
        method: 'POST',
        path: graphPath`/users/${userId}/checkMemberGroups`,
        body: { groupIds: run },
        repeatable: true,
      });
      const { value } = (body ?? {}) as { value?: unknown };
      if (status >= 300 || !Array.isArray(value)) {
        throw new RewindError('GRAPH_REJECTED', 'The groups of a person cannot be read.');
      }
      found.push(...value.map(String));
    }
    return found;
  }

  return {
    // A door asks this while somebody waits for an answer: what cannot be read is said, not thrown.
    appRolesOnOurApi: (userId) => rolesOf(userId).catch(() => null),
  };
}
