import { z } from 'zod';
import type { ObjectType } from '../../domain/attribution/audit.js';
import type { Json } from '../../domain/json.js';
import type { CurrentObject } from '../../domain/plan/plan.js';
import { readProperty } from '../../domain/attribution/property-paths.js';
import { readList, readOne, type Connection } from './connection.js';
import { placeOf } from './object-paths.js';

type GraphObject = { readonly [member: string]: Json };
type Presence = CurrentObject['presence'];

const policySchema = z.looseObject({ id: z.string().min(1) });

/** Kinds that are read as one list each, since single reads would use up the quota of their API (B.2). */
const lists: Readonly<Partial<Record<ObjectType, string>>> = {
  conditionalAccessPolicy: 'policies',
  namedLocation: 'namedLocations',
};

/** Policies and settings of the tenant among these ids, live or in their recycle bin. */
export async function readPolicies(
  connection: Connection,
  objectType: ObjectType,
  ids: readonly string[],
): Promise<Map<string, { presence: Presence; object: GraphObject }>> {
  const found = new Map<string, { presence: Presence; object: GraphObject }>();
  const wanted = new Map(ids.map((id) => [id.toLowerCase(), id]));
  const note = (presence: Presence, objects: readonly { readonly id: string }[]): void => {
    for (const object of objects) {
      const id = wanted.get(object.id.toLowerCase());
      if (id === undefined || found.has(id)) continue;
      found.set(id, { presence, object: object });
    }
  };
  const list = lists[objectType];
  if (list === undefined) {
    for (const id of ids) {
      const path = placeOf(objectType)?.live(id) ?? '';
      const object = await readOne(connection, z.looseObject({}), { path });
      if (object !== null) found.set(id, { presence: 'present', object: object as GraphObject });
    }
    return found;
  }
  const root = '/identity/conditionalAccess';
  note('present', await readList(connection, policySchema, { path: `${root}/${list}` }));
  if (found.size < wanted.size) {
    const path = `${root}/deletedItems/${list}`;
    note('softDeleted', await readList(connection, policySchema, { path }));
  }
  return found;
}

/** A property of a policy, methods of the authentication methods policy by their id. */
export function readPolicyProperty(object: GraphObject, property: string): Json {
  const [outer, id] = property.split('/') as [string, string | undefined];
  const list = object[outer];
  if (id === undefined || !Array.isArray(list)) return readProperty(object, property);
  return (
    (list as readonly Json[]).find((item) => (item as GraphObject | null)?.['id'] === id) ?? null
  );
}
