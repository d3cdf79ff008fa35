import type { TokenCredential } from '@azure/identity';
import type { TenantClock } from '../../local/tenant/exchange.js';
import type { FaultRule } from '../../local/tenant/faults.js';
import type { JournalEntry } from '../../local/tenant/journal.js';
import { createTenant, type Tenant } from '../../local/tenant/tenant.js';
import { createGraphClient, type GraphClient } from '../../shared/adapters/graph/client.js';
import { createGraphDirectory } from '../../shared/adapters/graph/directory.js';
import type { Quota } from '../../shared/domain/policy.js';
import type { Clock } from '../../shared/ports/clock.js';
import type { Directory } from '../../shared/ports/directory.js';
import { credentialOf, fetchFrom, origin } from '../support/tenant-in-process.js';

export { origin };

export const start = Date.UTC(2026, 10, 20, 20, 50);

/** What is published for the audit and sign-in reports (graph fact sheet B.2). */
export const reportQuota = async (): Promise<Quota> => ({ requests: 5, perSeconds: 10 });

/** One clock for the tenant and the product, that moves only when somebody sleeps. */
export class RigClock implements TenantClock, Clock {
  #now: number;
  readonly slept: number[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.#now += ms;
    return Promise.resolve();
  }
}

export interface TenantRig {
  readonly tenant: Tenant;
  readonly clock: RigClock;
  readonly credential: TokenCredential;
  readonly fetch: typeof fetch;
  readonly client: GraphClient;
  readonly directory: Directory;
  fail(...rules: FaultRule[]): void;
  /** What the tenant was asked, token requests left out. */
  requests(): readonly JournalEntry[];
}

/** The product's Graph adapters on a simulated tenant in the same process. */
export function tenantRig(options: { scenario?: string; users?: number } = {}): TenantRig {
  const { scenario = 'mixed', users = 48 } = options;
  const clock = new RigClock(start);
  const tenant = createTenant({ seed: 1, users, scenario, speed: 1, clock, origin, start });
  const fetcher = fetchFrom(tenant);
  const credential = credentialOf(tenant, clock);
  const client = createGraphClient({
    endpoint: origin,
    credential,
    clock,
    fetch: fetcher,
    random: () => 0.5,
  });
  const directory = createGraphDirectory({
    client,
    clock,
    credential,
    scope: `${origin}/.default`,
    apiAudience: tenant.world.ids.apiAppId,
    random: () => 0.5,
  });
  return {
    tenant,
    clock,
    credential,
    fetch: fetcher,
    client,
    directory,
    fail: (...rules) => tenant.faults.set(rules),
    requests: () => tenant.journal.since(0).filter(({ path }) => /^\/(v1\.0|beta)\//.test(path)),
  };
}
