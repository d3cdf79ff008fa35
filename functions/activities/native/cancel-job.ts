import { isoNow, product, type ActivityServices } from '../services.js';

/** The jobs of an incident that the service was asked to cancel. */
const documentName = 'native-cancelled';

/**
 * Asks the service to cancel a job, under the lent session, and once only; `why` begins the record's line. A
 * refusal leaves the job running, and the record says so. What a job wrote until then stays (backup fact
 * sheet 5.1), so it is followed to its end all the same.
 */
export async function cancelOnce(
  services: ActivityServices,
  { incidentId, jobId, why }: { incidentId: string; jobId: string; why: string },
): Promise<void> {
  if (await isCancelled(services, incidentId, jobId)) return;
  const key = `native:cancel:${jobId}`;
  await services.store.append(incidentId, `${key}:intent`, {
    at: isoNow(services),
    kind: 'native.cancel',
    by: product,
    summary: `${why}: the service is asked to cancel job ${jobId}.`,
  });
  const { accepted, message } = await services.recovery.cancelJob({ incidentId, jobId });
  await services.store.updateDocument(incidentId, documentName, (known) => ({
    jobs: [...new Set([...jobsOf(known), jobId])],
  }));
  await services.store.append(incidentId, `${key}:outcome`, {
    at: isoNow(services),
    kind: accepted ? 'native.cancel.accepted' : 'native.cancel.refused',
    by: product,
    summary: accepted
      ? `The service takes the cancellation of job ${jobId}; what it wrote stays.`
      : `The service does not cancel job ${jobId} (${message}): it runs to its end.`,
  });
}

/** Whether the service was asked to cancel this job. */
export async function isCancelled(
  { store }: Pick<ActivityServices, 'store'>,
  incidentId: string,
  jobId: string,
): Promise<boolean> {
  return jobsOf(await store.readDocument(incidentId, documentName)).includes(jobId);
}

const jobsOf = (document: unknown): readonly string[] =>
  (document as { readonly jobs?: readonly string[] } | null)?.jobs ?? [];
