import type { ObjectType } from '../../domain/attribution/audit.js';
import type { Json } from '../../domain/json.js';
import { relationKey, type RelationKey } from '../../domain/attribution/relations.js';
import { GraphRefusal } from './client.js';
import { readList, type Connection } from './connection.js';
import { graphPath } from './request.js';
import { appRoleAssignmentSchema, fullGrantSchema } from './schemas.js';

const collections: Readonly<Partial<Record<ObjectType, string>>> = {
  user: 'users',
  group: 'groups',
  servicePrincipal: 'servicePrincipals',
};

/** Up to so many holders each is asked for what it holds, above it each resource for who holds it. */
const fewHolders = 20;

export interface HeldAssignment {
  readonly id: string;
  readonly principalId: string;
  readonly resourceId: string;
  readonly appRoleId: string;
}
export interface HeldGrant {
  readonly id: string;
  readonly clientId: string;
  readonly resourceId: string;
  readonly principalId: string | null;
  readonly scope: string;
}

/** App roles that an object holds; none of an object that is gone. */
export async function assignmentsOf(
  connection: Connection,
  objectType: ObjectType,
  id: string,
): Promise<readonly HeldAssignment[]> {
  const collection = collections[objectType];
  if (collection === undefined) return [];
  const path = graphPath`/${collection}/${id}/appRoleAssignments`;
  return (await orNone(readList(connection, appRoleAssignmentSchema, { path }))).map(lower);
}

/** Delegated permissions that a client holds. */
export async function grantsOf(
  connection: Connection,
  clientId: string,
): Promise<readonly HeldGrant[]> {
  const path = graphPath`/servicePrincipals/${clientId}/oauth2PermissionGrants`;
  return (await orNone(readList(connection, fullGrantSchema, { path }))).map(held);
}

/**
 * What these relations are now, by object: true or false for an assignment, the scope or null for a grant
 * (port `Directory.readObjects`).
 */
export async function readRelations(
  connection: Connection,
  objectType: ObjectType,
  ids: readonly string[],
  properties: readonly string[],
): Promise<(id: string) => Readonly<Record<string, Json>>> {
  const keys = properties.flatMap((property) => {
    const key = relationKey(property);
    return key === null ? [] : [{ property, key }];
  });
  if (keys.length === 0 || ids.length === 0) return () => ({});
  const has = (relation: RelationKey['relation']): boolean =>
    keys.some(({ key }) => key.relation === relation);
  const assigned = new Set(has('assignment') ? (await assignments()).map(assignmentId) : []);
  const granted = new Map(
    (has('grant') ? await grants() : []).map((grant) => [grantId(grant), grant.scope]),
  );
  return (id) =>
    Object.fromEntries(
      keys.map(({ property, key }) => [
        property,
        key.relation === 'assignment'
          ? assigned.has(assignmentId({ ...key, principalId: id }))
          : (granted.get(grantId({ ...key, clientId: id })) ?? null),
      ]),
    );

  async function assignments(): Promise<readonly HeldAssignment[]> {
    const found: HeldAssignment[] = [];
    if (ids.length <= fewHolders) {
      for (const id of ids) found.push(...(await assignmentsOf(connection, objectType, id)));
      return found;
    }
    const resources = new Set(
      keys.flatMap(({ key }) => (key.relation === 'assignment' ? [key.resourceId] : [])),
    );
    for (const resource of resources) {
      const path = graphPath`/servicePrincipals/${resource}/appRoleAssignedTo`;
      const all = await orNone(readList(connection, appRoleAssignmentSchema, { path }));
      found.push(...all.map(lower));
    }
    return found;
  }

  async function grants(): Promise<readonly HeldGrant[]> {
    if (ids.length > fewHolders) {
      const path = '/oauth2PermissionGrants';
      return (await readList(connection, fullGrantSchema, { path })).map(held);
    }
    const found: HeldGrant[] = [];
    for (const id of ids) found.push(...(await grantsOf(connection, id)));
    return found;
  }
}

const assignmentId = (one: Omit<HeldAssignment, 'id'>): string =>
  `${one.principalId}|${one.resourceId}|${one.appRoleId}`.toLowerCase();

const grantId = (one: Pick<HeldGrant, 'clientId' | 'resourceId' | 'principalId'>): string =>
  `${one.clientId}|${one.resourceId}|${one.principalId ?? 'all'}`.toLowerCase();

const lower = (one: HeldAssignment): HeldAssignment => ({
  id: one.id,
  principalId: one.principalId.toLowerCase(),
  resourceId: one.resourceId.toLowerCase(),
  appRoleId: one.appRoleId.toLowerCase(),
});

const held = (one: {
  readonly id: string;
  readonly clientId: string;
  readonly resourceId: string;
  readonly principalId?: string | null | undefined;
  readonly scope?: string | null | undefined;
}): HeldGrant => ({
  id: one.id,
  clientId: one.clientId.toLowerCase(),
  resourceId: one.resourceId.toLowerCase(),
  principalId: one.principalId?.toLowerCase() ?? null,
  scope: (one.scope ?? '').trim(),
});

/** An object that is gone holds nothing. */
async function orNone<T>(reading: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof GraphRefusal && error.status === 404) return [];
    throw error;
  }
}
