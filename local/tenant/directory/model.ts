/** A value as it travels in JSON. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * What the directory holds. Grants and assignments are objects too: they only ever live or are gone.
 * The settings of the tenant are objects of which there is one.
 */
export type ObjectType =
  | 'user'
  | 'group'
  | 'application'
  | 'servicePrincipal'
  | 'roleAssignment'
  | 'roleEligibility'
  | 'appRoleAssignment'
  | 'oAuth2PermissionGrant'
  | 'conditionalAccessPolicy'
  | 'namedLocation'
  | 'authorizationPolicy'
  | 'authenticationMethodsPolicy'
  | 'authenticationStrengthPolicy'
  | 'organization';

/** `deleted` is the recycle bin; `gone` is hard-deleted, or not created yet when looking back. */
export type LifeState = 'live' | 'deleted' | 'gone';

export type LinkName = 'members' | 'owners' | 'manager';

export type Properties = Record<string, Json>;

/** One object as a view shows it. `seq` is its place in every listing. */
export interface DirectoryObject {
  readonly id: string;
  readonly type: ObjectType;
  readonly seq: number;
  readonly properties: Readonly<Properties>;
}

/** One fact that became different, with what undoing it needs. Times are milliseconds, UTC. */
export interface Change {
  readonly at: number;
  readonly objectId: string;
  readonly what:
    | {
        readonly kind: 'property';
        readonly name: string;
        readonly before: Json;
        readonly after: Json;
      }
    | {
        readonly kind: 'link' | 'incoming';
        readonly name: LinkName;
        readonly otherId: string;
        readonly added: boolean;
      }
    | { readonly kind: 'state'; readonly before: LifeState; readonly after: LifeState };
  /** When each replica learns of it (graph fact sheet C, eventual consistency). */
  readonly seenAt: readonly number[];
}

/** Who did something, as the audit trail names them. */
export type Initiator =
  | {
      readonly kind: 'user';
      readonly id: string;
      readonly userPrincipalName: string;
      /** Often the name of the client, not of the person (graph fact sheet D.2). */
      readonly displayName: string | null;
      readonly ipAddress: string;
      readonly userAgent?: string;
    }
  | {
      readonly kind: 'app';
      readonly servicePrincipalId: string | null;
      readonly displayName: string;
    };

/** A property that is text, or `''` when it is anything else. */
export function text(properties: Readonly<Properties>, name: string): string {
  const value = properties[name];
  return typeof value === 'string' ? value : '';
}

/** The id of whoever acts, for comparing initiators. */
export function initiatorId(by: Initiator): string | null {
  return by.kind === 'user' ? by.id : by.servicePrincipalId;
}
