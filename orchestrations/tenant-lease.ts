import { callTenantJobs, call, nowIso, type Playbook, type Step } from './durable.js';

type Holder = Pick<Playbook, 'context' | 'incidentId' | 'policy'>;

/**
 * Takes or renews the tenant's one place for native jobs (safety.md I11). An expired lease is taken over
 * only after the service said that no job runs: its holder may be dead, its job may not.
 */
export function* holdTenant(holder: Holder, planDigest: string): Step<boolean> {
  const { incidentId } = holder;
  const lease = yield* callTenantJobs(holder, 'acquire', { incidentId, now: nowIso(holder) });
  if (lease.granted || !lease.expired || lease.owner === null) return lease.granted;
  const { running } = yield* call(holder, 'findTenantJob', { incidentId, planDigest });
  if (running) return false;
  const taken = yield* callTenantJobs(holder, 'takeOver', {
    incidentId,
    now: nowIso(holder),
    from: lease.owner,
  });
  return taken.granted;
}

export function* leaveTenant(holder: Holder): Step<void> {
  yield* callTenantJobs(holder, 'release', { incidentId: holder.incidentId });
}
