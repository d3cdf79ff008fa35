import type { ObjectType } from '../../domain/attribution/audit.js';
import type { Json } from '../../domain/json.js';
import type { CurrentObject } from '../../domain/plan/plan.js';
import { readProperty, selectNames } from '../../domain/attribution/property-paths.js';
import { RewindError } from '../../errors.js';
import type { Directory } from '../../ports/directory.js';
import { readAll, type BatchItem } from './batch.js';
import { GraphRefusal } from './client.js';
import { inRuns, readList, type Connection } from './connection.js';
import { isInDirectory, placeOf } from './object-paths.js';
import { readPolicies, readPolicyProperty } from './policies.js';
import { readRelations } from './relations.js';
import { graphPath } from './request.js';
import { read, referenceSchema } from './schemas.js';

type GraphObject = { readonly [key: string]: Json };

/** Links, what needs rights this product does not ask for, and what v1.0 of Graph does not have. */
const notProperties = new Set(['memberOf', 'employeeLeaveDateTime', 'publisherName']);

/** Up to so many ids each membership is read from the member's side, above it from the group's. */
const fewMembers = 40;
const binDays = 30;
const secondLookMs = 2000;

interface Found {
  readonly presence: CurrentObject['presence'];
  readonly object: GraphObject;
}

/** Reads objects as they are now (port `Directory.readObjects`). */
export function createObjects(
  connection: Connection,
  privileges: Pick<Directory, 'privilegeMap'>,
): Pick<Directory, 'readObjects'> {
  return {
    async readObjects(objectType, ids, properties, groupIds) {
      const place = placeOf(objectType);
      if (place === null) {
        throw new RewindError('GRAPH_REJECTED', `Objects of kind ${objectType} cannot be read.`);
      }
      const wanted = properties.filter((name) =>
        /^[a-z][A-Za-z0-9]*(\/[A-Za-z0-9-]+)?$/.test(name),
      );
      const asked = wanted.filter((name) => !notProperties.has(name));
      const found = isInDirectory(objectType)
        ? await findAll(objectType, place.live, ids, asked.flatMap(fieldsFor))
        : await findPolicies(objectType, ids);
      const present = ids.filter((id) => found.get(id)?.presence === 'present');
      const [{ privilegedIds }, memberships, relationsOf] = await Promise.all([
        isInDirectory(objectType) ? privileges.privilegeMap() : { privilegedIds: [] },
        readMemberships(objectType, ids, groupIds),
        readRelations(connection, objectType, present, properties),
      ]);
      const privileged = new Set(privilegedIds);
      return ids.map((id): CurrentObject => {
        const { presence, object } = found.get(id) ?? { presence: 'absent', object: {} };
        return {
          objectId: id,
          objectType,
          displayName: textOf(object['displayName']) ?? id,
          presence,
          daysLeft: presence === 'softDeleted' ? daysLeft(object) : null,
          synced: object['onPremisesSyncEnabled'] === true,
          privileged: privileged.has(id),
          properties: {
            ...(presence !== 'absent' &&
              Object.fromEntries(
                asked
                  .filter((name) => presence === 'present' || isShown(object, name))
                  .map((name) => [name, valueOf(objectType, object, name)]),
              )),
            ...(presence === 'present' && relationsOf(id)),
          },
          ...(objectType === 'namedLocation' && variantOf(object)),
          memberOf: presence === 'present' ? [...(memberships.get(id) ?? [])] : [],
        };
      });
    },
  };

  /** A policy that is missing is looked for a second time, like every other object. */
  async function findPolicies(
    objectType: ObjectType,
    ids: readonly string[],
  ): Promise<Map<string, Found>> {
    const found = await readPolicies(connection, objectType, ids);
    if (found.size === ids.length) return found;
    await connection.clock.sleep(secondLookMs);
    return readPolicies(connection, objectType, ids);
  }

  async function findAll(
    objectType: ObjectType,
    pathOf: (id: string) => string,
    ids: readonly string[],
    properties: readonly string[],
  ): Promise<Map<string, Found>> {
    const select = fieldsOf(objectType, properties);
    const found = new Map<string, Found>();
    for (const run of inRuns(ids, 1000)) {
      for (const object of await readByIds(objectType, run, select)) {
        found.set(textOf(object['id']) ?? '', { presence: 'present', object });
      }
    }
    // Whoever is missing is asked for one by one, here and in the bin, and looked for a second time: a
    // replica that lags must not make an object look lost.
    for (const look of [0, secondLookMs]) {
      const missing = ids.filter((id) => !found.has(id));
      if (missing.length === 0) break;
      if (look > 0) await connection.clock.sleep(look);
      await readMissing(missing);
    }
    return found;

    async function readMissing(missing: readonly string[]): Promise<void> {
      const $select = select.join(',');
      const items = missing.flatMap((id): BatchItem[] => [
        { method: 'GET', path: pathOf(id), query: { $select } },
        {
          method: 'GET',
          path: graphPath`/directory/deletedItems/${id}`,
          query: { $select: `${$select},deletedDateTime` },
        },
      ]);
      const answers = await readAll(connection, items);
      for (const [index, id] of missing.entries()) {
        const live = answers[index * 2];
        const deleted = answers[index * 2 + 1];
        if (live !== undefined && live.status < 300) {
          found.set(id, { presence: 'present', object: checked(live.body, select) });
        } else if (deleted !== undefined && deleted.status < 300) {
          found.set(id, { presence: 'softDeleted', object: identified(deleted.body) });
        } else {
          for (const answer of [live, deleted]) refuseOther(answer, id);
        }
      }
    }
  }

  /** Objects that came back with every property asked for; the others are read one by one. */
  async function readByIds(
    objectType: ObjectType,
    ids: readonly string[],
    select: readonly string[],
  ): Promise<readonly GraphObject[]> {
    const answer = await connection.client.send({
      method: 'POST',
      path: '/directoryObjects/getByIds',
      query: { $select: select.join(',') },
      body: { ids, types: [objectType] },
      repeatable: true,
    });
    if (answer.status >= 300) throw new GraphRefusal('POST /directoryObjects/getByIds', answer);
    const { value } = answer.body as { value?: unknown };
    if (!Array.isArray(value)) {
      throw new RewindError('GRAPH_UNAVAILABLE', 'getByIds was answered without a list.');
    }
    return (value as GraphObject[]).filter((object) =>
      select.every((name) => Object.hasOwn(object, name)),
    );
  }

  async function readMemberships(
    objectType: ObjectType,
    ids: readonly string[],
    groupIds: readonly string[],
  ): Promise<Map<string, Set<string>>> {
    const memberships = new Map<string, Set<string>>();
    if (groupIds.length === 0) return memberships;
    const wanted = new Set(groupIds);
    const note = (id: string, groupId: string): void => {
      memberships.set(id, (memberships.get(id) ?? new Set()).add(groupId));
    };
    if (objectType === 'user' && ids.length <= fewMembers) {
      for (const id of ids) {
        for (const groupId of await idsIn(graphPath`/users/${id}/memberOf`))
          if (wanted.has(groupId)) note(id, groupId);
      }
      return memberships;
    }
    const members = new Set(ids);
    for (const groupId of wanted) {
      for (const id of await idsIn(graphPath`/groups/${groupId}/members`))
        if (members.has(id)) note(id, groupId);
    }
    return memberships;
  }

  /** A group or user that is gone has no memberships. */
  async function idsIn(path: string): Promise<string[]> {
    try {
      const query = { $select: 'id', $top: '999' };
      return (await readList(connection, referenceSchema, { path, query })).map(({ id }) => id);
    } catch (error) {
      if (error instanceof GraphRefusal && error.status === 404) return [];
      throw error;
    }
  }

  function daysLeft(object: GraphObject): number | null {
    const deletedAt = Date.parse(textOf(object['deletedDateTime']) ?? '');
    if (Number.isNaN(deletedAt)) return null;
    const left = deletedAt + binDays * 86_400_000 - connection.clock.now();
    return Math.max(0, Math.floor(left / 86_400_000));
  }
}

