import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import {
  beganSince,
  describeJob,
  findEqual,
  isOver,
  type NativeJob,
} from '../../../shared/domain/native/native-job.js';
import { mayExecute } from '../approve/may-execute.js';
import { limitsOf, keepNativeWave, openObjects, readNativeWave } from './native-wave.js';
import { readPlan } from '../plan/plan-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';

/**
 * Looks for the recovery that a person started: adopted only when its backup and its objects equal the
 * wave. Any other recovery since then is named in a warning, once, and never counted as ours.
 */
export async function lookForHandOff(
  services: ActivityServices,
  { incidentId, planDigest, wave: number }: ActivityInput<'lookForHandOff'>,
): Promise<ActivityOutput<'lookForHandOff'>> {
  const wave = await readNativeWave(services, incidentId, { planDigest, wave: number });
  if (wave.recovery?.jobId) return { jobId: wave.recovery.jobId, stopped: null, note: null };
  const plan = await readPlan(services, incidentId, planDigest);
  const objects = await openObjects(services, incidentId, plan, wave);
  const since = wave.handedOverAt ?? isoNow(services);
  const jobs = await services.recovery.listJobs();
  const wanted = {
    kind: 'recovery' as const,
    targetAt: wave.targetAt,
    limits: limitsOf(objects),
    notBefore: since,
  };
  const job = findEqual(jobs, wanted);
  const stop = await mayExecute(services, incidentId, plan);
  if (job !== null) {
    const recovery = { askedAt: since, jobId: job.id };
    await keepNativeWave(services, incidentId, { ...wave, recovery });
    await services.store.append(incidentId, `hand-off:adopted:${job.id}`, {
      at: isoNow(services),
      kind: stop === null ? 'handOff.adopted' : 'handOff.adoptedLate',
      by: product,
      summary: `Wave ${number}: the ${describeJob(job)} equals the plan and is followed.${stop === null ? '' : ` It is found when nothing may be written: ${stop.why}`}`,
    });
    if (stop !== null) {
      const text = `The recovery job ${job.id} equals the plan but is found when nothing may be written: ${stop.why} It is followed all the same; look at what it does.`;
      await warn(services, incidentId, text);
    }
    return { jobId: job.id, stopped: null, note: null };
  }
  const others = jobs.filter(
    (other) => other.kind !== 'preview' && (!isOver(other) || beganSince(other, since)),
  );
  for (const other of others) await flag(services, incidentId, number, other);
  return { jobId: null, stopped: stop?.stopped ?? null, note: stop?.why ?? null };
}

async function flag(
  services: ActivityServices,
  incidentId: string,
  number: number,
  job: NativeJob,
): Promise<void> {
  const text = `A recovery that is NOT this plan was started by somebody: ${job.kind ?? 'unknown'} job ${job.id}. It is not counted as ours; look at what it does.`;
  await services.store.append(incidentId, `hand-off:other:${job.id}`, {
    at: isoNow(services),
    kind: 'handOff.otherJob',
    by: product,
    summary: `Wave ${number}: the ${describeJob(job)} does not equal the plan.`,
  });
  await warn(services, incidentId, text);
}

async function warn(services: ActivityServices, incidentId: string, text: string): Promise<void> {
  await services.store.updateIncident(incidentId, (incident) =>
    incident.warnings.includes(text)
      ? incident
      : { ...incident, warnings: [...incident.warnings, text] },
  );
}
