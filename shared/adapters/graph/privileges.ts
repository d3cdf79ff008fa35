import type { Directory, PrivilegeMap } from '../../ports/directory.js';
import { readList, type Connection } from './connection.js';
import { graphPath } from './request.js';
import { referenceSchema, roleAssignmentSchema } from './schemas.js';

/** Roles that may write the most protected targets (graph fact sheet A.2, last column but one). */
const topWriters = new Set([
  '62e90394-69f5-4237-9190-012177145e10',
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13',
]);
const keptMs = 120_000;

/**
 * Who is privileged: holders of directory roles, directly or through a group, and members and owners of
 * role-assignable groups. Kept for two minutes, because every slice of a preview asks for it.
 */
export function createPrivileges(
  connection: Connection,
  ownIdentity: () => Promise<string>,
): Pick<Directory, 'privilegeMap'> {
  let kept: { readonly at: number; readonly map: Promise<PrivilegeMap> } | null = null;

  const linked = async (groupId: string, link: 'members' | 'owners'): Promise<string[]> => {
    const path =
      link === 'members'
        ? graphPath`/groups/${groupId}/members`
        : graphPath`/groups/${groupId}/owners`;
    const query = { $select: 'id', $top: '999' };
    return (await readList(connection, referenceSchema, { path, query })).map(({ id }) => id);
  };

  async function readMap(): Promise<PrivilegeMap> {
    const [assignments, groups, ownId] = await Promise.all([
      readList(connection, roleAssignmentSchema, {
        path: '/roleManagement/directory/roleAssignments',
      }),
      readList(connection, referenceSchema, {
        path: '/groups',
        query: { $filter: 'isAssignableToRole eq true', $select: 'id', $top: '999' },
      }),
      ownIdentity(),
    ]);
    const privileged = new Set(assignments.map(({ principalId }) => principalId));
    let writableByUs = holdsTopRole(ownId);
    for (const { id } of groups) {
      const [members, owners] = await Promise.all([linked(id, 'members'), linked(id, 'owners')]);
      for (const member of [id, ...members, ...owners]) privileged.add(member);
      writableByUs ||= members.includes(ownId) && holdsTopRole(id);
    }
    return { privilegedIds: [...privileged].sort(), writableByUs };

    function holdsTopRole(principal: string): boolean {
      return assignments.some(
        ({ principalId, roleDefinitionId, directoryScopeId }) =>
          principalId === principal &&
          topWriters.has(roleDefinitionId.toLowerCase()) &&
          (directoryScopeId ?? '/') === '/',
      );
    }
  }

  return {
    privilegeMap() {
      const now = connection.clock.now();
      if (kept === null || now - kept.at > keptMs) {
        const map = readMap();
        kept = { at: now, map };
        map.catch(() => {
          kept = null;
        });
      }
      return kept.map;
    },
  };
}
