import type { ActivityInput } from '../../../shared/contracts/catalogue.js';
import type { JobKind } from '../../../shared/domain/native/native-job.js';
import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import { mayBegin, mayExecute } from '../approve/may-execute.js';
import { policyOf } from '../case-file.js';
import { touchesProtected } from '../execute/judge-object.js';
import { readPlan } from '../plan/plan-file.js';
import type { ActivityServices } from '../services.js';
import { adoptAsked, askForJob, notStarted, type JobRequest, type Started } from './job-request.js';
import { withoutSession } from './lender.js';
import {
  askedOf,
  keepNativeWave,
  limitsOf,
  openObjects,
  readNativeWave,
  type NativeWave,
} from './native-wave.js';

/** A native job overwrites whatever changed since it was compared, so nothing is written on older eyes. */
const comparisonGoodForMs = 60_000;

/**
 * Asks the service for one job of a wave, or finds the one that was asked for (`askForJob`). Whether it may
 * be asked for is looked at first: the approval, what is protected by now, how old the comparison is, and
 * whose session it would run under.
 */
export async function startNativeJob(
  services: ActivityServices,
  { incidentId, planDigest, wave: number, kind }: ActivityInput<'startNativeJob'>,
): Promise<Started> {
  const wave = await readNativeWave(services, incidentId, { planDigest, wave: number });
  const plan = await readPlan(services, incidentId, planDigest);
  const objects = await openObjects(services, incidentId, plan, wave);
  const request = requestFor(services, incidentId, wave, kind, objects);
  const taken = await adoptAsked(services, request);
  if (taken !== null) return taken;
  if (objects.length === 0) return notStarted('none', 'nothing is left for a job');

  const mayStart = kind === 'recovery' ? mayBegin : mayExecute;
  const stop = await mayStart(services, incidentId, plan);
  if (stop !== null) return { ...notStarted('stopped', stop.why), stopped: stop.stopped };
  const { policy } = await policyOf(services, incidentId, { fresh: true });
  const spared = objects.filter((object) => touchesProtected(object, policy));
  if (spared.length > 0) {
    await keepNativeWave(services, incidentId, without(wave, spared));
    return notStarted('stale', `${spared.length} objects are protected since the wave was opened.`);
  }
  if (kind === 'recovery' && !isFresh(wave, services.clock.now())) {
    await keepNativeWave(services, incidentId, { ...wave, preview: null, comparedAt: null });
    return notStarted('stale', 'The comparison with the plan is too old to write on.');
  }
  const noSession = await withoutSession(services, incidentId, policy);
  return noSession === null ? askForJob(services, request) : notStarted('session', noSession);
}

function requestFor(
  services: ActivityServices,
  incidentId: string,
  wave: NativeWave,
  kind: JobKind,
  objects: readonly PlannedObject[],
): JobRequest {
  const { pointId, targetAt, wave: number, planDigest } = wave;
  return {
    job: { incidentId, pointId, kind, limits: limitsOf(objects) },
    targetAt,
    asked: askedOf(wave, kind),
    purpose: `Wave ${number}`,
    key: `native:${planDigest.slice(7, 19)}:${number}`,
    artefact: `native-${kind}-${number}`,
    keep: (asked) => keepNativeWave(services, incidentId, { ...wave, [kind]: asked }),
  };
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
