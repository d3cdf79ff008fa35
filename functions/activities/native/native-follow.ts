import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { Incident } from '../../../shared/domain/incident/incident.js';
import { readMarks } from '../case-file.js';
import { cancelOnce } from './cancel-job.js';
import { lookAtJob } from './job-look.js';
import { readNativeWave } from './native-wave.js';
import type { ActivityServices } from '../services.js';

/**
 * Looks at a job with our own identity: it is followed whether or not a session is open. When the
 * commander cancelled, the service is asked to cancel it; what it wrote until then stays (backup fact
 * sheet 5.1), so it is followed to its end all the same.
 */
export async function followNativeJob(
  services: ActivityServices,
  { incidentId, planDigest, wave: number, kind, jobId }: ActivityInput<'followNativeJob'>,
): Promise<ActivityOutput<'followNativeJob'>> {
  const { pointId } = await readNativeWave(services, incidentId, { planDigest, wave: number });
  const of = { kind, pointId, jobId };
  const { look, words } = await lookAtJob(services, incidentId, `Wave ${number}`, of);
  if (words === null || look.end !== null) return look;
  await services.store.updateIncident(incidentId, (incident) => withSummary(incident, words));
  const { cancelled } = await readMarks(services, incidentId);
  if (cancelled) await cancelOnce(services, { incidentId, jobId, why: 'The commander cancelled' });
  return look;
}

const withSummary = (incident: Incident, summary: string): Incident => ({
  ...incident,
  steps: incident.steps.map((step) => (step.name === 'execute' ? { ...step, summary } : step)),
});
