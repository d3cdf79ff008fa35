import type { TokenCredential } from '@azure/identity';
import type { Tenant } from '../../local/tenant/tenant.js';
import { operatorProof } from '../../shared/adapters/identity/credentials.js';
import { createOperatorExchange } from '../../shared/adapters/identity/operator-exchange.js';
import { createOperatorSessions } from '../../shared/adapters/identity/operator-sessions.js';
import type { Person } from '../../shared/domain/identities.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { EvidenceStore } from '../../shared/ports/evidence.js';
import { origin } from '../support/tenant-in-process.js';
import type { SimulatedPerson } from './people.js';

interface Parts {
  readonly tenant: Tenant;
  readonly store: EvidenceStore;
  readonly clock: Clock;
  readonly credential: TokenCredential;
  readonly fetch: typeof fetch;
}

const scopes = [
  'EntraBackup.Read.All',
  'EntraBackup.ReadWrite.Preview',
  'EntraBackup.ReadWrite.Recovery',
];
const key = Buffer.alloc(32, 7);

/**
 * Operator sessions as the product has them, exchanged at the tenant's own authority. A person's token is
 * the person's name here, so the real one that the exchange needs is made out of it first.
 */
export function simulatedSessions({ tenant, store, clock, credential, fetch }: Parts) {
  const { ids } = tenant.world;
  const exchange = createOperatorExchange({
    authority: `${origin}/${ids.tenantId}`,
    clientId: ids.apiAppId,
    proof: operatorProof({ kind: 'managedIdentity' }, credential),
    scopes: scopes.map((scope) => `${origin}/${scope}`),
    now: () => clock.now(),
    fetch,
  });

  async function tokenOf(authorization: string): Promise<string> {
    const name = authorization.replace(/^Bearer /, '');
    const issued = await tenant.identity.issuer.toUser({
      userId: tenant.people[name as SimulatedPerson].id,
      clientId: ids.apiAppId,
      resource: ids.apiAppId,
    });
    return issued.accessToken;
  }

  const sessions = createOperatorSessions({ store, clock, key, unavailable: null, exchange });
  return {
    ...sessions,
    lend: async (incidentId: string, by: Person, authorization: string) =>
      sessions.lend(incidentId, by, `Bearer ${await tokenOf(authorization)}`),
  };
}
