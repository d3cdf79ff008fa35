import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { readIncident } from '../case-file.js';
import { judgeWave } from '../execute/judge-wave.js';
import { mayBegin } from '../approve/may-execute.js';
import { findNativeWave, keepNativeWave, type NativeWave } from './native-wave.js';
import { readPlan, type PlanDocument } from '../plan/plan-file.js';
import type { ActivityServices } from '../services.js';
import type { WaveLine } from '../execute/wave-file.js';

/**
 * Opens a wave that the service itself recovers: asks whether the plan may be carried out, reads every
 * object, keeps what it was, and settles what no job is needed for. A native job cannot leave a part of an
 * object alone, so an object of which any part changed, or was not approved, is left out as a whole. A
 * recovery that was asked for already is taken up again, whatever has become of the approval.
 */
export async function openServiceWave(
  services: ActivityServices,
  input: ActivityInput<'openServiceWave'>,
): Promise<ActivityOutput<'openServiceWave'>> {
  const { incidentId, planDigest } = input;
  const known = await findNativeWave(services, incidentId, input);
  if (known?.recovery && !known.closed) {
    return { open: known.open.length, begun: true, stopped: null, note: null };
  }
  const plan = await readPlan(services, incidentId, planDigest);
  const stop = await mayBegin(services, incidentId, plan);
  if (stop !== null) return { open: 0, begun: false, stopped: stop.stopped, note: stop.why };

  const judged = await judgeWave(services, input, plan);
  const lines = new Map(judged.lines);
  const open: string[] = [];
  for (const [{ objectId }, marks] of judged.open) {
    const line = wholeOrNothing(objectId, marks, judged.tooMuchDrift);
    if (line === null) open.push(objectId);
    else lines.set(objectId, line);
  }
  const targetAt = await timeOfPoint(services, incidentId, plan);
  if (targetAt === null) {
    for (const objectId of open.splice(0)) {
      const detail = 'the backup of the plan is not among those of the service any more';
      lines.set(objectId, { objectId, result: 'failed', detail });
    }
  }
  const wave: NativeWave = {
    planDigest,
    wave: input.wave,
    run: judged.before.run,
    from: input.from,
    to: input.to,
    pointId: plan.body.recoveryPointId ?? '',
    targetAt: targetAt ?? '',
    lines: [...lines.values()],
    open,
    learned: {},
    missing: {},
    preview: null,
    comparedAt: null,
    recovery: null,
    handedOverAt: input.executor === 'handOff' ? (known?.handedOverAt ?? null) : null,
    ...(known?.handed && { handed: known.handed }),
    ...(known?.rounds && { rounds: known.rounds }),
    closed: false,
  };
  await keepNativeWave(services, incidentId, wave);
  return { open: open.length, begun: false, stopped: null, note: judged.tooMuchDrift };
}

function wholeOrNothing(
  objectId: string,
  { drifted, leftOut }: Pick<WaveLine, 'drifted' | 'leftOut'>,
  tooMuchDrift: string | null,
): WaveLine | null {
  if (drifted) {
    const detail = 'a part of it changed since the preview, and a native job leaves no part alone';
    return { objectId, result: 'changedSince', detail, drifted };
  }
  if (leftOut !== undefined) {
    const detail = `not approved: ${leftOut.join(', ')}; a native job leaves no part alone`;
    return { objectId, result: 'leftOut', detail, leftOut };
  }
  return tooMuchDrift === null ? null : { objectId, result: 'notReached', detail: tooMuchDrift };
}

/** When the plan's backup was made, null when the service does not have it any more. */
async function timeOfPoint(
  services: ActivityServices,
  incidentId: string,
  { body }: PlanDocument,
): Promise<string | null> {
  const listed = await services.recovery.listRecoveryPoints();
  if (listed.ok) {
    const point = listed.points.find(({ id }) => id === body.recoveryPointId);
    return point?.createdDateTime ?? null;
  }
  const { recoveryPoint } = await readIncident(services, incidentId);
  return recoveryPoint?.id === body.recoveryPointId ? recoveryPoint.createdDateTime : null;
}
