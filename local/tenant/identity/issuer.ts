import { SignJWT } from 'jose';
import type { TenantClock } from '../exchange.js';
import { graphAppId } from '../scenarios/company-applications.js';
import { appClaims, userClaims, type Claims, type TokenFrame } from './claims.js';
import { refusals } from './errors.js';
import type { KeyRing, SigningKey } from './key-ring.js';
import type { Principals, ServicePrincipal, UserPrincipal } from './principals.js';
import { findResource, type Resource } from './resources.js';

export interface IssuerWorld {
  readonly tenantId: string;
  readonly origin: string;
  readonly clock: TenantClock;
  readonly keys: KeyRing;
  readonly principals: Principals;
  readonly resources: readonly Resource[];
  readonly nextId: () => string;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly resource: Resource;
  /** Granted delegated scopes; empty for an app-only token. */
  readonly scopes: readonly string[];
}

export interface AppTokenWish {
  /** Object id or application id of the service principal. */
  readonly client: string;
  /** Identifier of the resource, without `/.default`. */
  readonly resource: string;
  readonly version?: '1.0' | '2.0';
  readonly caeCapable?: boolean;
  readonly lifetimeSeconds?: number;
}

export interface UserTokenWish {
  readonly userId: string;
  readonly clientId: string;
  readonly resource: string;
  /** Delegated permissions; absent or `.default` means all that were consented to. */
  readonly scopes?: readonly string[];
  readonly version?: '1.0' | '2.0';
  readonly caeCapable?: boolean;
  readonly lifetimeSeconds?: number;
  /** Authentication contexts that the sign-in satisfied. */
  readonly contexts?: readonly string[];
  /** The client proved itself. */
  readonly confidential?: boolean;
}

export interface Issuer {
  /** An app-only token. Throws `AuthorityRefusal` for unknown or disabled clients and unknown resources. */
  toApp(wish: AppTokenWish): Promise<IssuedToken>;
  /**
   * A delegated token. Throws `AuthorityRefusal` for unknown, disabled or blocked users and unconsented
   * scopes.
   */
  toUser(wish: UserTokenWish): Promise<IssuedToken>;
  /** Signs any claims with the current key or the one given. */
  sign(claims: Claims, key?: SigningKey): Promise<string>;
}

const caeLifetimeSeconds = 24 * 3600;

/** Mints the tenant's tokens. Nobody disabled gets one; the lifetimes are those of fact sheet A.4. */
export function createIssuer(world: IssuerWorld): Issuer {
  const sign = (claims: Claims, key: SigningKey = world.keys.current()) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid })
      .sign(key.privateKey);

  return {
    sign,
    async toApp(wish) {
      const client = enabledClient(world, wish.client);
      const resource = knownResource(world, wish.resource);
      const frame = frameOf(world, resource, wish, wish.caeCapable === true, wish.lifetimeSeconds);
      const accessToken = await sign(appClaims(frame, client, appRoles(world, client, resource)));
      return { accessToken, expiresIn: frame.lifetimeSeconds, resource, scopes: [] };
    },
    async toUser(wish) {
      const user = enabledUser(world, wish.userId);
      const resource = knownResource(world, wish.resource);
      checkConditionalAccess(world, user, resource);
      const scopes = grantedScopes(resource, wish.scopes);
      const cae = resource.kind === 'graph' && wish.caeCapable !== false;
      const frame = frameOf(world, resource, wish, cae, wish.lifetimeSeconds);
      const client = { appId: wish.clientId, scopes, confidential: wish.confidential === true };
      const facts = {
        roles: resource.kind === 'api' ? world.principals.appRoles(user.id, 'api') : [],
        wids: resource.kind === 'graph' ? world.principals.directoryRoles(user.id) : [],
        acrs: wish.contexts ?? [],
      };
      const accessToken = await sign(userClaims(frame, user, client, facts));
      return { accessToken, expiresIn: frame.lifetimeSeconds, resource, scopes };
    },
  };
}

function enabledClient(world: IssuerWorld, idOrAppId: string): ServicePrincipal {
  const client = world.principals.servicePrincipal(idOrAppId);
  if (client === undefined) throw refusals.clientUnknown(idOrAppId);
  if (!client.accountEnabled) throw refusals.clientDisabled(client.appId);
  return client;
}

function enabledUser(world: IssuerWorld, id: string): UserPrincipal {
  const user = world.principals.user(id);
  if (user === undefined) throw refusals.userUnknown();
  if (!user.accountEnabled) throw refusals.userDisabled();
  return user;
}

function knownResource(world: IssuerWorld, identifier: string): Resource {
  const resource = findResource(world.resources, identifier);
  if (resource === undefined) throw refusals.resourceUnknown(identifier);
  return resource;
}

/** Judged anew for every token, as the service does when a session asks for the next one. */
function checkConditionalAccess(world: IssuerWorld, user: UserPrincipal, resource: Resource): void {
  const appId = resource.kind === 'graph' ? graphAppId : resource.audience;
  if (world.principals.blockingPolicy(user.id, appId) !== undefined) {
    throw refusals.blockedByPolicy();
  }
}

function appRoles(
  world: IssuerWorld,
  client: ServicePrincipal,
  resource: Resource,
): readonly string[] {
  if (resource.kind !== 'graph' && resource.kind !== 'api') return [];
  return world.principals.appRoles(client.id, resource.kind);
}

function grantedScopes(
  resource: Resource,
  asked: readonly string[] | undefined,
): readonly string[] {
  if (asked === undefined || asked.length === 0 || asked.includes('.default')) {
    if (resource.scopes.length === 0) throw refusals.consentMissing();
    return resource.scopes;
  }
  if (asked.some((scope) => !resource.scopes.includes(scope))) throw refusals.consentMissing();
  return asked;
}

function frameOf(
  world: IssuerWorld,
  resource: Resource,
  wish: { readonly version?: '1.0' | '2.0' },
  caeCapable: boolean,
  lifetimeSeconds?: number,
): TokenFrame {
  const uti = world.nextId();
  // Without CAE the lifetime is random between 60 and 90 minutes; the id is the seeded die.
  const spread = Number.parseInt(uti.slice(0, 4), 16) % 1800;
  return {
    tenantId: world.tenantId,
    origin: world.origin,
    audience: audienceFor(resource, wish.version ?? '2.0'),
    now: world.clock.now(),
    lifetimeSeconds: lifetimeSeconds ?? (caeCapable ? caeLifetimeSeconds : 3600 + spread),
    uti,
    version: wish.version ?? '2.0',
    caeCapable,
  };
}

/** A v1 token of our API carries the App ID URI, a v2 token the application id (fact sheet B.3). */
function audienceFor(resource: Resource, version: '1.0' | '2.0'): string {
  if (version === '2.0' || resource.kind !== 'api') return resource.audience;
  return `api://${resource.audience}`;
}
