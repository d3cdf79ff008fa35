import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import {
  describeJob,
  findEqual,
  isOver,
  type JobKind,
  type NativeJob,
  type ScopedIds,
} from '../../../shared/domain/native/native-job.js';
import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import { mayExecute } from '../approve/may-execute.js';
import { policyOf } from '../case-file.js';
import { touchesProtected } from '../execute/judge-object.js';
import {
  askedOf,
  entriesOf,
  keepNativeWave,
  openObjects,
  readNativeWave,
  type NativeWave,
} from './native-wave.js';
import { withoutSession } from './lender.js';
import { readPlan } from '../plan/plan-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';

/** A native job overwrites whatever changed since it was compared, so nothing is written on older eyes. */
const comparisonGoodForMs = 60_000;

type Started = ActivityOutput<'startNativeJob'>;

/**
 * Asks the service for one job of a wave. What is asked for is in the record and in the wave's document
 * before it is asked. After an answer that never came, and when the service says that a job runs already,
 * the list of jobs tells whether it is ours: it is adopted, never asked for twice (safety.md I6, I9, I11).
 */
export async function startNativeJob(
  services: ActivityServices,
  { incidentId, planDigest, wave: number, kind }: ActivityInput<'startNativeJob'>,
): Promise<Started> {
  const wave = await readNativeWave(services, incidentId, { planDigest, wave: number });
  const asked = askedOf(wave, kind);
  if (asked?.jobId) return started(asked.jobId);
  const plan = await readPlan(services, incidentId, planDigest);
  const objects = await openObjects(services, incidentId, plan, wave);
  if (objects.length === 0) return answer('none', 'nothing is left for a job');
  const entries = entriesOf(objects);

  if (asked !== null) {
    const job = await ours(services, wave, kind, entries, asked.askedAt);
    if (job !== null) return adopt(services, incidentId, wave, kind, job);
  }
  const stop = await mayExecute(services, incidentId, plan);
  if (stop !== null) {
    return { outcome: 'stopped', jobId: null, stopped: stop.stopped, note: stop.why };
  }
  const { policy } = await policyOf(services, incidentId, { fresh: true });
  const spared = objects.filter((object) => touchesProtected(object, policy));
  if (spared.length > 0) {
    await keepNativeWave(services, incidentId, without(wave, spared));
    return answer('stale', `${spared.length} objects are protected since the wave was opened.`);
  }
  if (kind === 'recovery' && !isFresh(wave, services.clock.now())) {
    await keepNativeWave(services, incidentId, { ...wave, preview: null, comparedAt: null });
    return answer('stale', 'The comparison with the plan is too old to write on.');
  }
  const noSession = await withoutSession(services, incidentId, policy);
  if (noSession !== null) return answer('session', noSession);

  const open = { ...wave, [kind]: asked ?? { askedAt: isoNow(services), jobId: null } };
  await keepNativeWave(services, incidentId, open);
  const attempt = await noteIntent(services, incidentId, open, kind, entries);
  const { pointId } = wave;
  const answered = await services.recovery.startJob({ incidentId, kind, pointId, entries });
  await noteOutcome(services, incidentId, attempt, kind, answered);
  if (answered.started) {
    await keepNativeWave(services, incidentId, {
      ...open,
      [kind]: { ...open[kind], jobId: answered.jobId },
    });
    return started(answered.jobId);
  }
  if (answered.why !== 'busy' && answered.why !== 'unknown') {
    // Nothing was taken, so a later attempt starts from nothing.
    await keepNativeWave(services, incidentId, { ...open, [kind]: asked });
    return answer(answered.why, answered.message);
  }
  const since = open[kind]?.askedAt ?? isoNow(services);
  const job = await ours(services, wave, kind, entries, since);
  if (job !== null) return adopt(services, incidentId, open, kind, job);
  // A definite refusal was not taken; only an answer that never came may have been.
  if (answered.why === 'busy') {
    await keepNativeWave(services, incidentId, { ...open, [kind]: asked });
  }
  return answer(answered.why, await whoRuns(services, answered.message));
}

/** The wave less these objects, to be previewed anew: a job must not carry what was not previewed so. */
function without(wave: NativeWave, spared: readonly PlannedObject[]): NativeWave {
  const gone = new Set(spared.map(({ objectId }) => objectId));
  const detail = 'protected since the plan was made';
  const lines = spared.map(({ objectId }) => ({ objectId, result: 'protected' as const, detail }));
  return {
    ...wave,
    lines: [...wave.lines, ...lines],
    open: wave.open.filter((objectId) => !gone.has(objectId)),
    preview: null,
    comparedAt: null,
  };
}

const isFresh = ({ comparedAt }: NativeWave, now: number): boolean =>
  comparedAt !== null && now - Date.parse(comparedAt) <= comparisonGoodForMs;

async function ours(
  services: ActivityServices,
  { targetAt }: NativeWave,
  kind: JobKind,
  entries: readonly ScopedIds[],
  notBefore: string,
): Promise<NativeJob | null> {
  const jobs = await services.recovery.listJobs();
  return findEqual(jobs, { kind, targetAt, entries, notBefore });
}

async function adopt(
  services: ActivityServices,
  incidentId: string,
  wave: NativeWave,
  kind: JobKind,
  job: NativeJob,
): Promise<Started> {
  const askedAt = wave[kind]?.askedAt ?? job.startedAt;
  await keepNativeWave(services, incidentId, { ...wave, [kind]: { askedAt, jobId: job.id } });
  await services.store.append(incidentId, `native:adopted:${job.id}`, {
    at: isoNow(services),
    kind: 'native.adopted',
    by: product,
    summary: `Wave ${wave.wave}: the ${describeJob(job)} is exactly what was asked for and is followed.`,
  });
  return started(job.id);
}

async function noteIntent(
  services: ActivityServices,
  incidentId: string,
  wave: NativeWave,
  kind: JobKind,
  entries: readonly ScopedIds[],
): Promise<string> {
  const at = isoNow(services);
  const attempt = `native:${wave.planDigest.slice(7, 19)}:${wave.wave}:${kind}:${at}`;
  const text = JSON.stringify({ pointId: wave.pointId, kind, entries });
  const objects = entries.reduce((sum, { ids }) => sum + ids.length, 0);
  await services.store.append(incidentId, `${attempt}:intent`, {
    at,
    kind: 'native.intent',
    by: product,
    summary: `Wave ${wave.wave}: a ${kind} job of ${objects} objects is asked for.`,
    artefact: await services.store.putArtefact(incidentId, `native-${kind}-${wave.wave}`, text),
  });
  return attempt;
}

async function noteOutcome(
  services: ActivityServices,
  incidentId: string,
  attempt: string,
  kind: JobKind,
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

const answer = (outcome: Started['outcome'], note: string): Started => ({
  outcome,
  jobId: null,
  stopped: null,
  note,
});
