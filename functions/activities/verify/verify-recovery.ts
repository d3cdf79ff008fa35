import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { readCurrentState } from '../plan/current-state.js';
import { withLearned } from '../native/native-wave.js';
import { readAnyPlan, readPlanned } from '../plan/plan-file.js';
import { findingsOf } from '../execute/repairs.js';
import type { ActivityServices } from '../services.js';
import { readWaveLines, type WaveLine } from '../execute/wave-file.js';

/**
 * Reads back one slice of the plan: every planned property of every object that was written, perhaps
 * written (the outcome is unknown) or already as planned. An object that still shows the old value is
 * pending (a replica may lag), one that shows a third value is a mismatch. Objects that were skipped,
 * refused or left out, even in part, are not judged here: they are not as planned; nor is what a newer
 * plan, which overtook this one, plans anew.
 */
export async function verifyRecovery(
  services: ActivityServices,
  { incidentId, planDigest, from, to, newerPlan }: ActivityInput<'verifyRecovery'>,
): Promise<ActivityOutput<'verifyRecovery'>> {
  const { body } = await readAnyPlan(services, incidentId, planDigest);
  const lines = await readWaveLines(services, incidentId, planDigest, from, to);
  const objects = (await readPlanned(services, incidentId, body, from, to)).filter(({ objectId }) =>
    isJudged(lines.get(objectId)),
  );
  const current = await readCurrentState(services, objects);

  const seen = { verified: 0, mismatched: 0, pending: 0 };
  const otherwise: { readonly objectId: string; readonly as: 'mismatched' | 'pending' }[] = [];
  for (const object of objects) {
    const now = current.get(object.objectId);
    const findings =
      now === undefined
        ? ['asExpected']
        : findingsOf(withLearned(object, lines.get(object.objectId)?.learned), now).map(
            ({ finding }) => finding,
          );
    const { objectId } = object;
    if (findings.every((finding) => finding === 'asPlanned')) seen.verified += 1;
    else if (findings.includes('changedSince')) otherwise.push({ objectId, as: 'mismatched' });
    else otherwise.push({ objectId, as: 'pending' });
  }
  const replanned =
    newerPlan === undefined || otherwise.length === 0
      ? new Set<string>()
      : await plannedIds(services, incidentId, newerPlan);
  for (const { objectId, as } of otherwise) if (!replanned.has(objectId)) seen[as] += 1;
  return seen;
}

/** Read only when something does not read back as planned, which is rare. */
async function plannedIds(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
): Promise<ReadonlySet<string>> {
  const { body } = await readAnyPlan(services, incidentId, planDigest);
  const planned = await readPlanned(services, incidentId, body, 0, body.counts.objects);
  return new Set(planned.map(({ objectId }) => objectId));
}

const judged: ReadonlySet<WaveLine['result']> = new Set(['applied', 'present', 'unknown']);

const isJudged = (line: WaveLine | undefined): boolean =>
  line !== undefined && judged.has(line.result) && line.leftOut === undefined;
