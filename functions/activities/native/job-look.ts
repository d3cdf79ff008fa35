import type { ActivityOutput } from '../../../shared/contracts/catalogue.js';
import {
  describeJob,
  isOver,
  type JobKind,
  type JobStatus,
} from '../../../shared/domain/native/native-job.js';
import { isoNow, product, type ActivityServices } from '../services.js';

type Look = ActivityOutput<'followNativeJob'>;

/**
 * Reads one job with our own identity, whether or not a session is open, and records each status once.
 * `words` describe it for people; null when the service does not know it.
 */
export async function lookAtJob(
  services: ActivityServices,
  incidentId: string,
  purpose: string,
  of: { readonly kind: JobKind; readonly pointId: string; readonly jobId: string },
): Promise<{ readonly look: Look; readonly words: string | null }> {
  const job = await services.recovery.readJob(of);
  if (job === null) {
    return { look: { found: false, end: null, status: 'not known to the service' }, words: null };
  }
  const words = `${purpose}: ${describeJob(job)}.`;
  await services.store.append(incidentId, `native:status:${of.jobId}:${job.status}`, {
    at: isoNow(services),
    kind: 'native.status',
    by: product,
    summary: words,
  });
  const end = isOver(job) ? endOf(job.status) : null;
  return { look: { found: true, end, status: job.status }, words };
}

const endOf = (status: JobStatus): 'successful' | 'failed' | 'abandoned' =>
  status === 'successful' || status === 'failed' ? status : 'abandoned';
