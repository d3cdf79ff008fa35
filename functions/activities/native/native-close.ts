import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { CurrentObject, PlannedObject } from '../../../shared/domain/plan/plan.js';
import { readCurrentState } from '../plan/current-state.js';
import { recordWave, waveTotals } from '../execute/execution-progress.js';
import { putLines } from '../lines.js';
import {
  findNativeWave,
  keepNativeWave,
  openObjects,
  withLearned,
  type NativeWave,
} from './native-wave.js';
import { readPlan } from '../plan/plan-file.js';
import { findingsOf } from '../execute/repairs.js';
import { takeBack } from './take-back.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import type { WaveLine } from '../execute/wave-file.js';

const nothingLeft = 'every object was put right, changed or protected since it was handed over.';

/**
 * Says what became of every object of a wave. Only a job that ended as `successful` is believed, less the
 * changes it names as failed; after any other end each object is read, since a cancelled or failed job
 * may have written some (safety.md I9, I10). What a person was given is taken back.
 */
export async function closeServiceWave(
  services: ActivityServices,
  input: ActivityInput<'closeServiceWave'>,
): Promise<ActivityOutput<'closeServiceWave'>> {
  const { incidentId, planDigest, end, jobId, stopped } = input;
  const plan = await readPlan(services, incidentId, planDigest);
  const wave = await findNativeWave(services, incidentId, input);
  if (wave === null) {
    const totals = await waveTotals(services, incidentId, planDigest);
    return { ...totals, failedHere: 0, appliedHere: 0, stopped, note: input.note };
  }
  const objects = await openObjects(services, incidentId, plan, wave);
  const left =
    end === 'successful' && jobId !== null
      ? await believed(services, incidentId, wave, objects, jobId)
      : await readBack(services, wave, objects, end, input.note);
  const lines = [...wave.lines, ...left];
  const planned = plan.body.counts.objects;
  await recordWave(services, input, { run: wave.run, lines, planned, settled: stopped === null });
  const why = end === 'successful' ? null : (input.note ?? nothingLeft);
  const ended = await takeBack(services, incidentId, wave, why);
  await keepNativeWave(services, incidentId, { ...ended, closed: true });

  const failed = lines.filter(({ result }) => result === 'failed' || result === 'unknown');
  return {
    ...(await waveTotals(services, incidentId, planDigest)),
    failedHere: failed.length,
    appliedHere: lines.filter(({ result }) => result === 'applied').length,
    stopped,
    note: input.note ?? describe(failed),
  };
}

async function believed(
  services: ActivityServices,
  incidentId: string,
  wave: NativeWave,
  objects: readonly PlannedObject[],
  jobId: string,
): Promise<WaveLine[]> {
  const failures = new Map<string, string>();
  const changes = [];
  const recovery = { pointId: wave.pointId, jobId };
  const job = await services.recovery.readJob({ ...recovery, kind: 'recovery' });
  // The service refuses to list failures of a job that has none.
  if (job?.failedChanges !== 0) {
    for await (const change of services.recovery.readFailedChanges(recovery)) {
      failures.set(change.objectId, change.failure ?? 'the service gives no reason');
      changes.push(change);
    }
  }
  if (changes.length > 0) {
    await services.store.append(incidentId, `native:failed:${jobId}`, {
      at: isoNow(services),
      kind: 'native.failedChanges',
      by: product,
      summary: `Wave ${wave.wave}: ${changes.length} changes of job ${jobId} failed.`,
      artefact: await putLines(services, incidentId, `native-failed-${wave.wave}`, changes),
    });
  }
  return objects.map(({ objectId }) => {
    const failure = failures.get(objectId.toLowerCase());
    if (failure !== undefined) return { objectId, result: 'failed', detail: failure };
    return { objectId, result: 'applied', ...marksOf(wave, objectId) };
  });
}

/** What no successful job vouches for is what it is read to be. */
async function readBack(
  services: ActivityServices,
  wave: NativeWave,
  objects: readonly PlannedObject[],
  end: ActivityInput<'closeServiceWave'>['end'],
  note: string | null,
): Promise<WaveLine[]> {
  if (wave.recovery === null && wave.handedOverAt === null) {
    const result = end === 'failed' ? 'failed' : 'notReached';
    return objects.map(({ objectId }) => ({ objectId, result, detail: note }));
  }
  const current = await readCurrentState(services, objects);
  return objects.map((object) => lineAfter(wave, object, current.get(object.objectId), end, note));
}

function lineAfter(
  wave: NativeWave,
  object: PlannedObject,
  now: CurrentObject | undefined,
  end: ActivityInput<'closeServiceWave'>['end'],
  note: string | null,
): WaveLine {
  const { objectId } = object;
  const words = note ?? `the job ended as ${end}`;
  if (now === undefined) {
    return { objectId, result: 'unknown', detail: `${words}; the object could not be read` };
  }
  const resolved = withLearned(object, wave.learned[objectId]);
  const findings = findingsOf(resolved, now).map(({ finding }) => finding);
  if (findings.every((finding) => finding === 'asPlanned')) {
    // Without a job of ours, somebody else put it right.
    if (wave.recovery === null) return { objectId, result: 'present', detail: words };
    return { objectId, result: 'applied', ...marksOf(wave, objectId) };
  }
  if (findings.every((finding) => finding === 'asExpected')) {
    const result = end === 'failed' || end === 'lost' ? 'failed' : 'notReached';
    return { objectId, result, detail: words };
  }
  return {
    objectId,
    result: 'unknown',
    detail: `${words}; it is neither as before nor as planned`,
  };
}

function marksOf(
  { learned, missing }: NativeWave,
  objectId: string,
): Pick<WaveLine, 'detail' | 'learned' | 'partly'> {
  const absent = missing[objectId];
  const values = learned[objectId];
  return {
    detail: absent === undefined ? null : `the service does not put back ${absent.join(', ')}`,
    ...(absent !== undefined && { partly: true as const }),
    ...(values !== undefined && { learned: values }),
  };
}

function describe(failed: readonly WaveLine[]): string | null {
  const first = failed
    .slice(0, 5)
    .map((line) => `${line.objectId} (${line.detail ?? 'no detail'})`);
  return first.length === 0 ? null : `Failed: ${first.join(', ')}`;
}
