import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import type { Policy } from '../../../shared/domain/policy.js';
import { touchesProtected } from '../execute/judge-object.js';
import { findingsOf } from '../execute/repairs.js';
import type { WaveLine } from '../execute/wave-file.js';
import { readCurrentState } from '../plan/current-state.js';
import type { ActivityServices } from '../services.js';
import type { NativeWave } from './native-wave.js';

/** The lines of objects that the policy protects by now. */
export const protectedNow = (objects: readonly PlannedObject[], policy: Policy): WaveLine[] =>
  objects
    .filter((object) => touchesProtected(object, policy))
    .map(({ objectId }) => {
      const detail = 'protected since it was handed over';
      return { objectId, result: 'protected', detail };
    });

/**
 * What of a wave that waits for a person must not, or need not, be recovered any more: a person may take
 * hours, and a native job overwrites whatever was changed meanwhile.
 */
export async function outdated(
  services: ActivityServices,
  objects: readonly PlannedObject[],
  policy: Policy,
): Promise<WaveLine[]> {
  const spared = protectedNow(objects, policy);
  const ids = new Set(spared.map(({ objectId }) => objectId));
  const others = objects.filter(({ objectId }) => !ids.has(objectId));
  const current = await readCurrentState(services, others);
  return [
    ...spared,
    ...others.flatMap((object): WaveLine[] => {
      const { objectId } = object;
      const now = current.get(objectId);
      const findings = now === undefined ? [] : findingsOf(object, now).map((one) => one.finding);
      if (findings.includes('changedSince')) {
        const detail = 'changed since it was handed over, and a native job leaves no part alone';
        return [{ objectId, result: 'changedSince', detail, drifted: true }];
      }
      const isDone = findings.length > 0 && findings.every((finding) => finding === 'asPlanned');
      const detail = 'somebody else put it right since it was handed over';
      return isDone ? [{ objectId, result: 'present', detail }] : [];
    }),
  ];
}

/** The wave less what these lines settle. */
export function settledBy(wave: NativeWave, lines: readonly WaveLine[]): NativeWave {
  const gone = new Set(lines.map(({ objectId }) => objectId));
  return {
    ...wave,
    lines: [...wave.lines, ...lines],
    open: wave.open.filter((objectId) => !gone.has(objectId)),
  };
}
