import { isCurrent, verifiedClaims } from './caller.js';
import type { ClientAuthenticationWorld } from './client-authentication.js';
import { refusals } from './errors.js';
import type { Principals } from './principals.js';
import { challengeFor } from './wishes.js';

/** RFC 7523 bearer grant, which Entra uses for exchanges on behalf of a user. */
export const onBehalfOfGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** How the authority treats a client that acts on behalf of a person. */
export interface OperatorPlaneSettings {
  /** Whether an administrator consented to the delegated permissions. */
  consented: boolean;
  /** The authentication context (`c1` to `c99`) that a policy asks for; null: none. */
  stepUp: string | null;
  /** Null: what the service gives, random between 60 and 90 minutes, longer for CAE clients. */
  tokenLifetimeSeconds: number | null;
}

export function defaultOperatorPlane(): OperatorPlaneSettings {
  return { consented: true, stepUp: null, tokenLifetimeSeconds: null };
}

/** Throws the refusals that a client can only answer with a person: consent and step-up. */
export function checkOperatorPlane(
  { consented, stepUp }: OperatorPlaneSettings,
  contexts: readonly string[],
): void {
  if (!consented) throw refusals.consentMissing();
  if (stepUp !== null && !contexts.includes(stepUp)) {
    throw refusals.stepUpNeeded(challengeFor(stepUp));
  }
}

interface AssertionWorld extends ClientAuthenticationWorld {
  readonly principals: Principals;
}

/**
 * The person of a user token that was issued for this very client
 * (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow). Throws
 * `AuthorityRefusal` for a token of somebody else's, for an application, expired or revoked.
 */
export async function readUserAssertion(
  world: AssertionWorld,
  assertion: string,
  clientId: string,
): Promise<{ userId: string; signedInAt: number; contexts: readonly string[] }> {
  const claims = await verifiedClaims(world, assertion);
  if (claims === null) throw refusals.userAssertionInvalid();
  if (!isCurrent(claims, world.clock.now())) throw refusals.userAssertionExpired();
  if (claims.aud !== clientId && claims.aud !== `api://${clientId}`) {
    throw refusals.userAssertionForOther();
  }
  const userId = claims['oid'];
  if (typeof claims['scp'] !== 'string' || typeof userId !== 'string') {
    throw refusals.userAssertionWithoutUser(clientId);
  }
  const signedInAt = (claims.iat ?? 0) * 1000;
  const user = world.principals.user(userId);
  if (user !== undefined && signedInAt < user.sessionsValidFrom) throw refusals.sessionRevoked();
  const contexts = claims['acrs'];
  return { userId, signedInAt, contexts: Array.isArray(contexts) ? (contexts as string[]) : [] };
}
