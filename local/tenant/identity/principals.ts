/** A user as the authority sees one. */
export interface UserPrincipal {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly accountEnabled: boolean;
  /** Milliseconds; sign-ins before this instant are void. 0: never revoked. */
  readonly sessionsValidFrom: number;
}

/** A service principal as the authority sees one. */
export interface ServicePrincipal {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly accountEnabled: boolean;
}

/** What the authority reads from the directory, always the true current state. */
export interface Principals {
  user(id: string): UserPrincipal | undefined;
  /** By object id or by application id. */
  servicePrincipal(idOrAppId: string): ServicePrincipal | undefined;
  /** Name of the Conditional Access policy that keeps a user from a token for a resource, if one does. */
  blockingPolicy(userId: string, resourceAppId: string): string | undefined;
  /** Template ids of the directory roles that a user holds actively. */
  directoryRoles(userId: string): readonly string[];
  /** Values of the app roles that a user or service principal was granted on Graph or on our API. */
  appRoles(principalId: string, resource: 'graph' | 'api'): readonly string[];
}
