import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { wasBegun } from './before-images.js';
import { recordWave, waveTotals } from './execution-progress.js';
import { judgeWave, withoutPart } from './judge-wave.js';
import { mayBegin, mayGoOn } from '../approve/may-execute.js';
import { readPlan } from '../plan/plan-file.js';
import { writesFor } from './repairs.js';
import type { ActivityServices } from '../services.js';
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
  const { incidentId, planDigest, wave } = input;
  const plan = await readPlan(services, incidentId, planDigest);
  const stop = await mayBegin(services, incidentId, plan);
  if (stop !== null) {
    const totals = await waveTotals(services, incidentId, planDigest);
    const begun = await wasBegun(services, incidentId, planDigest);
    const { stopped, why: note } = stop;
    return { ...totals, failedHere: 0, stopped, ...(begun && { begun }), note };
  }
  const planned = plan.body.counts.objects;
  const judged = await judgeWave(services, input, plan);
  const { policy, before, current, lines, open, tooMuchDrift } = judged;
  const items = [...open.keys()].flatMap((object) => {
    const now = current.get(object.objectId);
    return now === undefined ? [] : writesFor(object, now).map((write) => ({ object, write }));
  });
  const sent =
    tooMuchDrift !== null
      ? nothingSent(tooMuchDrift)
      : await sendWrites(services, {
          incidentId,
          label: `${planDigest.slice(7, 19)}:${wave}:${before.run}`,
          execution: policy.execution,
          items,
          isDoubtful: (objectId) => before.lineOf(objectId)?.result === 'unknown',
          perhapsWritten: (objectId) => before.perhapsWritten(objectId),
          lastRun: before.run >= mostRuns,
          stopBefore: () => mayGoOn(services, incidentId, plan, policy),
        });
  for (const [object, marks] of open) {
    const line = sent.lineOf(object);
    lines.set(object.objectId, { ...line, ...withoutPart(line, marks) });
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
    stopped: tooMuchDrift !== null ? null : (sent.stop?.stopped ?? null),
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
