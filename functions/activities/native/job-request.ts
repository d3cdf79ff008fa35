import type { ActivityOutput } from '../../../shared/contracts/catalogue.js';
import {
  describeJob,
  findEqual,
  isOver,
  type JobLimits,
  type NativeJob,
} from '../../../shared/domain/native/native-job.js';
import type { NewJob } from '../../../shared/ports/recovery-service.js';
import { isoNow, product, type ActivityServices } from '../services.js';

/** One job: when it was first asked for, and its id once that is known. */
export interface AskedJob {
  readonly askedAt: string;
  readonly jobId: string | null;
}

/** A job that is to be asked for, and where it is written down that it was. */
export interface JobRequest {
  readonly job: NewJob;
  /** The recovery point's time, which is all that jobs carry of it. */
  readonly targetAt: string;
  /** Null before the first attempt. */
  readonly asked: AskedJob | null;
  /** What it is for, as the record's lines begin. */
  readonly purpose: string;
  /** Record keys begin with it. */
  readonly key: string;
  /** Name of the artefact that holds the exact request. */
  readonly artefact: string;
  readonly keep: (asked: AskedJob | null) => Promise<void>;
}

export type Started = ActivityOutput<'startNativeJob'>;

/**
 * The job of an earlier attempt, when one was made and the service has it: followed, never asked for twice
 * (safety.md I6). Null when it has to be asked for.
 */
export async function adoptAsked(
  services: ActivityServices,
  request: JobRequest,
): Promise<Started | null> {
  const { asked } = request;
  if (asked === null) return null;
  if (asked.jobId !== null) return started(asked.jobId);
  const job = await ours(services, request, asked.askedAt);
  return job === null ? null : adopt(services, request, asked, job);
}

/**
 * Asks the service for a job. What is asked for is in the record and in the request's document before it is
 * asked. After an answer that never came, and when the service says that a job runs already, the list of
 * jobs tells whether it is ours (safety.md I6, I9, I11).
 */
export async function askForJob(services: ActivityServices, request: JobRequest): Promise<Started> {
  const { keep } = request;
  const asked = request.asked ?? { askedAt: isoNow(services), jobId: null };
  await keep(asked);
  const attempt = await noteIntent(services, request);
  const answered = await services.recovery.startJob(request.job);
  await noteOutcome(services, request, attempt, answered);
  if (answered.started) {
    await keep({ ...asked, jobId: answered.jobId });
    return started(answered.jobId);
  }
  if (answered.why !== 'busy' && answered.why !== 'unknown') {
    // Nothing was taken, so a later attempt starts from nothing.
    await keep(request.asked);
    return notStarted(answered.why, answered.message);
  }
  const job = await ours(services, request, asked.askedAt);
  if (job !== null) return adopt(services, request, asked, job);
  // A definite refusal was not taken; only an answer that never came may have been.
  if (answered.why === 'busy') await keep(request.asked);
  return notStarted(answered.why, await whoRuns(services, answered.message));
}

/** Whether the service has the job that was asked for. */
export async function ours(
  services: Pick<ActivityServices, 'recovery'>,
  { job: { kind, limits }, targetAt }: Pick<JobRequest, 'job' | 'targetAt'>,
  notBefore: string,
): Promise<NativeJob | null> {
  return findEqual(await services.recovery.listJobs(), { kind, targetAt, limits, notBefore });
}

async function adopt(
  services: ActivityServices,
  { job: { incidentId }, purpose, keep }: JobRequest,
  { askedAt }: AskedJob,
  job: NativeJob,
): Promise<Started> {
  await keep({ askedAt, jobId: job.id });
  await services.store.append(incidentId, `native:adopted:${job.id}`, {
    at: isoNow(services),
    kind: 'native.adopted',
    by: product,
    summary: `${purpose}: the ${describeJob(job)} is exactly what was asked for and is followed.`,
  });
  return started(job.id);
}

async function noteIntent(services: ActivityServices, request: JobRequest): Promise<string> {
  const { job, purpose, key, artefact } = request;
  const { incidentId, pointId, kind, limits } = job;
  const at = isoNow(services);
  const attempt = `${key}:${kind}:${at}`;
  const text = JSON.stringify({ pointId, kind, limits });
  await services.store.append(incidentId, `${attempt}:intent`, {
    at,
    kind: 'native.intent',
    by: product,
    summary: `${purpose}: a ${kind} job of ${amountOf(limits)} is asked for.`,
    artefact: await services.store.putArtefact(incidentId, artefact, text),
  });
  return attempt;
}

const amountOf = (limits: JobLimits): string =>
  limits.kind === 'types'
    ? `all objects of ${limits.types.join(', ')}`
    : `${limits.entries.reduce((sum, { ids }) => sum + ids.length, 0)} objects`;

async function noteOutcome(
  services: ActivityServices,
  { job: { incidentId, kind } }: JobRequest,
  attempt: string,
  answered: Awaited<ReturnType<ActivityServices['recovery']['startJob']>>,
): Promise<void> {
  const words = answered.started
    ? `the ${kind} job ${answered.jobId} was taken.`
    : `${answered.why}: ${answered.message}`;
  await services.store.append(incidentId, `${attempt}:outcome`, {
    at: isoNow(services),
    kind: answered.started ? 'native.outcome' : `native.outcome.${answered.why}`,
    by: product,
    summary: `Asked: ${words}`,
  });
}

async function whoRuns(services: ActivityServices, message: string): Promise<string> {
  const running = (await services.recovery.listJobs()).filter((job) => !isOver(job));
  return running.length === 0
    ? message
    : `${message} Running: ${running.map(describeJob).join('; ')}`;
}

const started = (jobId: string): Started => ({
  outcome: 'started',
  jobId,
  stopped: null,
  note: null,
});

export const notStarted = (outcome: Started['outcome'], note: string | null): Started => ({
  outcome,
  jobId: null,
  stopped: null,
  note,
});
