import { createRemoteJWKSet, customFetch, jwtVerify, type JWTPayload } from 'jose';
import { sha256 } from '../../digest.js';
import type { Caller, CallerVerifier } from '../../ports/callers.js';
import type { Clock } from '../../ports/clock.js';

export interface EntraTrust {
  readonly tenantId: string;
  /** Issuer, keys and tokens of the tenant hang under it. */
  readonly authorityHost: string;
  /** Application id of our API; `api://ID` is accepted too. */
  readonly audience: string;
  readonly clock: Clock;
  readonly fetch?: typeof fetch;
}

const skewSeconds = 120;
const longestTokenSeconds = 26 * 3600;
const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * Verifies Entra tokens for our API by the rules of inbound fact sheet B.3: RS256 only, issuer and `tid`
 * of our tenant only (signing keys are shared by all tenants of a cloud), our audience, lifetime with a
 * bounded skew, and the two kinds told apart. Anything else, also when the keys cannot be fetched, is
 * null: the door stays closed.
 */
export function createCallerVerifier(trust: EntraTrust): CallerVerifier {
  const { tenantId, authorityHost, audience, clock } = trust;
  const tenant = tenantId.toLowerCase();
  const base = `${authorityHost.replace(/\/$/, '')}/${tenant}`;
  const keys = createRemoteJWKSet(new URL(`${base}/discovery/v2.0/keys`), {
    cooldownDuration: 30_000,
    cacheMaxAge: 24 * 3600_000,
    timeoutDuration: 5000,
    ...(trust.fetch && { [customFetch]: trust.fetch }),
  });
  const versions = [
    { ver: '2.0', issuer: `${base}/v2.0` },
    { ver: '1.0', issuer: `https://sts.windows.net/${tenant}/` },
  ];

  return {
    async verify(authorization) {
      const token = bearerOf(authorization);
      if (token === null) return null;
      const claims = await claimsOf(token);
      return claims === null ? null : callerOf(claims, token);
    },
  };

  async function claimsOf(token: string): Promise<JWTPayload | null> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        algorithms: ['RS256'],
        issuer: versions.map(({ issuer }) => issuer),
        audience: [audience, `api://${audience}`],
        clockTolerance: skewSeconds,
        maxTokenAge: longestTokenSeconds,
        requiredClaims: ['exp', 'iat', 'nbf', 'oid', 'tid', 'ver'],
        currentDate: new Date(clock.now()),
      });
      const version = versions.find(({ issuer }) => issuer === payload.iss);
      const ours = payload['tid'] === tenant && payload['ver'] === version?.ver;
      return ours && protectedHeader.kid !== undefined ? payload : null;
    } catch {
      // Bad tokens and unreachable keys end alike: whoever it is, they are not known here.
      return null;
    }
  }
}

export function bearerOf(authorization: string | null): string | null {
  const match = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)$/i.exec(
    authorization ?? '',
  );
  return match?.[1] ?? null;
}

/**
 * A person has a scope; an application has none and is its own subject, which an ID token of a person
 * is not. A token that claims both kinds is neither.
 */
function callerOf(claims: JWTPayload, token: string): Caller | null {
  const id = claims['oid'];
  if (typeof id !== 'string' || !guid.test(id)) return null;
  const roles = Array.isArray(claims['roles'])
    ? claims['roles'].filter((role): role is string => typeof role === 'string')
    : [];
  const proof = proofOf(claims, token);
  const scoped = typeof claims['scp'] === 'string' && claims['scp'] !== '';
  if (scoped) {
    if (claims['idtyp'] === 'app') return null;
    const name = typeof claims['name'] === 'string' ? claims['name'] : id;
    return { kind: 'person', id: id.toLowerCase(), name: name.slice(0, 200), roles, proof };
  }
  const appId = claims['azp'] ?? claims['appid'];
  if (typeof appId !== 'string' || !guid.test(appId)) return null;
  if (claims['idtyp'] !== undefined && claims['idtyp'] !== 'app') return null;
  if (claims.sub !== id) return null;
  return { kind: 'application', id: id.toLowerCase(), appId: appId.toLowerCase(), roles, proof };
}

export function proofOf(claims: JWTPayload, token: string): Caller['proof'] {
  const tokenId = claims['uti'] ?? claims.jti;
  return {
    issuer: claims.iss ?? '',
    tokenIdHash: sha256(typeof tokenId === 'string' ? tokenId : token),
    issuedAt: claims.iat === undefined ? null : new Date(claims.iat * 1000).toISOString(),
  };
}
