import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { readCurrentState } from './current-state.js';
import { readPlan, readPlanned } from './plan-file.js';
import { findingOf } from './repairs.js';
import type { ActivityServices } from './services.js';
import { readWaveLines } from './wave-file.js';

/**
 * Reads back one slice of the plan: every planned property of every object that was written or already
 * was as planned. An object that still shows the old value is pending (a replica may lag), one that
 * shows a third value is a mismatch. Objects that were skipped or refused are not judged here.
 */
export async function verifyRecovery(
  services: ActivityServices,
  { incidentId, planDigest, from, to }: ActivityInput<'verifyRecovery'>,
): Promise<ActivityOutput<'verifyRecovery'>> {
  const { body } = await readPlan(services, incidentId, planDigest);
  const lines = await readWaveLines(services, incidentId, planDigest, from, to);
  const objects = (await readPlanned(services, incidentId, body, from, to)).filter(({ objectId }) =>
    ['applied', 'present'].includes(lines.get(objectId)?.result ?? ''),
  );
  const current = await readCurrentState(services, objects);

  const seen = { verified: 0, mismatched: 0, pending: 0 };
  for (const object of objects) {
    const now = current.get(object.objectId);
    const findings = object.deltas
      .filter((delta) => delta.action !== null)
      .map((delta) => (now === undefined ? 'asExpected' : findingOf(delta, now)));
    if (findings.every((finding) => finding === 'asPlanned')) seen.verified += 1;
    else if (findings.includes('changedSince')) seen.mismatched += 1;
    else seen.pending += 1;
  }
  return seen;
}
