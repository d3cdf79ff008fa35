import { timingSafeEqual } from 'node:crypto';
import { json, type TenantClock, type TenantRequest, type TenantResponse } from '../exchange.js';
import { AuthorityRefusal } from './errors.js';
import type { Issuer } from './issuer.js';
import type { KeyRing } from './key-ring.js';
import type { Principals } from './principals.js';

interface ManagedIdentityWorld {
  readonly clock: TenantClock;
  readonly issuer: Issuer;
  readonly keys: KeyRing;
  readonly principals: Principals;
  /** Application id of the user-assigned identity. */
  readonly clientId: string;
  /** Secret of the platform, expected in `X-IDENTITY-HEADER`. */
  readonly header: string;
}

interface CachedToken {
  readonly accessToken: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly generation: number;
}

const lifetimeSeconds = 24 * 3600;

/**
 * The App Service form of the managed identity endpoint, api-version 2019-08-01. The platform
 * caches tokens per resource and they cannot be force-refreshed (fact sheet A.5), so roles that
 * were granted or removed show only in a token made after half of the cached one's life.
 */
export function createManagedIdentity(
  world: ManagedIdentityWorld,
): (request: TenantRequest) => Promise<TenantResponse> {
  const cache = new Map<string, CachedToken>();

  async function tokenFor(resource: string): Promise<CachedToken> {
    const now = world.clock.now();
    const cached = cache.get(resource);
    const generation = world.keys.generation();
    if (cached !== undefined && cached.generation === generation && isYoung(cached, now)) {
      return cached;
    }
    const issued = await world.issuer.toApp({ client: world.clientId, resource, lifetimeSeconds });
    const fresh = {
      accessToken: issued.accessToken,
      issuedAt: now,
      expiresAt: now + issued.expiresIn * 1000,
      generation,
    };
    cache.set(resource, fresh);
    return fresh;
  }

  return async (request) => {
    const query = request.url.searchParams;
    if (request.method !== 'GET') return refusal(405, 'Method not allowed.');
    if (!sameSecret(request.headers['x-identity-header'] ?? '', world.header)) {
      return refusal(401, 'The X-IDENTITY-HEADER is missing or wrong.');
    }
    if (query.get('api-version') !== '2019-08-01') {
      return refusal(400, 'The api-version is missing or not supported.');
    }
    const resource = query.get('resource') ?? '';
    if (resource === '') return refusal(400, 'The resource parameter is missing.');
    if (query.get('client_id') !== world.clientId || !isUsable(world)) {
      return refusal(400, 'No user-assigned managed identity found for the specified client id.');
    }
    try {
      const token = await tokenFor(resource);
      return json(
        200,
        {
          access_token: token.accessToken,
          expires_on: String(Math.floor(token.expiresAt / 1000)),
          resource,
          token_type: 'Bearer',
          client_id: world.clientId,
        },
        { 'cache-control': 'no-store' },
      );
    } catch (error) {
      if (error instanceof AuthorityRefusal) {
        return refusal(400, `AADSTS${error.aadsts}: ${error.message}`);
      }
      throw error;
    }
  };
}

function isYoung(token: CachedToken, now: number): boolean {
  return now - token.issuedAt < (token.expiresAt - token.issuedAt) / 2;
}

/** A cached token is no way around a disabled identity. */
function isUsable(world: ManagedIdentityWorld): boolean {
  return world.principals.servicePrincipal(world.clientId)?.accountEnabled === true;
}

function refusal(statusCode: number, message: string): TenantResponse {
  return json(statusCode, { statusCode, message });
}

function sameSecret(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}
