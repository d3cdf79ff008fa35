import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { driftPercent } from '../../shared/domain/drift.js';
import type { PlannedObject } from '../../shared/domain/plan.js';
import { approvedPart, readApprovedLines } from './approved-part.js';
import { beforeImages } from './before-images.js';
import { policyOf } from './case-file.js';
import { readCurrentState } from './current-state.js';
import { noteEntitlements } from './entitlements.js';
import { recordWave, waveTotals } from './execution-progress.js';
import { judgeObject } from './judge-object.js';
import { mayExecute, mayGoOn } from './may-execute.js';
import { readPlan, readPlanned } from './plan-file.js';
import { writesFor } from './repairs.js';
import type { ActivityServices } from './services.js';
import type { WaveLine } from './wave-file.js';
import { sendWrites, type Sent } from './write-pacing.js';

/** After so many runs of a wave, writes that even alone get no answer are named and left behind. */
const mostRuns = 6;

/**
 * Puts one wave of an approved plan back: asks once more whether it still may, reads every object just
 * before, writes only what is still as the plan expects and was approved, within the write budget. When
 * too much has changed since the preview nothing is written. Safe to run again after a crash: what was
 * already written is found as planned and not written twice. Throws what broke the sending, after what
 * became of each object is stored.
 */
export async function executeRecovery(
  services: ActivityServices,
  input: ActivityInput<'executeRecovery'>,
): Promise<ActivityOutput<'executeRecovery'>> {
  const { incidentId, planDigest, wave, from, to } = input;
  const plan = await readPlan(services, incidentId, planDigest);
  const stop = await mayExecute(services, incidentId, plan);
  if (stop !== null) {
    const totals = await waveTotals(services, incidentId, planDigest);
    return { ...totals, failedHere: 0, stopped: stop.stopped, note: stop.why };
  }
  const { policy } = await policyOf(services, incidentId);
  const planned = plan.body.counts.objects;
  const objects = await readPlanned(services, incidentId, plan.body, from, to);
  const current = await readCurrentState(services, objects);
  const before = await beforeImages(services, input, objects, current);
  if (input.canary) await noteEntitlements(services, incidentId, planDigest, objects);

  const lines = new Map<string, WaveLine>();
  const open = new Map<PlannedObject, Pick<WaveLine, 'drifted' | 'leftOut'>>();
  const approved = await readApprovedLines(services, incidentId, planDigest, policy);
  for (const whole of objects) {
    const { object, leftOut } = approvedPart(whole, approved);
    const { objectId } = object;
    const marks = leftOut.length > 0 ? { leftOut } : {};
    if (object.deltas.every(({ action }) => action === null)) {
      const detail = `not approved: ${leftOut.join(', ')}`;
      lines.set(objectId, { objectId, result: 'leftOut', detail, ...marks });
      continue;
    }
    const { line, drifted } = judgeObject(object, current.get(objectId), before, policy);
    if (line !== null) lines.set(objectId, { objectId, ...line, ...marks });
    else open.set(object, { ...marks, ...(drifted !== null && { drifted: true as const }) });
  }

  const driftedHere = [...lines.values(), ...open.values()].filter(({ drifted }) => drifted).length;
  const driftedBefore = (await waveTotals(services, incidentId, planDigest, wave)).drifted;
  const drift = driftPercent(driftedBefore + driftedHere, planned);
  const isTooMuch = drift > policy.execution.reapproveAboveDriftPercent;
  const items = [...open.keys()].flatMap((object) => {
    const now = current.get(object.objectId);
    return now === undefined ? [] : writesFor(object, now).map((write) => ({ object, write }));
  });
  const sent = isTooMuch
    ? nothingSent(`${drift.toFixed(1)} % of the planned objects changed since the preview.`)
    : await sendWrites(services, {
        incidentId,
        label: `${planDigest.slice(7, 19)}:${wave}:${before.run}`,
        execution: policy.execution,
        items,
        isDoubtful: (objectId) => before.lineOf(objectId)?.result === 'unknown',
        lastRun: before.run >= mostRuns,
        stopBefore: () => mayGoOn(services, incidentId, plan, policy),
      });
  for (const [object, marks] of open) {
    lines.set(object.objectId, { ...sent.lineOf(object), ...marks });
  }
  const all = [...lines.values()];
  const settled = sent.failure === null;
  await recordWave(services, input, { run: before.run, lines: all, planned, settled });
  if (sent.failure !== null) throw sent.failure.error;

  const failed = all.filter(({ result }) => result === 'failed' || result === 'unknown');
  return {
    ...(await waveTotals(services, incidentId, planDigest)),
    failedHere: failed.length,
    appliedHere: all.filter(({ result }) => result === 'applied').length,
    // Too much drift is the caller's to judge, by the numbers: it draws a new plan.
    stopped: isTooMuch ? null : (sent.stop?.stopped ?? null),
    note: sent.stop?.why ?? describe(failed),
  };
}

const nothingSent = (why: string): Sent => ({
  stop: { stopped: 'approvalVoid', why },
  failure: null,
  lineOf: ({ objectId }) => ({ objectId, result: 'notReached', detail: null }),
});

function describe(failed: readonly WaveLine[]): string | null {
  const first = failed
    .slice(0, 5)
    .map((line) => `${line.objectId} (${line.detail ?? 'no detail'})`);
  return first.length === 0 ? null : `Failed: ${first.join(', ')}`;
}
