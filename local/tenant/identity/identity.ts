import { createHash } from 'node:crypto';
import type { Service, TenantClock, TenantRequest, TenantResponse } from '../exchange.js';
import { createCallerReader, type CallerReader } from './caller.js';
import type { ClientCredential } from './client-authentication.js';
import { createIdentityService } from './identity-service.js';
import { createIssuer, type Issuer } from './issuer.js';
import { createKeyRing, type KeyRing } from './key-ring.js';
import { createManagedIdentity } from './managed-identity.js';
import { defaultOperatorPlane, type OperatorPlaneSettings } from './on-behalf-of.js';
import type { Principals } from './principals.js';
import { createResources } from './resources.js';
import { guidSequence, seededGuid, seededHex } from './seeded.js';
import { createSignIns, type SignIns } from './sign-ins.js';

export interface IdentityOptions {
  readonly seed: number;
  readonly origin: string;
  readonly clock: TenantClock;
  readonly principals: Principals;
  readonly tenantId: string;
  readonly apiAppId: string;
  /** Application id of the product's managed identity. */
  readonly ourAppId: string;
  readonly ourServicePrincipalId: string;
  readonly keys?: KeyRing;
  /** Divides how long a device waits between two polls; 1 when absent. */
  readonly speed?: number;
}

export interface Identity {
  readonly keys: KeyRing;
  readonly issuer: Issuer;
  readonly callers: CallerReader;
  readonly signIns: SignIns;
  readonly service: Service;
  /** `IDENTITY_ENDPOINT`, served by the control server. */
  readonly managedIdentity: (request: TenantRequest) => Promise<TenantResponse>;
  /** `IDENTITY_HEADER`. */
  readonly managedIdentityHeader: string;
  readonly foreignTenantId: string;
  /** What tests make of exchanges on behalf of a person; can be changed at any time. */
  readonly operatorPlane: OperatorPlaneSettings;
  /** Secret of the confidential client `apiAppId`, for `OPERATOR_ASSERTION=secret:...`. */
  readonly apiClientSecret: string;
}

/** The authority of one tenant: keys, tokens, sign-ins and the managed identity endpoint. */
export function createIdentity(options: IdentityOptions): Identity {
  const { seed, origin, clock, principals, tenantId } = options;
  const keys = options.keys ?? createKeyRing();
  const nextId = guidSequence(seed, 'identity');
  const issuer = createIssuer({
    tenantId,
    origin,
    clock,
    keys,
    principals,
    resources: createResources(options),
    nextId,
  });
  const signIns = createSignIns({ clock, principals, nextId });
  const managedIdentityHeader = seededHex(seed, 'identity-header').slice(0, 32).toUpperCase();
  const foreignTenantId = seededGuid(seed, 'foreign-tenant');
  const apiClientSecret = seededHex(seed, 'api-client-secret').slice(0, 40);
  const apiCredential: ClientCredential = {
    secretSha256: createHash('sha256').update(apiClientSecret).digest('hex'),
    federatedSubject: options.ourServicePrincipalId,
  };

  const operatorPlane = defaultOperatorPlane();

  return {
    keys,
    issuer,
    signIns,
    operatorPlane,
    callers: createCallerReader({ tenantId, origin, clock, keys, principals }),
    service: createIdentityService({
      tenantId,
      origin,
      clock,
      keys,
      principals,
      issuer,
      signIns,
      nextId,
      foreignTenantId,
      operatorPlane,
      devicePollSeconds: Math.max(0.1, 5 / (options.speed ?? 1)),
      credentialOf: (id) => (id === options.apiAppId ? apiCredential : undefined),
    }),
    managedIdentity: createManagedIdentity({
      clock,
      issuer,
      keys,
      principals,
      clientId: options.ourAppId,
      header: managedIdentityHeader,
    }),
    managedIdentityHeader,
    foreignTenantId,
    apiClientSecret,
  };
}
