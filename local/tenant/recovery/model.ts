import type { Json, ObjectType } from '../directory/model.js';

/** The service's names for kinds of objects (backup fact sheet 3.6, without the sentinel). */
export const resourceTypeNames = [
  'user',
  'group',
  'conditionalAccessPolicy',
  'namedLocationPolicy',
  'authenticationMethodPolicy',
  'authorizationPolicy',
  'authenticationStrengthPolicy',
  'application',
  'servicePrincipal',
  'oAuth2PermissionGrant',
  'appRoleAssignment',
  'organization',
] as const;

export type ResourceTypeName = (typeof resourceTypeNames)[number];

export const objectTypes: Readonly<Record<ResourceTypeName, ObjectType>> = {
  user: 'user',
  group: 'group',
  conditionalAccessPolicy: 'conditionalAccessPolicy',
  namedLocationPolicy: 'namedLocation',
  authenticationMethodPolicy: 'authenticationMethodsPolicy',
  authorizationPolicy: 'authorizationPolicy',
  authenticationStrengthPolicy: 'authenticationStrengthPolicy',
  application: 'application',
  servicePrincipal: 'servicePrincipal',
  oAuth2PermissionGrant: 'oAuth2PermissionGrant',
  appRoleAssignment: 'appRoleAssignment',
  organization: 'organization',
};

export type JobKind = 'preview' | 'recovery';

/** The service's `recoveryStatus`, without the sentinel. */
export type JobStatus =
  'initialized' | 'loadingData' | 'calculating' | 'running' | 'successful' | 'failed' | 'abandoned';

export function isTerminal(status: JobStatus): boolean {
  return status === 'successful' || status === 'failed' || status === 'abandoned';
}

/** What a job covers; null: everything (backup fact sheet 3.7). */
export type JobFilter =
  | { readonly kind: 'types'; readonly types: readonly ResourceTypeName[] }
  | {
      readonly kind: 'ids';
      readonly values: readonly {
        readonly type: ResourceTypeName;
        readonly ids: readonly string[];
      }[];
    }
  | null;

/** One member that a recovery takes out of a group or puts back. */
export interface LinkChange {
  readonly memberId: string;
  readonly memberType: ObjectType;
  readonly removed: boolean;
}

/** One difference between snapshot and tenant; `target` is what recovery writes (fact sheet 3.8). */
export interface RecoveryChange {
  readonly id: string;
  readonly type: ResourceTypeName;
  readonly odataType: string;
  /** The name now. */
  readonly displayName: string | null;
  readonly action: 'update' | 'restore' | 'softDelete';
  readonly target: Readonly<Record<string, Json>>;
  readonly current: Readonly<Record<string, Json>>;
  readonly links: readonly LinkChange[];
  /** Mastered on-premises: shown, never written (fact sheet 5.5). */
  readonly excluded: boolean;
}

export interface FailedChange {
  readonly change: RecoveryChange;
  readonly message: string;
  /** What of it failed: the object itself, or that many of its links. */
  readonly objects: number;
  readonly links: number;
}

/** A preview or recovery job. Times are milliseconds, UTC. */
export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly snapshot: number;
  readonly filter: JobFilter;
  readonly startedBy: string;
  readonly startedAt: number;
  status: JobStatus;
  completedAt: number | null;
  cancelledAt: number | null;
  /** Null until computed. */
  changes: readonly RecoveryChange[] | null;
  objectsModified: number;
  linksModified: number;
  readonly failed: FailedChange[];
}
