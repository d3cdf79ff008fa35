import { createHash, timingSafeEqual } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { TenantClock } from '../exchange.js';
import { issuerOf } from './claims.js';
import { refusals } from './errors.js';
import { keySetOf, type KeyRing } from './key-ring.js';

/** What a confidential client may prove itself with. */
export interface ClientCredential {
  /** SHA-256 in hex of the client secret. */
  readonly secretSha256?: string;
  /** Object id of the managed identity that the application trusts (federated credential). */
  readonly federatedSubject?: string;
}

export interface ClientAuthenticationWorld {
  readonly tenantId: string;
  readonly origin: string;
  readonly clock: TenantClock;
  readonly keys: KeyRing;
  readonly credentialOf: (clientId: string) => ClientCredential | undefined;
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Proves a confidential client by secret or federated assertion. Throws `AuthorityRefusal`. */
export async function authenticateClient(
  world: ClientAuthenticationWorld,
  form: URLSearchParams,
): Promise<void> {
  const credential = world.credentialOf(form.get('client_id') ?? '');
  const assertion = form.get('client_assertion');
  const secret = form.get('client_secret');
  if (assertion !== null) {
    if (form.get('client_assertion_type') !== assertionType)
      throw refusals.clientAssertionInvalid();
    await checkAssertion(world, credential, assertion);
  } else if (secret !== null) {
    checkSecret(credential, secret);
  } else {
    throw refusals.clientCredentialMissing();
  }
}

async function checkAssertion(
  world: ClientAuthenticationWorld,
  credential: ClientCredential | undefined,
  assertion: string,
): Promise<void> {
  if (credential?.federatedSubject === undefined) throw refusals.clientAssertionInvalid();
  const keys = keySetOf(world.keys.all());
  try {
    await jwtVerify(assertion, createLocalJWKSet(keys), {
      algorithms: ['RS256'],
      issuer: issuerOf(world.origin, world.tenantId, '2.0'),
      audience: 'api://AzureADTokenExchange',
      subject: credential.federatedSubject,
      requiredClaims: ['exp'],
      currentDate: new Date(world.clock.now()),
    });
  } catch {
    throw refusals.clientAssertionInvalid();
  }
}

function checkSecret(credential: ClientCredential | undefined, secret: string): void {
  const expected = Buffer.from(credential?.secretSha256 ?? '', 'hex');
  const given = createHash('sha256').update(secret).digest();
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    throw refusals.clientSecretInvalid();
  }
}
