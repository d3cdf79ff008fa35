import type { ServicePrincipal, UserPrincipal } from './principals.js';

export type Claims = Record<string, unknown>;

/** Facts that every token of the tenant carries. Times in milliseconds. */
export interface TokenFrame {
  readonly tenantId: string;
  /** Origin of the authority; the v2 issuer hangs under it. */
  readonly origin: string;
  readonly audience: string;
  readonly now: number;
  readonly lifetimeSeconds: number;
  readonly uti: string;
  readonly version: '1.0' | '2.0';
  /** The client said it can answer a claims challenge (`xms_cc: cp1`). */
  readonly caeCapable: boolean;
}

/** Claims of an app-only token (inbound fact sheet B.3): roles, no `scp`, `idtyp` app. */
export function appClaims(
  frame: TokenFrame,
  client: ServicePrincipal,
  roles: readonly string[],
): Claims {
  const v1 = frame.version === '1.0';
  return {
    ...frameClaims(frame),
    ...(v1
      ? { appid: client.appId, appidacr: '2', app_displayname: client.displayName }
      : { azp: client.appId, azpacr: '2' }),
    idtyp: 'app',
    oid: client.id,
    sub: client.id,
    ...(roles.length > 0 ? { roles } : {}),
  };
}

/** Claims of a delegated token (inbound fact sheet B.3): `scp` and the user's `oid`. */
export function userClaims(
  frame: TokenFrame,
  user: UserPrincipal,
  client: {
    readonly appId: string;
    readonly scopes: readonly string[];
    /** It proved itself, by an assertion or a secret. */
    readonly confidential: boolean;
  },
  facts: {
    /** App roles on the resource. */
    readonly roles: readonly string[];
    /** Template ids of directory roles. */
    readonly wids: readonly string[];
    /** Authentication contexts that the sign-in satisfied. */
    readonly acrs: readonly string[];
  },
): Claims {
  const v1 = frame.version === '1.0';
  const proof = client.confidential ? '2' : '0';
  return {
    ...frameClaims(frame),
    ...(v1
      ? { appid: client.appId, appidacr: proof, upn: user.userPrincipalName }
      : { azp: client.appId, azpacr: proof, preferred_username: user.userPrincipalName }),
    idtyp: 'user',
    name: user.displayName,
    oid: user.id,
    scp: client.scopes.join(' '),
    sub: `${user.id.replaceAll('-', '')}.${client.appId.slice(0, 8)}`,
    ...Object.fromEntries(Object.entries(facts).filter(([, values]) => values.length > 0)),
  };
}

/** v2 issuer under the authority's origin; v1 tokens keep the issuer the cloud has. */
export function issuerOf(origin: string, tenantId: string, version: '1.0' | '2.0'): string {
  return version === '2.0' ? `${origin}/${tenantId}/v2.0` : `https://sts.windows.net/${tenantId}/`;
}

function frameClaims(frame: TokenFrame): Claims {
  const issuedAt = Math.floor(frame.now / 1000);
  return {
    aud: frame.audience,
    iss: issuerOf(frame.origin, frame.tenantId, frame.version),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + frame.lifetimeSeconds,
    tid: frame.tenantId,
    uti: frame.uti,
    ver: frame.version,
    ...(frame.caeCapable ? { xms_cc: ['cp1'] } : {}),
  };
}
