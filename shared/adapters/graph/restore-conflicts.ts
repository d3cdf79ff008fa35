import { z } from 'zod';
import type { RestoreConflict } from '../../domain/plan/plan.js';
import type { Directory } from '../../ports/directory.js';
import { readAll, type BatchItem } from './batch.js';
import { GraphRefusal } from './client.js';
import type { Connection } from './connection.js';
import { graphPath, odataText } from './request.js';
import { read } from './schemas.js';

const deletedUser = z.object({
  userPrincipalName: z.string().nullish(),
  proxyAddresses: z.array(z.string()).nullish(),
});
const holders = z.object({ value: z.array(z.object({ id: z.string() })) });

type Asked = Pick<RestoreConflict, 'kind' | 'value'> & { readonly userId: string };

/** Looks whether names and addresses of deleted users are taken by now (backup fact sheet 11.1). */
export function createRestoreConflicts(
  connection: Connection,
): Pick<Directory, 'restoreConflicts'> {
  return {
    async restoreConflicts(deletedUserIds) {
      const asked = await namesOf(deletedUserIds);
      const answers = await readAll(connection, asked.map(holderOf));
      const conflicts = new Map<string, RestoreConflict[]>();
      for (const [index, { status, body }] of answers.entries()) {
        if (status >= 300) throw new GraphRefusal('Looking for a name', answers[index] as never);
        const { kind, value, userId } = asked[index] as Asked;
        const other = read(holders, body, 'list of users').value.find(({ id }) => id !== userId);
        if (other === undefined) continue;
        const known = conflicts.get(userId) ?? [];
        conflicts.set(userId, [...known, { kind, value, heldBy: other.id }]);
      }
      return conflicts;
    },
  };

  async function namesOf(ids: readonly string[]): Promise<Asked[]> {
    const query = { $select: 'id,userPrincipalName,proxyAddresses' };
    const answers = await readAll(
      connection,
      ids.map((id): BatchItem => ({
        method: 'GET',
        path: graphPath`/directory/deletedItems/${id}`,
        query,
      })),
    );
    return answers.flatMap(({ status, body }, index): Asked[] => {
      const userId = ids[index] as string;
      // Restored or gone meanwhile: then nothing is in the way of a restore.
      if (status === 404) return [];
      if (status >= 300) throw new GraphRefusal(`Reading ${userId}`, answers[index] as never);
      const user = read(deletedUser, body, 'deleted user');
      const name = plainName(user.userPrincipalName ?? '', userId);
      return [
        ...(name === '' ? [] : [{ kind: 'userPrincipalName' as const, value: name, userId }]),
        ...(user.proxyAddresses ?? []).map((value) => ({
          kind: 'proxyAddress' as const,
          value,
          userId,
        })),
      ];
    });
  }

  function holderOf({ kind, value }: Asked): BatchItem {
    const $filter =
      kind === 'userPrincipalName'
        ? `userPrincipalName eq ${odataText(value)}`
        : `proxyAddresses/any(p:p eq ${odataText(value)})`;
    return { method: 'GET', path: '/users', query: { $filter, $select: 'id' } };
  }
}

/** Deletion puts the object id without dashes in front of the name (graph fact sheet D.2). */
function plainName(upn: string, id: string): string {
  const prefix = id.replaceAll('-', '').toLowerCase();
  return upn.toLowerCase().startsWith(prefix) ? upn.slice(prefix.length) : upn;
}
