import { known } from '../json.js';
import type { PlanAction, CurrentObject, Delta, PlannedObject } from './plan.js';
import { otherEndOf } from '../attribution/relations.js';

/** What is known of one executed delta: whether we wrote it, and whether it still is as we left it. */
export interface Undoable {
  readonly delta: Delta;
  readonly stillAsWritten: boolean;
  /** Null when our own service plane can write the value back; else why it cannot. */
  readonly obstacle: string | null;
}

const inverse: Readonly<Record<PlanAction, PlanAction>> = {
  update: 'update',
  restore: 'softDelete',
  softDelete: 'restore',
  addMember: 'removeMember',
  removeMember: 'addMember',
  addAssignment: 'removeAssignment',
  removeAssignment: 'addAssignment',
};

/**
 * The line of an undo plan for one object: each change that we made and that still is as we left it goes
 * back to the value of the before-image; what somebody changed since is listed and left alone. Null when
 * we changed nothing of the object.
 */
export function undoOf(
  object: PlannedObject,
  before: CurrentObject,
  written: readonly Undoable[],
): PlannedObject | null {
  if (written.length === 0) return null;
  const deltas = written.map(({ delta, stillAsWritten, obstacle }): Delta => {
    const { action, property, then } = delta;
    const back = action === null ? null : inverse[action];
    const why = !stillAsWritten ? 'Changed since we wrote it: it is left as it is now.' : obstacle;
    return {
      property,
      class: delta.class,
      action: why === null ? back : null,
      then: known(valueBefore(delta, before)),
      now: then,
      reason: why ?? 'Written by this recovery; goes back to what it was before that.',
      evidence: [],
    };
  });
  const { objectId, objectType, displayName, privileged } = object;
  const acts = deltas.some(({ action }) => action !== null);
  return {
    ...{ objectId, objectType, displayName, privileged, deltas },
    ...(acts && { route: { executor: 'surgical', why: 'Undone property by property.' } as const }),
    residual: written.flatMap(({ delta, obstacle }) =>
      obstacle === null
        ? []
        : [{ kind: 'manual', objectId, what: delta.property, todo: obstacle } as const],
    ),
  };
}

/** Existence and membership are not among an object's properties. */
function valueBefore(delta: Delta, before: CurrentObject) {
  if (delta.property === '*') return before.presence === 'present';
  if (delta.property.startsWith('memberOf/')) {
    return before.memberOf.some((id) => id.toLowerCase() === otherEndOf(delta));
  }
  return before.properties[delta.property] ?? null;
}
