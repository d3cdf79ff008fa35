import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { Json } from '../../../shared/domain/json.js';
import { compareChange } from '../../../shared/domain/native/native-comparison.js';
import { findEqual, type NativeChange } from '../../../shared/domain/native/native-job.js';
import type { Residual, PlannedObject } from '../../../shared/domain/plan/plan.js';
import { readCurrentState } from '../plan/current-state.js';
import { putLines } from '../lines.js';
import {
  limitsOf,
  keepNativeWave,
  openObjects,
  readNativeWave,
  type NativeWave,
} from './native-wave.js';
import { readPlan } from '../plan/plan-file.js';
import { findingsOf } from '../execute/repairs.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import type { WaveLine } from '../execute/wave-file.js';

/**
 * Holds what the service would do against what was planned, both ways, and takes every object out of the
 * wave that does not fit: what it would do beyond the plan never runs, what it cannot do is left to
 * people by name. The preview may have taken an hour, so what the objects are is read once more.
 */
export async function compareNativePreview(
  services: ActivityServices,
  { incidentId, planDigest, wave: number, jobId }: ActivityInput<'compareNativePreview'>,
): Promise<ActivityOutput<'compareNativePreview'>> {
  const wave = await readNativeWave(services, incidentId, { planDigest, wave: number });
  const plan = await readPlan(services, incidentId, planDigest);
  const objects = await openObjects(services, incidentId, plan, wave);
  if (await isUnderWay(services, wave, objects)) return { open: wave.open.length, excluded: 0 };
  const changes: NativeChange[] = [];
  for await (const change of services.recovery.readChanges({ pointId: wave.pointId, jobId })) {
    changes.push(change);
  }
  const artefact = await putLines(services, incidentId, `native-preview-${number}`, changes);

  const byId = new Map(changes.map((change) => [change.objectId, change]));
  const wanted = new Set(objects.map(({ objectId }) => objectId.toLowerCase()));
  const strays = changes.filter(({ objectId }) => !wanted.has(objectId));
  const current = await readCurrentState(services, objects);

  const out: WaveLine[] = [];
  const learned: Record<string, { readonly [property: string]: Json }> = {};
  const missing: Record<string, readonly string[]> = {};
  for (const object of objects) {
    const { objectId } = object;
    const now = current.get(objectId);
    const isStill =
      now !== undefined &&
      findingsOf(object, now).every(({ finding }) => finding !== 'changedSince');
    const compared = compareChange(object, byId.get(objectId.toLowerCase()));
    if (!isStill || compared.verdict === 'changed') {
      const detail = compared.detail ?? 'it changed since the preview of the plan';
      out.push({ objectId, result: 'changedSince', detail, drifted: true });
    } else if (strays.length > 0) {
      const names = strays.slice(0, 3).map((stray) => `${stray.entityType} ${stray.objectId}`);
      const detail = `the job would also change ${names.join(', ')}, which no plan names`;
      out.push({ objectId, result: 'leftOut', detail });
    } else if (compared.verdict !== 'within') {
      out.push({ objectId, result: 'leftOut', detail: compared.detail });
    } else {
      if (Object.keys(compared.learned).length > 0) learned[objectId] = compared.learned;
      if (compared.missing.length > 0) missing[objectId] = compared.missing;
    }
  }
  const gone = new Set(out.map(({ objectId }) => objectId));
  const open = wave.open.filter((objectId) => !gone.has(objectId));
  await keepNativeWave(services, incidentId, {
    ...wave,
    lines: [...wave.lines, ...out],
    open,
    learned,
    missing,
    comparedAt: isoNow(services),
    recovery: null,
  });
  await leaveToPeople(services, incidentId, objects, out);
  await services.store.append(incidentId, `native:compared:${jobId}`, {
    at: isoNow(services),
    kind: 'native.compared',
    by: product,
    summary:
      `Wave ${number}: the service would change ${changes.length} objects; ${open.length} of ` +
      `${objects.length} fit the plan, ${out.length} are taken out. The service forgets its preview after about 7 days; it is kept here.`,
    artefact,
  });
  return { open: open.length, excluded: out.length };
}

/**
 * What was taken is compared no more: it may have written. One whose answer was lost is looked for a last
 * time; the service runs one job at a time, so once a later preview has ended it is listed or was never taken.
 */
async function isUnderWay(
  services: ActivityServices,
  { recovery, targetAt }: NativeWave,
  objects: readonly PlannedObject[],
): Promise<boolean> {
  if (recovery === null) return false;
  if (recovery.jobId !== null) return true;
  const jobs = await services.recovery.listJobs();
  const wanted = { targetAt, limits: limitsOf(objects), notBefore: recovery.askedAt };
  return findEqual(jobs, { ...wanted, kind: 'recovery' }) !== null;
}

async function leaveToPeople(
  services: ActivityServices,
  incidentId: string,
  objects: readonly PlannedObject[],
  out: readonly WaveLine[],
): Promise<void> {
  const names = new Map(objects.map(({ objectId, displayName }) => [objectId, displayName]));
  const residual = out
    .filter(({ result }) => result === 'leftOut')
    .map(({ objectId, detail }): Residual => ({
      kind: 'manual',
      objectId,
      what: `${names.get(objectId) ?? objectId} was taken out of the native recovery: ${detail ?? ''}.`,
      todo: 'Put back by hand what the plan names for it, or revise the plan to the executor auto.',
    }));
  if (residual.length === 0) return;
  await services.store.updateIncident(incidentId, (incident) => {
    const known = new Set(incident.residual.map(({ objectId, what }) => `${objectId} ${what}`));
    const added = residual.filter(({ objectId, what }) => !known.has(`${objectId} ${what}`));
    return { ...incident, residual: [...incident.residual, ...added] };
  });
}
