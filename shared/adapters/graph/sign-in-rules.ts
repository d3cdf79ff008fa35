import { z } from 'zod';
import type { PolicyDocument } from '../../domain/plan/sign-in-model.js';
import type { SignInRules } from '../../ports/sign-in-rules.js';
import { readList, readOne, type Connection } from './connection.js';
import { graphPath } from './request.js';
import { referenceSchema, roleAssignmentSchema } from './schemas.js';

const policySchema = z.looseObject({ id: z.string().min(1) });
const accountSchema = z.object({
  id: z.string(),
  accountEnabled: z.boolean().nullish(),
  userType: z.string().nullish(),
});
const root = '/identity/conditionalAccess';

/** Conditional Access policies, and what of an account they look at (port `SignInRules`). */
export function createSignInRules(connection: Connection, ownAppId: string): SignInRules {
  const policiesAt = async (path: string): Promise<readonly PolicyDocument[]> =>
    (await readList(connection, policySchema, { path })) as unknown as readonly PolicyDocument[];

  return {
    async readConditionalAccess() {
      // One after the other: this API takes one request a second (graph fact sheet B.2).
      const policies = await policiesAt(`${root}/policies`);
      const deleted = await policiesAt(`${root}/deletedItems/policies`);
      return { policies, deleted, ownAppId };
    },

    async readSignInFacts(userIds) {
      const assignments = await readList(connection, roleAssignmentSchema, {
        path: '/roleManagement/directory/roleAssignments',
      });
      return Promise.all(
        userIds.map(async (userId) => {
          const account = await readOne(connection, accountSchema, {
            path: graphPath`/users/${userId}`,
            query: { $select: 'id,accountEnabled,userType' },
          });
          if (account === null) {
            return { id: userId, enabled: null, guest: false, groupIds: [], roleIds: [] };
          }
          const groups = await readList(connection, referenceSchema, {
            path: graphPath`/users/${userId}/transitiveMemberOf`,
            query: { $select: 'id', $top: '999' },
          });
          const holders = new Set([userId, ...groups.map(({ id }) => id)]);
          return {
            id: userId,
            enabled: account.accountEnabled === true,
            guest: account.userType === 'Guest',
            groupIds: groups.map(({ id }) => id),
            roleIds: assignments
              .filter(({ principalId }) => holders.has(principalId))
              .map(({ roleDefinitionId }) => roleDefinitionId),
          };
        }),
      );
    },
  };
}