/** Key ids are read from the credentials, of which nothing else is kept. */
const fieldsFor = (property: string): readonly string[] =>
  property === 'keyIdentifiers' ? ['passwordCredentials', 'keyCredentials'] : [property];

function valueOf(objectType: ObjectType, object: GraphObject, property: string): Json {
  if (!isInDirectory(objectType)) return readPolicyProperty(object, property);
  if (property !== 'keyIdentifiers') return readProperty(object, property);
  const ids = (name: string, kind: string): string[] => {
    const credentials = (object[name] ?? []) as readonly { readonly keyId?: Json }[];
    return credentials.map(({ keyId }) => `${kind}:${(textOf(keyId) ?? '').toLowerCase()}`);
  };
  return [
    ...ids('keyCredentials', 'certificate'),
    ...ids('passwordCredentials', 'password'),
  ].sort();
}

function variantOf(object: GraphObject): { readonly variant?: string } {
  const variant = textOf(object['@odata.type']);
  return variant === null ? {} : { variant };
}

function fieldsOf(objectType: ObjectType, properties: readonly string[]): string[] {
  const mastered = objectType === 'user' || objectType === 'group' ? ['onPremisesSyncEnabled'] : [];
  return [...new Set(['id', 'displayName', ...mastered, ...selectNames(properties)])];
}

/** A property that Graph leaves out is one we may not read; taking it for empty could wipe it. */
function checked(body: unknown, select: readonly string[]): GraphObject {
  const object = identified(body);
  const absent = select.find((name) => !Object.hasOwn(object, name));
  if (absent === undefined || absent === 'onPremisesSyncEnabled') return object;
  throw new RewindError(
    'GRAPH_REJECTED',
    `Graph does not show the property ${absent}; grant our identity the permission to read it.`,
  );
}

function identified(body: unknown): GraphObject {
  read(referenceSchema, body, 'directory object');
  return body as GraphObject;
}

/**
 * In the recycle bin an object is a mere directoryObject, and what it has as a user or a group are dynamic
 * members, of which an answer may leave out the empty ones: what is not shown there is not known.
 */
const isShown = (object: GraphObject, property: string): boolean =>
  fieldsFor(property).every((name) => Object.hasOwn(object, name.split('/')[0] as string));

function refuseOther(answer: { status: number; body: unknown } | undefined, id: string): void {
  if (answer === undefined || answer.status === 404) return;
  throw new GraphRefusal(`Reading ${id}`, answer);
}

const textOf = (value: Json | undefined): string | null =>
  typeof value === 'string' ? value : null;
