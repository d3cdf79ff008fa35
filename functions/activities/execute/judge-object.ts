import type { CurrentObject, PlannedObject } from '../../../shared/domain/plan/plan.js';
import { isProtected, type Policy } from '../../../shared/domain/policy.js';
import type { BeforeImages } from './before-images.js';
import { findingsOf, groupOf, isMembership } from './repairs.js';
import type { WaveLine } from './wave-file.js';

/** What can be said of an object before anything is written. */
export interface Judgement {
  /** Its line when nothing is to be written; null when it is open. */
  readonly line: Omit<WaveLine, 'objectId'> | null;
  /** The first property that is neither as the plan expects nor as planned. */
  readonly drifted: string | null;
}

/**
 * Compare-and-set for one object (safety.md): open only where something is still as the plan expects,
 * never where the policy protects the object or the group, and nothing of it counts as ours that we did
 * not write.
 */
export function judgeObject(
  object: PlannedObject,
  current: CurrentObject | undefined,
  before: BeforeImages,
  policy: Policy,
): Judgement {
  const settled = (result: WaveLine['result'], detail: string): Judgement => ({
    line: { result, detail },
    drifted: null,
  });
  if (touchesProtected(object, policy)) {
    return settled('protected', 'protected since the plan was made');
  }
  if (current === undefined) return settled('failed', 'could not be read just before');

  const findings = findingsOf(object, current);
  const drifted =
    findings.find(({ finding }) => finding === 'changedSince')?.delta.property ?? null;
  if (findings.some(({ finding }) => finding === 'asExpected')) return { line: null, drifted };
  if (drifted !== null) {
    const detail = `${drifted} changed since the preview`;
    return { line: { result: 'changedSince', detail, drifted: true }, drifted };
  }
  return writtenByUs(object, current, before)
    ? settled('applied', 'written before an interruption')
    : settled('present', 'already was as planned');
}

/**
 * Whether an earlier run wrote any of it. What that run stored is believed; of a run that died, or whose
 * outcome is unknown, what was still open before it and is as planned now is ours.
 */
export function writtenByUs(
  object: PlannedObject,
  current: CurrentObject | undefined,
  before: BeforeImages,
): boolean {
  const line = before.lineOf(object.objectId);
  if (line?.result === 'applied' || line?.partly === true) return true;
  if (line !== undefined && line.result !== 'unknown') return false;
  if (current === undefined) return before.perhapsWritten(object.objectId);
  const image = before.get(object.objectId);
  if (before.run === 1 || image === undefined) return false;
  const done = findingsOf(object, current).filter(({ finding }) => finding === 'asPlanned');
  const wasOpen = new Set(
    findingsOf(object, image).flatMap(({ delta, finding }) =>
      finding === 'asExpected' ? [delta] : [],
    ),
  );
  return done.some(({ delta }) => wasOpen.has(delta));
}

/** Whether the policy protects the object or a group that its memberships are of. */
export function touchesProtected({ objectId, deltas }: PlannedObject, policy: Policy): boolean {
  const groups = deltas.filter(isMembership).map(groupOf);
  return [objectId, ...groups].some((id) => isProtected(policy, id));
}
