import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { withWarning } from '../../../shared/domain/incident/incident-changes.js';
import {
  beganSince,
  describeJob,
  findEqual,
  isOver,
  type NativeJob,
} from '../../../shared/domain/native/native-job.js';
import { compareChange } from '../../../shared/domain/native/native-comparison.js';
import { mayExecute, type Stop } from '../approve/may-execute.js';
import { policyOf } from '../case-file.js';
import type { WaveLine } from '../execute/wave-file.js';
import { readPlan, type PlanDocument } from '../plan/plan-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { warnUrgently } from '../warn-urgently.js';
import { outdated, protectedNow, settledBy } from './hand-off-recheck.js';
import {
  keepNativeWave,
  limitsOf,
  openObjects,
  readNativeWave,
  type NativeWave,
} from './native-wave.js';

type Looked = ActivityOutput<'lookForHandOff'>;

/**
 * Looks for the recovery that a person started: adopted only when its backup and its objects equal a list
 * that was handed over. Any other recovery since then is named in a warning, once, and never counted as
 * ours. While there is none, what became protected or was changed leaves the list, and the rest is to be
 * handed over again (`again`).
 */
export async function lookForHandOff(
  services: ActivityServices,
  { incidentId, planDigest, wave: number }: ActivityInput<'lookForHandOff'>,
): Promise<Looked> {
  const wave = await readNativeWave(services, incidentId, { planDigest, wave: number });
  if (wave.recovery?.jobId) return { jobId: wave.recovery.jobId, stopped: null, note: null };
  const plan = await readPlan(services, incidentId, planDigest);
  const since = wave.handedOverAt ?? isoNow(services);
  const jobs = await services.recovery.listJobs();
  const found = await findHandedOver(services, incidentId, plan, wave, { jobs, since });
  const stop = await mayExecute(services, incidentId, plan);
  if (found !== null) {
    const told = await toldByReport(services, incidentId, plan, wave, { ...found, jobs, since });
    await adopt(services, incidentId, plan, { ...wave, ...told }, { ...found, since, stop });
    return { jobId: found.job.id, stopped: null, note: null };
  }
  const others = jobs.filter(
    (other) => other.kind !== 'preview' && (!isOver(other) || beganSince(other, since)),
  );
  for (const other of others) await flag(services, incidentId, number, other);
  if (stop !== null) return { jobId: null, stopped: stop.stopped, note: stop.why };
  return {
    jobId: null,
    stopped: null,
    note: null,
    ...(await narrowed(services, incidentId, plan, wave)),
  };
}

interface Found {
  readonly job: NativeJob;
  /** The object ids that it is limited to, as they were handed over. */
  readonly ids: readonly string[];
}

/** People may have started the newest list or, not having seen that one yet, an earlier one. */
async function findHandedOver(
  services: ActivityServices,
  incidentId: string,
  plan: PlanDocument,
  wave: NativeWave,
  { jobs, since }: { readonly jobs: readonly NativeJob[]; readonly since: string },
): Promise<Found | null> {
  const { targetAt } = wave;
  for (const ids of [wave.open, ...(wave.handed ?? []).toReversed()]) {
    const objects = await openObjects(services, incidentId, plan, { ...wave, open: ids });
    const limits = limitsOf(objects);
    const job = findEqual(jobs, { kind: 'recovery', targetAt, limits, notBefore: since });
    if (job !== null) return { job, ids };
  }
  return null;
}

/**
 * What the difference report says that the person made of the same objects before the recovery: the values
 * that only the backup knows, and what the service does not put back.
 */
async function toldByReport(
  services: ActivityServices,
  incidentId: string,
  plan: PlanDocument,
  wave: NativeWave,
  about: Found & { readonly jobs: readonly NativeJob[]; readonly since: string },
): Promise<Pick<NativeWave, 'learned' | 'missing'>> {
  const { targetAt, pointId } = wave;
  const objects = await openObjects(services, incidentId, plan, { ...wave, open: about.ids });
  const report = findEqual(about.jobs, {
    ...{ kind: 'preview', targetAt, limits: limitsOf(objects), notBefore: about.since },
  });
  const learned: Record<string, NativeWave['learned'][string]> = {};
  const missing: Record<string, readonly string[]> = {};
  if (report?.status !== 'successful') return { learned, missing };
  const byId = new Map(objects.map((object) => [object.objectId.toLowerCase(), object]));
  for await (const change of services.recovery.readChanges({ pointId, jobId: report.id })) {
    const object = byId.get(change.objectId);
    if (object === undefined) continue;
    const compared = compareChange(object, change);
    if (Object.keys(compared.learned).length > 0) learned[object.objectId] = compared.learned;
    if (compared.missing.length > 0) missing[object.objectId] = compared.missing;
  }
  return { learned, missing };
}

