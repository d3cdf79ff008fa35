import { decodeJwt } from 'jose';
import { issuerOf } from '../identity/claims.js';
import { createSigningKey } from '../identity/key-ring.js';
import type { PersonName } from '../scenarios/world.js';
import { seededGuid } from '../identity/seeded.js';
import type { ControlWorld } from './control-world.js';
import { publicKeyAsSecretToken, unsignedToken } from './jws.js';

export const entraForgeries = [
  'genuine',
  'algNone',
  'publicKeyAsSecret',
  'expired',
  'notYetValid',
  'noExpiry',
  'wrongAudience',
  'wrongIssuer',
  'otherTenant',
  'unpublishedKey',
  'unknownKeyId',
  'version1',
  'graphToken',
  'appWithoutRole',
  'connectorToken',
] as const;
export type EntraForgery = (typeof entraForgeries)[number];

/**
 * A token for our API that is bad in exactly one way, made from a person's genuine one. Claims given
 * by the caller come last, so a test can invent its own.
 */
export async function forgeEntraToken(
  world: ControlWorld,
  kind: EntraForgery,
  person: PersonName,
  overrides: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { identity, apiAppId, teams } = world;
  const wish = { userId: teams.people[person].id, clientId: apiAppId };
  const { issuer, keys } = identity;
  const resource = kind === 'graphToken' ? graphOf(world) : apiAppId;
  const version = kind === 'version1' ? '1.0' : '2.0';
  const issued = await issuer.toUser({ ...wish, resource, version });
  const claims = { ...decodeJwt(issued.accessToken), ...overrides };
  const now = Math.floor(teams.clock.now() / 1000);

  switch (kind) {
    case 'algNone':
      return unsignedToken(claims);
    case 'publicKeyAsSecret':
      return publicKeyAsSecretToken(claims, keys.current());
    case 'expired':
      return issuer.sign({ ...claims, iat: now - 7200, nbf: now - 7200, exp: now - 3600 });
    case 'notYetValid':
      return issuer.sign({ ...claims, iat: now + 3600, nbf: now + 3600, exp: now + 7200 });
    case 'noExpiry':
      return issuer.sign({ ...claims, exp: undefined });
    case 'wrongAudience':
      return issuer.sign({ ...claims, aud: seededGuid(world.alert.seed, 'another-api') });
    case 'wrongIssuer':
      return issuer.sign({ ...claims, iss: 'https://login.example/v2.0' });
    case 'otherTenant':
      // Genuine in every respect but one: Entra's keys are shared by all tenants (fact sheet B.3).
      return issuer.sign({
        ...claims,
        tid: identity.foreignTenantId,
        iss: issuerOf(new URL(teams.team.serviceUrl).origin, identity.foreignTenantId, '2.0'),
      });
    case 'unpublishedKey':
      return issuer.sign(claims, { ...createSigningKey(), kid: keys.current().kid });
    case 'unknownKeyId':
      return issuer.sign(claims, createSigningKey());
    case 'appWithoutRole':
      return (await issuer.toApp({ client: world.otherAppId, resource: apiAppId })).accessToken;
    case 'connectorToken':
      return teams.authority.sign({ ...teams.authority.claims(), aud: apiAppId, ...overrides });
    case 'genuine':
    case 'version1':
    case 'graphToken':
      return issuer.sign(claims);
  }
}

function graphOf(world: ControlWorld): string {
  return new URL(world.teams.team.serviceUrl).origin;
}
