import type { SignInRules } from './sign-in-rules.js';
import type { CurrentObject, RestoreAs, RestoreConflict } from '../domain/plan/plan.js';
import type { ActorKind } from '../domain/identities.js';
import type { ObjectType } from '../domain/attribution/audit.js';
import type { Json } from '../domain/json.js';

/** An identity as the directory knows it now. */
export interface Identity {
  readonly kind: ActorKind;
  readonly id: string;
  readonly name: string;
  readonly userPrincipalName: string | null;
  readonly appId: string | null;
  readonly enabled: boolean;
  readonly synced: boolean;
  /** A service principal published by Microsoft: never contained. */
  readonly firstParty: boolean;
  /** An Entra Connect / cloud sync account: never contained. */
  readonly directorySync: boolean;
  /** Users only; ISO 8601 UTC. */
  readonly sessionsValidFrom: string | null;
}

/**
 * The outcome of one attempt to change the tenant. A refusal is a value: repeating it would not help.
 * Faults that may pass (throttled, unavailable, reset) are thrown after the adapter's own retries.
 */
export type Effect =
  | { readonly ok: true; readonly changed: boolean; readonly requestId: string | null }
  | {
      readonly ok: false;
      readonly code: 'GRAPH_REJECTED';
      readonly status: number;
      readonly message: string;
      readonly requestId: string | null;
    };

/** One repair, as the plan states it; the adapter translates it to a request. */
export type Write =
  | {
      readonly kind: 'update';
      readonly objectId: string;
      readonly objectType: ObjectType;
      readonly properties: { readonly [property: string]: Json };
      /** As `CurrentObject.variant`. */
      readonly variant?: string;
    }
  | {
      readonly kind: 'restore';
      readonly objectId: string;
      readonly objectType: ObjectType;
      readonly restoreAs?: RestoreAs;
    }
  | {
      readonly kind: 'softDelete';
      readonly objectId: string;
      readonly objectType: ObjectType;
      /** It came out of the recycle bin in this very incident, so its kind lands there. */
      readonly cameFromBin?: true;
    }
  | { readonly kind: 'addMember'; readonly objectId: string; readonly groupId: string }
  | { readonly kind: 'removeMember'; readonly objectId: string; readonly groupId: string }
  | {
      readonly kind: 'addAssignment' | 'removeAssignment';
      readonly objectId: string;
      readonly objectType: ObjectType;
      readonly resourceId: string;
      readonly appRoleId: string;
    }
  | {
      readonly kind: 'setGrant';
      /** The client. */
      readonly objectId: string;
      readonly resourceId: string;
      /** Null: for all principals. */
      readonly principalId: string | null;
      /** Null: no grant. */
      readonly scope: string | null;
    };

/** Answer to one item of a batch. `throttled` items were not applied and may be sent again. */
export type WriteAnswer =
  Effect | { readonly ok: false; readonly code: 'THROTTLED'; readonly retryAfterMs: number };

export interface Credential {
  readonly keyId: string;
  readonly kind: 'password' | 'certificate';
  readonly holder: 'application' | 'servicePrincipal';
  readonly displayName: string | null;
}

/** What is needed to tell a privileged target from an ordinary one, read once per preview. */
export interface PrivilegeMap {
  /** Holders of directory roles, and members and owners of role-assignable groups. */
  readonly privilegedIds: readonly string[];
  /** True when our own identity holds a role that may write them (graph fact sheet A.2). */
  readonly writableByUs: boolean;
}

/** A membership-relevant group: static groups can be repaired, dynamic ones follow their rule. */
export interface GroupFacts {
  readonly id: string;
  readonly name: string;
  readonly dynamic: boolean;
  readonly rule: string | null;
  readonly roleAssignable: boolean;
  readonly synced: boolean;
  readonly deleted: boolean;
}

/** The tenant's directory through Microsoft Graph, in our words. All ids are object ids. */
export interface Directory extends SignInRules {
  /** Object id of the service principal we run as. */
  ownIdentity(): Promise<string>;
  /** Finds by object id, UPN, mail or proxy address, or app id; null when nothing matches exactly one. */
  findIdentity(hint: {
    readonly kind: ActorKind | null;
    readonly objectId: string | null;
    readonly userPrincipalName: string | null;
    readonly appId: string | null;
  }): Promise<Identity | null>;
  readIdentity(kind: ActorKind, id: string): Promise<Identity | null>;

  revokeSessions(userId: string): Promise<Effect>;
  setAccountEnabled(kind: ActorKind, id: string, enabled: boolean): Promise<Effect>;
  confirmCompromised(kind: ActorKind, id: string): Promise<Effect>;
  /** Object id of the application behind a service principal; null when it is homed elsewhere. */
  applicationOf(servicePrincipalId: string): Promise<string | null>;
  listCredentials(servicePrincipalId: string): Promise<readonly Credential[]>;
  removeCredential(servicePrincipalId: string, credential: Credential): Promise<Effect>;
  listAppRoleAssignments(
    servicePrincipalId: string,
  ): Promise<readonly { id: string; resourceId: string; appRoleId: string }[]>;
  removeAppRoleAssignment(servicePrincipalId: string, assignmentId: string): Promise<Effect>;
  /** Delegated permission grants that the service principal holds as a client. */
  listGrants(
    servicePrincipalId: string,
  ): Promise<readonly { id: string; resourceId: string; scope: string }[]>;
  removeGrant(grantId: string): Promise<Effect>;
  listRoleAssignments(
    principalId: string,
  ): Promise<readonly { id: string; roleDefinitionId: string; directoryScopeId: string }[]>;
  removeRoleAssignment(assignmentId: string): Promise<Effect>;

  /**
   * The current state of up to 1,000 objects. Every id asked for is answered, `absent` when neither
   * the directory nor the recycle bin knows it. `groupIds`: memberships to report on. Relations are
   * properties too: `appRoleAssignments/RESOURCE/ROLE` is true or false, and
   * `oauth2PermissionGrants/RESOURCE/PRINCIPAL` the scope or null.
   */
  readObjects(
    objectType: ObjectType,
    ids: readonly string[],
    properties: readonly string[],
    groupIds: readonly string[],
  ): Promise<readonly CurrentObject[]>;
  /** For deleted users: who holds their names and addresses by now. Ids without a conflict are left out. */
  restoreConflicts(
    deletedUserIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly RestoreConflict[]>>;
  readGroups(ids: readonly string[]): Promise<readonly GroupFacts[]>;
  privilegeMap(): Promise<PrivilegeMap>;
  /** Sends at most 20 writes as one `$batch`; answers in the order given. Honours nothing by itself: pacing is the caller's. */
  writeBatch(writes: readonly Write[]): Promise<readonly WriteAnswer[]>;
  /** Dynamic groups whose rule names one of these Graph properties. */
  dynamicGroupsNaming(properties: readonly string[]): Promise<readonly GroupFacts[]>;
  countMembers(groupId: string): Promise<number>;
  /** Which of `ids` are direct members. */
  membersAmong(groupId: string, ids: readonly string[]): Promise<readonly string[]>;
  /** Ids of the groups and the SKU ids of the licences a user has, for before-and-after comparison. */
  readEntitlements(
    userIds: readonly string[],
  ): Promise<readonly { userId: string; groupIds: readonly string[]; skuIds: readonly string[] }[]>;
  /** Values of an app role that a principal holds on our API, or null when it cannot be read. */
  appRolesOnOurApi(userId: string): Promise<readonly string[] | null>;
}