/** What a job does is followed and counted also where it must not have been started; then loudly. */
async function adopt(
  services: ActivityServices,
  incidentId: string,
  plan: PlanDocument,
  wave: NativeWave,
  { job, ids, since, stop }: Found & { readonly since: string; readonly stop: Stop | null },
): Promise<void> {
  const { policy } = await policyOf(services, incidentId, { fresh: true });
  const spared = protectedNow(await openObjects(services, incidentId, plan, wave), policy);
  const settled = settledBy(wave, spared);
  const recovery = { askedAt: since, jobId: job.id };
  await keepNativeWave(services, incidentId, { ...settled, recovery });
  await services.store.append(incidentId, `hand-off:adopted:${job.id}`, {
    at: isoNow(services),
    kind: stop === null ? 'handOff.adopted' : 'handOff.adoptedLate',
    by: product,
    summary: `Wave ${wave.wave}: the ${describeJob(job)} equals the plan and is followed.${stop === null ? '' : ` It is found when nothing may be written: ${stop.why}`}`,
  });
  if (stop !== null) {
    const text = `The recovery job ${job.id} equals the plan but is found when nothing may be written: ${stop.why} It is followed all the same; look at what it does.`;
    await services.store.updateIncident(incidentId, (open) => withWarning(open, text));
  }
  const open = new Set(settled.open);
  const taken = ids.filter((objectId) => !open.has(objectId));
  if (taken.length > 0) await warnOfTaken(services, incidentId, settled.lines, job, taken);
}

async function warnOfTaken(
  services: ActivityServices,
  incidentId: string,
  lines: readonly WaveLine[],
  { id }: NativeJob,
  taken: readonly string[],
): Promise<void> {
  const why = new Map(lines.map(({ objectId, detail }) => [objectId, detail]));
  const named = taken.slice(0, 20).map((objectId) => `${objectId} (${why.get(objectId) ?? ''})`);
  const more = taken.length > named.length ? ` and ${taken.length - named.length} more` : '';
  await warnUrgently(services, incidentId, {
    key: `hand-off:touches:${id}`,
    kind: { told: 'handOff.touches', untold: 'handOff.touches.untold' },
    title: 'A recovery that was started by hand writes what must be left alone',
    text: `The recovery job ${id} also writes ${named.join(', ')}${more}. It is followed, these objects are not counted as recovered; cancel it at the service if it still runs, and look at what it did to them.`,
  });
}

/** Takes out of the list what is outdated; an interrupted look takes nothing out twice. */
async function narrowed(
  services: ActivityServices,
  incidentId: string,
  plan: PlanDocument,
  wave: NativeWave,
): Promise<Pick<Looked, 'open' | 'again'>> {
  const { policy } = await policyOf(services, incidentId, { fresh: true });
  const objects = await openObjects(services, incidentId, plan, wave);
  const lines = await outdated(services, objects, policy);
  const left = settledBy(wave, lines);
  if (lines.length > 0) {
    await services.store.append(
      incidentId,
      `hand-off:narrowed:${wave.planDigest.slice(7, 19)}:${wave.wave}:${left.open.length}`,
      {
        at: isoNow(services),
        kind: 'handOff.narrowed',
        by: product,
        summary: `Wave ${wave.wave}: ${lines.length} objects leave the hand-off: ${lines
          .slice(0, 5)
          .map(({ objectId, detail }) => `${objectId} (${detail ?? ''})`)
          .join(', ')}.`,
      },
    );
    await keepNativeWave(services, incidentId, left);
  }
  const handed = wave.handed?.at(-1)?.length ?? left.open.length;
  return { open: left.open.length, again: left.open.length > 0 && left.open.length < handed };
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
  await services.store.updateIncident(incidentId, (open) => withWarning(open, text));
}
