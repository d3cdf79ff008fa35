import type { ActivityInput } from '../../../shared/contracts/catalogue.js';
import { driftPercent } from '../../../shared/domain/plan/drift.js';
import type { CurrentObject, PlannedObject } from '../../../shared/domain/plan/plan.js';
import type { Policy } from '../../../shared/domain/policy.js';
import { approvedPart, readApprovedLines } from '../approve/approved-part.js';
import { beforeImages, type BeforeImages } from './before-images.js';
import { policyOf } from '../case-file.js';
import { readCurrentState } from '../plan/current-state.js';
import { noteEntitlements } from '../verify/entitlements.js';
import { waveTotals } from './execution-progress.js';
import { judgeObject, writtenByUs } from './judge-object.js';
import { readPlanned, type PlanDocument } from '../plan/plan-file.js';
import type { ActivityServices } from '../services.js';
import type { WaveLine } from './wave-file.js';

/** `partly`: an earlier run of the wave wrote some of it. */
type Marks = Pick<WaveLine, 'drifted' | 'leftOut' | 'partly'>;

/** A wave as it is found just before anything of it is written. */
export interface JudgedWave {
  readonly policy: Policy;
  readonly before: BeforeImages;
  readonly current: ReadonlyMap<string, CurrentObject>;
  /** What is settled without a write. */
  readonly lines: Map<string, WaveLine>;
  /** What is still as the plan expects and was approved, with what is known of it already. */
  readonly open: ReadonlyMap<PlannedObject, Marks>;
  /** Set when so much changed since the preview that nothing may be written. */
  readonly tooMuchDrift: string | null;
}

/** Reads every object of a wave, keeps what it was before, and settles what needs no write. */
export async function judgeWave(
  services: ActivityServices,
  input: ActivityInput<'executeRecovery'>,
  plan: PlanDocument,
): Promise<JudgedWave> {
  const { incidentId, planDigest, wave, from, to } = input;
  const { policy } = await policyOf(services, incidentId);
  const objects = await readPlanned(services, incidentId, plan.body, from, to);
  const current = await readCurrentState(services, objects);
  const before = await beforeImages(services, input, objects, current);
  if (input.canary) await noteEntitlements(services, incidentId, planDigest, objects);

  const lines = new Map<string, WaveLine>();
  const open = new Map<PlannedObject, Marks>();
  const approved = await readApprovedLines(services, incidentId, planDigest, policy);
  for (const whole of objects) {
    const { object, leftOut } = approvedPart(whole, approved);
    const { objectId } = object;
    const now = current.get(objectId);
    const isOurs = writtenByUs(whole, now, before);
    const marks: Marks = {
      ...(leftOut.length > 0 && { leftOut }),
      ...(isOurs && { partly: true }),
    };
    if (object.deltas.every(({ action }) => action === null)) {
      const detail = `not approved: ${leftOut.join(', ')}`;
      lines.set(objectId, { objectId, result: 'leftOut', detail, ...marks });
      continue;
    }
    const { line, drifted } = judgeObject(object, now, before, policy);
    if (line !== null) lines.set(objectId, { objectId, ...line, ...withoutPart(line, marks) });
    else open.set(object, { ...marks, ...(drifted !== null && { drifted: true as const }) });
  }

  const driftedHere = [...lines.values(), ...open.values()].filter(({ drifted }) => drifted).length;
  const driftedBefore = (await waveTotals(services, incidentId, planDigest, wave)).drifted;
  const drift = driftPercent(driftedBefore + driftedHere, plan.body.counts.objects);
  const tooMuchDrift =
    drift > policy.execution.reapproveAboveDriftPercent
      ? `${drift.toFixed(1)} % of the planned objects changed since the preview.`
      : null;
  return { policy, before, current, lines, open, tooMuchDrift };
}

/** Of what was applied as a whole there is no part to tell. */
export const withoutPart = ({ result }: Pick<WaveLine, 'result'>, marks: Marks): Marks => {
  const { partly: _, ...others } = marks;
  return result === 'applied' ? others : marks;
};
