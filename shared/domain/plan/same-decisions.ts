import { sameValue } from '../attribution/values.js';
import type { Known } from '../json.js';
import type { Delta, PlannedObject } from './plan.js';

/**
 * Whether two drawings decide the same about an object: every difference with the same class, action, value
 * to return to and finding about the recovery point. The value found may differ, since the object was read
 * twice, and so may the words of the reason, which decide nothing.
 */
export function sameDecisions(a: PlannedObject, b: PlannedObject): boolean {
  return (
    a.deltas.length === b.deltas.length &&
    a.deltas.every((delta, index) => sameDecision(delta, b.deltas[index]))
  );
}

/** The same of one difference. */
export const sameDecision = (a: Delta, b: Delta | undefined): boolean =>
  b !== undefined &&
  a.property === b.property &&
  a.class === b.class &&
  a.action === b.action &&
  a.point === b.point &&
  sameKnown(a.then, b.then);

const sameKnown = (a: Known, b: Known): boolean =>
  a.known ? b.known && sameValue(a.value, b.value) : !b.known;
