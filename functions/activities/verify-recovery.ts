import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { readCurrentState } from './current-state.js';
import { readPlan, readPlanned } from './plan-file.js';
import { findingsOf } from './repairs.js';
import type { ActivityServices } from './services.js';
import { readWaveLines, type WaveLine } from './wave-file.js';

/**
 * Reads back one slice of the plan: every planned property of every object that was written, perhaps
 * written (the outcome is unknown) or already as planned. An object that still shows the old value is
 * pending (a replica may lag), one that shows a third value is a mismatch. Objects that were skipped,
 * refused or left out, even in part, are not judged here: they are not as planned.
 */
export async function verifyRecovery(
  services: ActivityServices,
  { incidentId, planDigest, from, to }: ActivityInput<'verifyRecovery'>,
): Promise<ActivityOutput<'verifyRecovery'>> {
  const { body } = await readPlan(services, incidentId, planDigest);
  const lines = await readWaveLines(services, incidentId, planDigest, from, to);
  const objects = (await readPlanned(services, incidentId, body, from, to)).filter(({ objectId }) =>
    isJudged(lines.get(objectId)),
  );
  const current = await readCurrentState(services, objects);

  const seen = { verified: 0, mismatched: 0, pending: 0 };
  for (const object of objects) {
    const now = current.get(object.objectId);
    const findings =
      now === undefined ? ['asExpected'] : findingsOf(object, now).map(({ finding }) => finding);
    if (findings.every((finding) => finding === 'asPlanned')) seen.verified += 1;
    else if (findings.includes('changedSince')) seen.mismatched += 1;
    else seen.pending += 1;
  }
  return seen;
}

const judged: ReadonlySet<WaveLine['result']> = new Set(['applied', 'present', 'unknown']);

const isJudged = (line: WaveLine | undefined): boolean =>
  line !== undefined && judged.has(line.result) && line.leftOut === undefined;
