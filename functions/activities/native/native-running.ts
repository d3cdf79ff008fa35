import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { describeJob, isOver } from '../../../shared/domain/native/native-job.js';
import { mayExecute } from '../approve/may-execute.js';
import { readPlan } from '../plan/plan-file.js';
import type { ActivityServices } from '../services.js';

/**
 * Which jobs run in the tenant, whoever asked for them, and whether the plan, where one is named, may still
 * be carried out after them (safety.md I11).
 */
export async function findTenantJob(
  services: ActivityServices,
  { incidentId, planDigest }: ActivityInput<'findTenantJob'>,
): Promise<ActivityOutput<'findTenantJob'>> {
  const stop =
    planDigest === undefined
      ? null
      : await mayExecute(services, incidentId, await readPlan(services, incidentId, planDigest));
  const running = (await services.recovery.listJobs()).filter((job) => !isOver(job));
  return {
    running: running.length > 0,
    stopped: stop?.stopped ?? null,
    note: stop?.why ?? (running.length === 0 ? null : running.map(describeJob).join('; ')),
  };
}
