import type { z } from 'zod';
import { RewindError } from '../../errors.js';
import type { Directory, GroupFacts } from '../../ports/directory.js';
import { readAll } from './batch.js';
import { inRuns, readList, type Connection } from './connection.js';
import { GraphRefusal } from './client.js';
import { graphPath } from './request.js';
import { groupSchema, licencesSchema, read, referenceSchema } from './schemas.js';

type Groups = Pick<
  Directory,
  'readGroups' | 'dynamicGroupsNaming' | 'countMembers' | 'membersAmong' | 'readEntitlements'
>;

const groupFields =
  'id,displayName,groupTypes,membershipRule,isAssignableToRole,onPremisesSyncEnabled';

/** Membership rules have names of their own for some properties. */
const ruleNames: Readonly<Record<string, string>> = {
  businessPhones: 'telephoneNumber',
  mobilePhone: 'mobile',
  officeLocation: 'physicalDeliveryOfficeName',
  onPremisesSyncEnabled: 'dirSyncEnabled',
  faxNumber: 'facsimileTelephoneNumber',
};

/** Groups, their members, and what users have through them. */
export function createGroups(connection: Connection): Groups {
  const { client } = connection;

  async function presentGroups(ids: readonly string[]): Promise<Map<string, GroupFacts>> {
    const found = new Map<string, GroupFacts>();
    for (const run of inRuns(ids, 1000)) {
      const answer = await client.send({
        method: 'POST',
        path: '/directoryObjects/getByIds',
        query: { $select: groupFields },
        body: { ids: run, types: ['group'] },
        repeatable: true,
      });
      if (answer.status >= 300) throw new GraphRefusal('POST /directoryObjects/getByIds', answer);
      for (const value of (answer.body as { value?: unknown[] }).value ?? []) {
        const facts = factsOf(read(groupSchema, value, 'group'), false);
        found.set(facts.id, facts);
      }
    }
    return found;
  }

  const memberIds = async (groupId: string): Promise<string[]> => {
    const path = graphPath`/groups/${groupId}/members`;
    const query = { $select: 'id', $top: '999' };
    return (await readList(connection, referenceSchema, { path, query })).map(({ id }) => id);
  };

  return {
    async readGroups(ids) {
      const found = await presentGroups(ids);
      const missing = ids.filter((id) => !found.has(id));
      const answers = await readAll(
        connection,
        missing.map((id) => ({
          method: 'GET' as const,
          path: graphPath`/directory/deletedItems/${id}`,
          query: { $select: groupFields },
        })),
      );
      for (const [index, { status, body }] of answers.entries()) {
        const id = missing[index] as string;
        const deleted = status < 300 ? factsOf(read(groupSchema, body, 'group'), true) : gone(id);
        found.set(id, deleted);
      }
      return ids.map((id) => found.get(id) as GroupFacts);
    },

    async dynamicGroupsNaming(properties) {
      const names = properties.map((property) => property.split('/').at(-1) as string);
      const spelled = names.flatMap((name) => [name, ruleNames[name] ?? name]);
      const mentions = new RegExp(`\\buser\\.(?:${spelled.map(literally).join('|')})\\b`, 'i');
      if (properties.length === 0) return [];
      const groups = await readList(connection, groupSchema, {
        path: '/groups',
        query: {
          $filter: "groupTypes/any(c:c eq 'DynamicMembership')",
          $select: groupFields,
          $top: '999',
        },
      });
      return groups
        .filter(({ membershipRule }) => mentions.test(membershipRule ?? ''))
        .map((group) => factsOf(group, false));
    },

    countMembers: async (groupId) => (await memberIds(groupId)).length,

    async membersAmong(groupId, ids) {
      const members = new Set(await memberIds(groupId));
      return ids.filter((id) => members.has(id));
    },

    async readEntitlements(userIds) {
      const answers = await readAll(
        connection,
        userIds.flatMap((id) => [
          {
            method: 'GET' as const,
            path: graphPath`/users/${id}`,
            query: { $select: 'id,assignedLicenses' },
          },
          {
            method: 'GET' as const,
            path: graphPath`/users/${id}/memberOf`,
            query: { $select: 'id', $top: '999' },
          },
        ]),
      );
      return userIds.flatMap((userId, index) => {
        const [user, groups] = [answers[2 * index], answers[2 * index + 1]];
        if (user?.status === 404 || groups?.status === 404) return [];
        const licences = read(licencesSchema, user?.body, 'user');
        return {
          userId,
          groupIds: groupsIn(groups?.body),
          skuIds: (licences.assignedLicenses ?? []).map(({ skuId }) => skuId).sort(),
        };
      });
    },
  };
}

function groupsIn(body: unknown): string[] {
  const { value, '@odata.nextLink': next } = body as {
    value?: unknown[];
    '@odata.nextLink'?: string;
  };
  if (!Array.isArray(value) || next !== undefined) {
    throw new RewindError('GRAPH_UNAVAILABLE', 'The memberships of a user cannot be read whole.');
  }
  return value
    .map((item) => read(referenceSchema, item, 'membership'))
    .filter((item) => (item['@odata.type'] ?? '#microsoft.graph.group').endsWith('.group'))
    .map(({ id }) => id)
    .sort();
}

function factsOf(group: z.output<typeof groupSchema>, deleted: boolean): GroupFacts {
  return {
    id: group.id,
    name: group.displayName ?? group.id,
    dynamic: (group.groupTypes ?? []).includes('DynamicMembership'),
    rule: group.membershipRule ?? null,
    roleAssignable: group.isAssignableToRole === true,
    synced: group.onPremisesSyncEnabled === true,
    deleted,
  };
}

const gone = (id: string): GroupFacts => ({
  id,
  name: id,
  dynamic: false,
  rule: null,
  roleAssignable: false,
  synced: false,
  deleted: true,
});

const literally = (text: string): string => text.replace(/[^A-Za-z0-9]/g, '\\$&');
