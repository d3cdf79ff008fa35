import type { CurrentObject, RestoreConflict } from '../../shared/domain/plan/plan.js';
import type { Json } from '../../shared/domain/json.js';
import { RewindError } from '../../shared/errors.js';
import type {
  Credential,
  Directory,
  Effect,
  GroupFacts,
  Identity,
  Write,
  WriteAnswer,
} from '../../shared/ports/directory.js';
import type { VirtualClock } from './virtual-clock.js';

/** What happens to a call: the answer is lost before or after it had its effect. */
export type Loss = 'before' | 'after' | null;

export interface SentBatch {
  readonly number: number;
  readonly at: number;
  readonly writes: readonly Write[];
}

export const ourId = '99999999-0000-4000-8000-000000000001';
export const accepted: Effect = { ok: true, changed: true, requestId: null };
export const refusal = (status: number, message: string): Extract<Effect, { ok: false }> => ({
  ok: false,
  code: 'GRAPH_REJECTED',
  status,
  message,
  requestId: null,
});
export const unavailable = () =>
  new RewindError('GRAPH_UNAVAILABLE', 'The outcome of a write is unknown.');

/**
 * The directory without a network. What it does wrong is scripted per test; what it was asked is kept:
 * `batches` as they arrived, `effects` as they took hold.
 */
export interface FakeDirectory extends Directory {
  readonly batches: readonly SentBatch[];
  /** Writes that changed something, in order. */
  readonly effects: readonly Write[];
  /** Every call of a measure against an identity, e.g. `disable 1111`. */
  readonly measures: readonly string[];
  readonly mostInFlight: number;
  readonly reads: number;
  put(...objects: readonly CurrentObject[]): void;
  object(id: string): CurrentObject;
  set(id: string, properties: { readonly [property: string]: Json }): void;
  identity(id: string): Identity;
  addIdentity(change: Partial<Identity> & { readonly id: string }): Identity;
  /** Application object ids by service principal. */
  readonly applications: Map<string, string>;
  readonly credentials: Credential[];
  readonly appRoles: { id: string; resourceId: string; appRoleId: string }[];
  readonly grants: { id: string; resourceId: string; scope: string }[];
  readonly roles: { id: string; roleDefinitionId: string; directoryScopeId: string }[];
  readonly groups: Map<string, GroupFacts>;
  readonly conflicts: Map<string, readonly RestoreConflict[]>;
  readonly memberCounts: Map<string, number>;
  readonly entitlements: Map<string, { groupIds: string[]; skuIds: string[] }>;
  script: {
    /** Milliseconds a batch takes. */
    latencyMs: number;
    /** An answer instead of an effect; null lets the write through. */
    answer: (write: Write, batch: SentBatch) => WriteAnswer | null;
    lose: (batch: SentBatch) => Loss;
    /** Called when a batch arrives, before anything else. */
    arrive: (batch: SentBatch) => void | Promise<void>;
    measure: (name: string) => Effect | Loss;
    privileged: readonly string[];
    conditionalAccess: () => Awaited<ReturnType<Directory['readConditionalAccess']>>;
  };
}

