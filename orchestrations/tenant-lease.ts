import { callTenantJobs, call, nowIso, type Playbook, type Step } from './durable.js';

type Holder = Pick<Playbook, 'context' | 'incidentId' | 'policy'>;

/** Who holds the tenant's place: runs of one incident that ask for jobs of their own are different owners. */
export interface Claim {
  readonly owner: string;
  /** The approved plan that is carried out; absent when what is asked for needs no approval. */
  readonly planDigest?: string;
}

/**
 * Takes or renews the tenant's one place for native jobs (safety.md I11). An expired lease is taken over
 * only after the service said that no job runs: its holder may be dead, its job may not.
 */
export function* holdTenant(holder: Holder, { owner, ...plan }: Claim): Step<boolean> {
  const { incidentId } = holder;
  const ours = { incidentId: owner };
  const lease = yield* callTenantJobs(holder, 'acquire', { ...ours, now: nowIso(holder) });
  if (lease.granted || !lease.expired || lease.owner === null) return lease.granted;
  const { running } = yield* call(holder, 'findTenantJob', { incidentId, ...plan });
  if (running) return false;
  const taken = yield* callTenantJobs(holder, 'takeOver', {
    ...ours,
    now: nowIso(holder),
    from: lease.owner,
  });
  return taken.granted;
}

/** Gives the place back when this owner holds it; anybody else's stays. */
export function* leaveTenant(holder: Holder, { owner }: Claim): Step<void> {
  yield* callTenantJobs(holder, 'release', { incidentId: owner });
}
