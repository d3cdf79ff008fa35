import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { Incident } from '../../../shared/domain/incident/incident.js';
import { readMarks } from '../case-file.js';
import { lookAtJob } from './job-look.js';
import { readNativeWave } from './native-wave.js';
import { isoNow, product, type ActivityServices } from '../services.js';

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
  if (cancelled) await cancelOnce(services, incidentId, jobId);
  return look;
}

/** Asked once; a refusal leaves the job running, and the record says so. */
async function cancelOnce(
  services: ActivityServices,
  incidentId: string,
  jobId: string,
): Promise<void> {
  const key = `native:cancel:${jobId}`;
  const asked = await services.store.readDocument(incidentId, 'native-cancelled');
  if (asked !== null && (asked as { jobs?: readonly string[] }).jobs?.includes(jobId)) return;
  await services.store.append(incidentId, `${key}:intent`, {
    at: isoNow(services),
    kind: 'native.cancel',
    by: product,
    summary: `The commander cancelled: the service is asked to cancel job ${jobId}.`,
  });
  const { accepted, message } = await services.recovery.cancelJob({ incidentId, jobId });
  await services.store.updateDocument(incidentId, 'native-cancelled', (known) => {
    const jobs = (known as { jobs?: readonly string[] } | null)?.jobs ?? [];
    return { jobs: [...new Set([...jobs, jobId])] };
  });
  await services.store.append(incidentId, `${key}:outcome`, {
    at: isoNow(services),
    kind: accepted ? 'native.cancel.accepted' : 'native.cancel.refused',
    by: product,
    summary: accepted
      ? `The service takes the cancellation of job ${jobId}; what it wrote stays.`
      : `The service does not cancel job ${jobId} (${message}): it runs to its end.`,
  });
}

const withSummary = (incident: Incident, summary: string): Incident => ({
  ...incident,
  steps: incident.steps.map((step) => (step.name === 'execute' ? { ...step, summary } : step)),
});