export function createFakeDirectory(clock: VirtualClock): FakeDirectory {
  const objects = new Map<string, CurrentObject>();
  const identities = new Map<string, Identity>();
  const batches: SentBatch[] = [];
  const effects: Write[] = [];
  const measures: string[] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  let reads = 0;

  const here = (id: string): CurrentObject => {
    const object = objects.get(id);
    if (object === undefined) throw new Error(`the test put no object ${id} into the directory`);
    return object;
  };
  const change = (id: string, over: Partial<CurrentObject>) =>
    objects.set(id, { ...here(id), ...over });

  /** Takes hold of one write; false when the directory already was so. */
  function apply(write: Write): boolean {
    const object = here(write.objectId);
    const before = JSON.stringify(object);
    switch (write.kind) {
      case 'update':
        change(write.objectId, { properties: { ...object.properties, ...write.properties } });
        break;
      case 'restore':
        change(write.objectId, { presence: 'present', daysLeft: null });
        break;
      case 'softDelete':
        change(write.objectId, { presence: 'softDeleted', daysLeft: 30 });
        break;
      case 'addMember':
        change(write.objectId, { memberOf: [...new Set([...object.memberOf, write.groupId])] });
        break;
      case 'removeMember':
        change(write.objectId, { memberOf: object.memberOf.filter((id) => id !== write.groupId) });
        break;
      case 'addAssignment':
      case 'removeAssignment': {
        const name = `appRoleAssignments/${write.resourceId}/${write.appRoleId}`;
        const held = write.kind === 'addAssignment';
        change(write.objectId, { properties: { ...object.properties, [name]: held } });
        break;
      }
      case 'setGrant': {
        const name = `oauth2PermissionGrants/${write.resourceId}/${write.principalId ?? 'all'}`;
        change(write.objectId, { properties: { ...object.properties, [name]: write.scope } });
        break;
      }
    }
    effects.push(write);
    return JSON.stringify(here(write.objectId)) !== before;
  }

  async function measure(name: string, id: string, effect: () => void): Promise<Effect> {
    measures.push(`${name} ${id}`);
    const scripted = fake.script.measure(name);
    if (scripted === 'before') throw unavailable();
    if (scripted !== null && scripted !== 'after') return scripted;
    effect();
    if (scripted === 'after') throw unavailable();
    return accepted;
  }

  const changeIdentity = (id: string, over: Partial<Identity>) =>
    void identities.set(id, { ...fake.identity(id), ...over });
  const removeFrom = <T>(list: T[], matches: (item: T) => boolean) => {
    const index = list.findIndex(matches);
    if (index >= 0) list.splice(index, 1);
  };

  const fake: FakeDirectory = {
    batches,
    effects,
    measures,
    get mostInFlight() {
      return mostInFlight;
    },
    get reads() {
      return reads;
    },
    applications: new Map(),
    credentials: [],
    appRoles: [],
    grants: [],
    roles: [],
    groups: new Map(),
    conflicts: new Map(),
    memberCounts: new Map(),
    entitlements: new Map(),
    script: {
      latencyMs: 0,
      answer: () => null,
      lose: () => null,
      arrive: () => undefined,
      measure: () => null,
      privileged: [],
      conditionalAccess: () => ({ policies: [], deleted: [], ownAppId: 'our-api' }),
    },
    put: (...many) => many.forEach((object) => objects.set(object.objectId, object)),
    object: here,
    set: (id, properties) =>
      void change(id, { properties: { ...here(id).properties, ...properties } }),
    identity(id) {
      const found = identities.get(id);
      if (found === undefined) throw new Error(`the test added no identity ${id}`);
      return found;
    },
    addIdentity(over) {
      const identity: Identity = {
        kind: 'user',
        name: 'Ada',
        userPrincipalName: null,
        appId: null,
        enabled: true,
        synced: false,
        firstParty: false,
        directorySync: false,
        sessionsValidFrom: '2026-01-01T00:00:00Z',
        ...over,
      };
      identities.set(identity.id, identity);
      return identity;
    },

    ownIdentity: async () => ourId,
    findIdentity: async (hint) =>
      [...identities.values()].find(
        ({ id, userPrincipalName, appId }) =>
          id === hint.objectId ||
          (userPrincipalName !== null && userPrincipalName === hint.userPrincipalName) ||
          (appId !== null && appId === hint.appId),
      ) ?? null,
    readIdentity: async (_kind, id) => identities.get(id) ?? null,

    revokeSessions: (id) =>
      measure('revokeSessions', id, () => changeIdentity(id, { sessionsValidFrom: clock.iso() })),
    setAccountEnabled: (_kind, id, enabled) =>
      measure(enabled ? 'enable' : 'disable', id, () => changeIdentity(id, { enabled })),
    confirmCompromised: (_kind, id) => measure('confirmCompromised', id, () => undefined),
    applicationOf: async (id) => fake.applications.get(id) ?? null,
    listCredentials: async () => [...fake.credentials],
    removeCredential: (_id, { keyId }) =>
      measure('removeCredential', keyId, () =>
        removeFrom(fake.credentials, (one) => one.keyId === keyId),
      ),
    listAppRoleAssignments: async () => [...fake.appRoles],
    removeAppRoleAssignment: (_sp, id) =>
      measure('removeAppRole', id, () => removeFrom(fake.appRoles, (one) => one.id === id)),
    listGrants: async () => [...fake.grants],
    removeGrant: (id) =>
      measure('removeGrant', id, () => removeFrom(fake.grants, (one) => one.id === id)),
    listRoleAssignments: async () => [...fake.roles],
    removeRoleAssignment: (id) =>
      measure('removeRole', id, () => removeFrom(fake.roles, (one) => one.id === id)),

    readObjects: async (objectType, ids, properties, groupIds) => {
      reads += 1;
      return ids.map((id) => {
        const object = objects.get(id);
        if (object === undefined) return absent(id, objectType);
        const inBin = object.presence === 'softDeleted';
        return {
          ...object,
          properties: Object.fromEntries(
            properties.map((name) => [name, object.properties[name] ?? null]),
          ),
          memberOf: inBin ? [] : object.memberOf.filter((group) => groupIds.includes(group)),
        };
      });
    },
    restoreConflicts: async (ids) =>
      new Map(
        ids.flatMap((id) => {
          const found = fake.conflicts.get(id);
          return found === undefined ? [] : [[id, found] as const];
        }),
      ),
    readGroups: async (ids) => ids.map((id) => fake.groups.get(id) ?? staticGroup(id)),
    privilegeMap: async () => ({ privilegedIds: fake.script.privileged, writableByUs: false }),
    async writeBatch(writes) {
      if (writes.length > 20) throw new Error(`a batch of ${writes.length}`);
      const batch: SentBatch = { number: batches.length + 1, at: clock.now(), writes };
      batches.push(batch);
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
      try {
        await fake.script.arrive(batch);
        if (fake.script.latencyMs > 0) await clock.sleep(fake.script.latencyMs);
        const loss = fake.script.lose(batch);
        if (loss === 'before') throw unavailable();
        const answers = writes.map((write): WriteAnswer => {
          const scripted = fake.script.answer(write, batch);
          return scripted ?? { ok: true, changed: apply(write), requestId: null };
        });
        if (loss === 'after') throw unavailable();
        return answers;
      } finally {
        inFlight -= 1;
      }
    },
    dynamicGroupsNaming: async (properties) =>
      [...fake.groups.values()].filter(
        ({ dynamic, rule }) => dynamic && properties.some((name) => rule?.includes(name)),
      ),
    countMembers: async (id) => fake.memberCounts.get(id) ?? 0,
    membersAmong: async (groupId, ids) =>
      ids.filter((id) => objects.get(id)?.memberOf.includes(groupId)),
    readEntitlements: async (ids) =>
      ids.map((userId) => ({
        userId,
        ...(fake.entitlements.get(userId) ?? { groupIds: [], skuIds: [] }),
      })),
    readConditionalAccess: async () => fake.script.conditionalAccess(),
    readSignInFacts: async (ids) =>
      ids.map((id) => {
        const { presence = 'present', properties = {}, memberOf = [] } = objects.get(id) ?? {};
        return {
          id,
          enabled: presence === 'present' ? properties['accountEnabled'] !== false : null,
          guest: false,
          groupIds: memberOf,
          roleIds: [],
        };
      }),
    appRolesOnOurApi: async () => null,
  };
  return fake;
}

const absent = (objectId: string, objectType: CurrentObject['objectType']): CurrentObject => ({
  objectId,
  objectType,
  displayName: objectId,
  presence: 'absent',
  daysLeft: null,
  synced: false,
  privileged: false,
  properties: {},
  memberOf: [],
});

const staticGroup = (id: string): GroupFacts => ({
  id,
  name: id,
  dynamic: false,
  rule: null,
  roleAssignable: false,
  synced: false,
  deleted: false,
});
