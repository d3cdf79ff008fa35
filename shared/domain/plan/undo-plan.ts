import { otherEndOf } from '../attribution/relations.js';
import { known, unknown, type Known } from '../json.js';
import type { CurrentObject, Delta, PlanAction, PlannedObject, Residual } from './plan.js';

/** What one executed delta reads as now; `unread`: the object could not be read. */
export type WrittenNow = 'asWritten' | 'asBefore' | 'changedSince' | 'unread';

/** What is known of one executed delta that we wrote, or may have written. */
export interface Undoable {
  readonly delta: Delta;
  readonly now: WrittenNow;
  /** Null when our own service plane can write the value back; else why it cannot. */
  readonly obstacle: string | null;
}

/** Why a delta is left, and what a person does about it; null when nobody has to. */
interface Left {
  readonly why: string;
  readonly todo: string | null;
}

/**
 * The line of an undo plan for one object: each change that we made and that still is as we left it goes
 * back to the value of the before-image; what somebody changed since is listed and left alone, and what
 * cannot be told, or not be written by us, is left to a person by name. `before`: the object just before
 * it was written, undefined when no image of it was kept. Null when we changed nothing of the object.
 */
export function undoOf(
  object: PlannedObject,
  before: CurrentObject | undefined,
  written: readonly Undoable[],
): PlannedObject | null {
  if (written.length === 0) return null;
  const { objectId, objectType, displayName, privileged } = object;
  const undone = written.map((one) => {
    const then = valueBefore(one.delta, before);
    return { one, then, left: leftOf(one, then) };
  });
  const deltas = undone.map(({ one: { delta }, then, left }): Delta => ({
    property: delta.property,
    class: delta.class,
    action: left === null ? actionTo(delta.property, then) : null,
    then,
    now: delta.then,
    reason: left?.why ?? 'Written by this recovery; goes back to what it was before that.',
    evidence: [],
  }));
  const residual = undone.flatMap(({ one, left }): Residual[] => {
    const { delta } = one;
    const { property } = delta;
    const todos = [left?.todo ?? null, one.now === 'asWritten' ? renamedBy(delta) : null];
    return todos.flatMap((todo) =>
      todo === null ? [] : [{ kind: 'manual', objectId, property, what: property, todo }],
    );
  });
  return { objectId, objectType, displayName, privileged, deltas, ...routeOf(deltas), residual };
}

/** The action that brings a property to this value. */
export function actionTo(property: string, then: Known): PlanAction {
  const is = then.known && then.value === true;
  if (property === '*') return is ? 'restore' : 'softDelete';
  if (property.startsWith('memberOf/')) return is ? 'addMember' : 'removeMember';
  if (property.startsWith('appRoleAssignments/')) return is ? 'addAssignment' : 'removeAssignment';
  return 'update';
}

/** Every undo is written by ourselves, under compare-and-set. */
export const routeOf = (deltas: readonly Delta[]): Pick<PlannedObject, 'route'> =>
  deltas.some(({ action }) => action !== null)
    ? { route: { executor: 'surgical', why: 'Undone property by property.' } }
    : {};

function leftOf({ delta, now, obstacle }: Undoable, then: Known): Left | null {
  switch (now) {
    case 'asBefore':
      return { why: 'Already is as it was before this recovery wrote it.', todo: null };
    case 'unread':
      return byHand('It could not be read now, so it is not known whether it is as we left it.');
    case 'asWritten':
    case 'changedSince':
  }
  if (!delta.then.known) {
    return byHand('What the recovery job wrote here is not known to us, nor who wrote it last.');
  }
  if (now === 'changedSince') {
    return { why: 'Changed since we wrote it: it is left as it is now.', todo: null };
  }
  if (obstacle !== null) return { why: obstacle, todo: obstacle };
  return then.known ? null : byHand(unknownBefore(then.why));
}

export const unknownBefore = (why: string): string =>
  `Its value before this recovery is not known: ${why}.`;

/** Why a change of ours is not undone, and what a person does about it. */
export const byHand = (why: string): { readonly why: string; readonly todo: string } => ({
  why,
  todo: `${why} Compare the object with the plan of this recovery and its before-images, and put it back by hand if need be.`,
});

/** A soft delete takes back the restore, not the name and the addresses that it was restored with. */
function renamedBy({ restoreAs, reason }: Delta): string | null {
  if (restoreAs === undefined) return null;
  const name = restoreAs.newUserPrincipalName;
  const as = name === null ? '' : `under the name ${name} and `;
  return `This recovery restored it ${as}without the addresses that others hold; it goes back into the recycle bin like that. Give it its own again before anybody restores it. The plan said: ${reason}`;
}

/**
 * What the before-image says; existence and membership are not among an object's properties. Relations of
 * an object in the bin cannot be read: what compare-and-set took for granted of them is what they were.
 */
function valueBefore(delta: Delta, before: CurrentObject | undefined): Known {
  if (before === undefined) return unknown('no image of it was kept');
  const { property } = delta;
  if (property === '*') return known(before.presence === 'present');
  const otherEnd = otherEndOf(delta);
  if (otherEnd !== null && before.presence === 'softDeleted') return delta.now;
  if (property.startsWith('memberOf/')) {
    return known(before.memberOf.some((id) => id.toLowerCase() === otherEnd));
  }
  return Object.hasOwn(before.properties, property)
    ? known(before.properties[property] ?? null)
    : unknown('the image kept before the write does not hold it');
}
