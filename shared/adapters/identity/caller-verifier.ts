import {
  createRemoteJWKSet,
  customFetch,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { sha256 } from '../../digest.js';
import { RewindError } from '../../errors.js';
import type { Caller, CallerVerifier } from '../../ports/callers.js';
import type { Clock } from '../../ports/clock.js';

export interface EntraTrust {
  readonly tenantId: string;
  /** Issuer, keys and tokens of the tenant hang under it. */
  readonly authorityHost: string;
  /** Application id of our API; `api://ID` is accepted too. */
  readonly audience: string;
  /** Client applications through which people may come; empty: any of the tenant. */
  readonly clientIds?: readonly string[];
  readonly clock: Clock;
  readonly fetch?: typeof fetch;
}

const skewSeconds = 120;
const longestTokenSeconds = 26 * 3600;
const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * Verifies Entra tokens for our API by the rules of inbound fact sheet B.3: RS256 only, issuer and `tid`
 * of our tenant only (signing keys are shared by all tenants of a cloud), our audience, lifetime with a
 * bounded skew, and the two kinds told apart. Anything else is null. Keys once fetched serve for a day
 * of outage and are fetched again for an unknown `kid`; when none can be had, it throws
 * IDENTITY_UNAVAILABLE, which lets nobody in.
 */
export function createCallerVerifier(trust: EntraTrust): CallerVerifier {
  const { tenantId, authorityHost, audience, clock } = trust;
  const tenant = tenantId.toLowerCase();
  const base = `${authorityHost.replace(/\/$/, '')}/${tenant}`;
  const keys = withOutageTold(
    createRemoteJWKSet(new URL(`${base}/discovery/v2.0/keys`), {
      cooldownDuration: 30_000,
      cacheMaxAge: 24 * 3600_000,
      timeoutDuration: 5000,
      ...(trust.fetch && { [customFetch]: trust.fetch }),
    }),
    'Entra',
  );
  const clients = (trust.clientIds ?? []).map((id) => id.toLowerCase());
  const versions = [
    { ver: '2.0', issuer: `${base}/v2.0` },
    { ver: '1.0', issuer: `https://sts.windows.net/${tenant}/` },
  ];

  return {
    async verify(authorization) {
      const token = bearerOf(authorization);
      if (token === null) return null;
      const claims = await claimsOf(token);
      const caller = claims === null ? null : callerOf(claims, token);
      if (caller?.kind !== 'person' || clients.length === 0) return caller;
      return clients.includes(caller.clientId) ? caller : null;
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
    } catch (error) {
      if (error instanceof RewindError) throw error;
      return null;
    }
  }
}

/** Tells keys that cannot be had from a key that is not among them: only the former may pass later. */
export function withOutageTold(keys: JWTVerifyGetKey, issuer: string): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      const answered =
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys;
      if (answered) throw error;
      throw keysUnavailable(issuer, error);
    }
  };
}

export const keysUnavailable = (issuer: string, cause: unknown): RewindError =>
  new RewindError('IDENTITY_UNAVAILABLE', `The signing keys of ${issuer} cannot be fetched.`, {
    cause,
    retryable: true,
  });

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
  const client = claims[claims['ver'] === '1.0' ? 'appid' : 'azp'];
  if (typeof client !== 'string' || !guid.test(client)) return null;
  const clientId = client.toLowerCase();
  const scoped = typeof claims['scp'] === 'string' && claims['scp'] !== '';
  if (scoped) {
    if (claims['idtyp'] === 'app') return null;
    const name = typeof claims['name'] === 'string' ? claims['name'] : id;
    return {
      kind: 'person',
      id: id.toLowerCase(),
      name: name.slice(0, 200),
      clientId,
      roles,
      proof,
    };
  }
  if (claims['idtyp'] !== undefined && claims['idtyp'] !== 'app') return null;
  if (claims.sub !== id) return null;
  return { kind: 'application', id: id.toLowerCase(), appId: clientId, roles, proof };
}

export function proofOf(claims: JWTPayload, token: string): Caller['proof'] {
  const tokenId = claims['uti'] ?? claims.jti;
  return {
    issuer: claims.iss ?? '',
    tokenIdHash: sha256(typeof tokenId === 'string' ? tokenId : token),
    issuedAt: claims.iat === undefined ? null : new Date(claims.iat * 1000).toISOString(),
  };
}
