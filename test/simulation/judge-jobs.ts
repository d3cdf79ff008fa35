import type { Job } from '../../local/tenant/recovery/model.js';
import type { Case } from './case.js';
import type { Deployment } from './deployment.js';
import type { Finding } from './finding.js';
import { approvedPlans } from './judge-writes.js';

/** I1, I2 and I5 for what the recovery service was asked to write, and I11, by the tenant's own account. */
export function judgeJobs(deployment: Deployment, seen: Case): Finding[] {
  const { tenant, policy } = deployment;
  const findings: Finding[] = [...judgeOverlap(deployment)];
  const approvals = approvedPlans(seen, () => undefined);
  const protectedIds = new Set(
    [...policy.protected.breakGlassIds, ...policy.protected.neverTouchIds].map((id) =>
      id.toLowerCase(),
    ),
  );
  for (const job of tenant.world.recovery.jobs(0)) {
    if (job.kind === 'preview' && job.filter !== null) continue;
    const ids = idsOf(job);
    if (ids === null) {
      findings.push({ invariant: 'I1', what: `the job ${job.id} names no objects` });
      continue;
    }
    for (const id of ids) {
      if (protectedIds.has(id)) findings.push({ invariant: 'I5', what: `recovers ${id}` });
      const isApproved = approvals.some(
        ({ from, until, plan: { objects } }) =>
          job.startedAt >= from &&
          job.startedAt <= until &&
          objects.some(
            ({ objectId, route }) =>
              objectId.toLowerCase() === id &&
              route?.executor !== undefined &&
              route.executor !== 'surgical',
          ),
      );
      if (!isApproved) {
        findings.push({
          invariant: 'I1',
          what: `recovers ${id} natively outside every approved plan`,
        });
      }
    }
  }
  return findings;
}

/** A job that was asked for while another one ran is refused as a conflict. */
export function judgeOverlap({ tenant }: Deployment): Finding[] {
  return tenant.journal
    .since(0)
    .filter(
      ({ method, path, status }) =>
        method === 'POST' && status === 409 && /\/recovery(Preview)?Jobs$/i.test(path),
    )
    .map(({ at, path }) => ({
      invariant: 'I11',
      what: `${path} was asked for at ${at}, while another job ran`,
    }));
}

function idsOf({ filter }: Job): readonly string[] | null {
  if (filter?.kind !== 'ids') return null;
  return filter.values.flatMap(({ ids }) => ids.map((id) => id.toLowerCase()));
}
