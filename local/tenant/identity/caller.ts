import { createLocalJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import type { Caller, TenantClock, TenantRequest } from '../exchange.js';
import { issuerOf } from './claims.js';
import { keySetOf, type KeyRing } from './key-ring.js';
import type { Principals } from './principals.js';

/** Why a request has no caller. `revoked` is answered with a claims challenge by CAE resources. */
export type CallerRefusal = 'missing' | 'invalid' | 'audience' | 'expired' | 'revoked';

export type CallerVerdict =
  | { readonly caller: Caller; readonly refused: null }
  | { readonly caller: null; readonly refused: CallerRefusal };

export interface CallerReader {
  /**
   * Who the bearer token of a request speaks for, at a service with that audience. With `cae` the
   * service also refuses CAE-capable tokens whose session was revoked or whose identity was
   * disabled or deleted; without it a token lives until it expires (fact sheet A.4).
   */
  callerOf(
    request: TenantRequest,
    service: { readonly audience: string; readonly cae: boolean },
  ): Promise<CallerVerdict>;
}

interface CallerWorld {
  readonly tenantId: string;
  readonly origin: string;
  readonly clock: TenantClock;
  readonly keys: KeyRing;
  readonly principals: Principals;
}

interface Verified {
  readonly claims: JWTPayload;
  readonly generation: number;
}

const rememberedTokens = 256;
const clockToleranceSeconds = 300;

/** Reads callers; a verified token is remembered, its expiry and revocation are judged each time. */
export function createCallerReader(world: CallerWorld): CallerReader {
  const remembered = new Map<string, Verified>();

  async function verified(token: string): Promise<JWTPayload | null> {
    const known = remembered.get(token);
    if (known !== undefined && known.generation === world.keys.generation()) return known.claims;
    const claims = await verifiedClaims(world, token);
    if (claims === null) return null;
    if (remembered.size >= rememberedTokens) remembered.clear();
    remembered.set(token, { claims, generation: world.keys.generation() });
    return claims;
  }

  return {
    async callerOf(request, service) {
      const token = /^Bearer ([\w.-]+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
      if (token === undefined) return refuse('missing');
      const claims = await verified(token);
      if (claims === null) return refuse('invalid');
      if (!isCurrent(claims, world.clock.now())) return refuse('expired');
      if (claims.aud !== service.audience) return refuse('audience');
      const caller = callerFrom(claims);
      if (caller === null) return refuse('invalid');
      if (service.cae && isRevoked(world.principals, claims, caller)) return refuse('revoked');
      return { caller, refused: null };
    },
  };
}

function refuse(refused: CallerRefusal): CallerVerdict {
  return { caller: null, refused };
}

/** The claims of a token that this authority signed, also of one that expired; null for any other. */
export async function verifiedClaims(
  world: Pick<CallerWorld, 'tenantId' | 'origin' | 'clock' | 'keys'>,
  token: string,
): Promise<JWTPayload | null> {
  const keys = keySetOf(world.keys.all());
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      algorithms: ['RS256'],
      issuer: [
        issuerOf(world.origin, world.tenantId, '1.0'),
        issuerOf(world.origin, world.tenantId, '2.0'),
      ],
      requiredClaims: ['aud', 'exp', 'iat', 'nbf', 'oid', 'tid'],
      currentDate: new Date(world.clock.now()),
      clockTolerance: clockToleranceSeconds,
    });
    return payload['tid'] === world.tenantId ? payload : null;
  } catch (error) {
    // An expired token is genuine all the same: the caller learns "expired", not "invalid".
    if (error instanceof errors.JWTExpired) return error.payload;
    return null;
  }
}

/** Whether a token may still be used, with the clock tolerance of the services. */
export function isCurrent(claims: JWTPayload, now: number): boolean {
  const seconds = now / 1000;
  const { exp = 0, nbf = Infinity } = claims;
  return seconds < exp + clockToleranceSeconds && seconds >= nbf - clockToleranceSeconds;
}

function callerFrom(claims: JWTPayload): Caller | null {
  const appId = claims['azp'] ?? claims['appid'];
  if (typeof appId !== 'string' || typeof claims['oid'] !== 'string') return null;
  const roles = Array.isArray(claims['roles']) ? (claims['roles'] as string[]) : [];
  const audience = String(claims.aud);
  if (typeof claims['scp'] === 'string') {
    const scopes = claims['scp'].split(' ').filter((scope) => scope !== '');
    return { kind: 'user', userId: claims['oid'], appId, audience, scopes, roles };
  }
  return { kind: 'app', appId, servicePrincipalId: claims['oid'], audience, roles };
}

function isRevoked(principals: Principals, claims: JWTPayload, caller: Caller): boolean {
  const capable = Array.isArray(claims['xms_cc']) && claims['xms_cc'].includes('cp1');
  if (!capable) return false;
  if (caller.kind === 'app') {
    return principals.servicePrincipal(caller.servicePrincipalId)?.accountEnabled !== true;
  }
  const user = principals.user(caller.userId);
  if (user === undefined || !user.accountEnabled) return true;
  // `iat` has whole seconds, so a token of the very second of the revocation counts as earlier.
  return (claims.iat ?? 0) * 1000 < user.sessionsValidFrom;
}
