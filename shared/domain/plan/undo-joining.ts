import { sameGraphValue } from '../attribution/graph-values.js';
import { coverageOf } from '../coverage/coverage.js';
import type { Delta, PlannedObject, Residual } from './plan.js';
import { actionTo, byHand, routeOf, unknownBefore } from './undo-plan.js';

/**
 * One undo line of an object that several plans wrote, from the line that each of them gave, newest first.
 * A property that more than one wrote goes back to what it was before the oldest of them, under
 * compare-and-set against what the newest left; it acts only where the newest line would.
 */
export function joinedUndo(lines: readonly [PlannedObject, ...PlannedObject[]]): PlannedObject {
  const [newest, ...older] = lines;
  if (older.length === 0) return newest;
  const byProperty = new Map<string, Delta[]>();
  for (const delta of lines.flatMap(({ deltas }) => deltas)) {
    byProperty.set(delta.property, [...(byProperty.get(delta.property) ?? []), delta]);
  }
  const joined = [...byProperty.values()].map((series) => joinedDelta(newest, series));
  const deltas = joined.map(({ delta }) => delta);
  const { route: _, ...object } = newest;
  const residual = [...told(lines), ...joined.flatMap(({ left }) => left ?? [])];
  return { ...object, deltas, ...routeOf(deltas), residual };
}

interface Joined {
  readonly delta: Delta;
  /** What only the joining leaves to a person. */
  readonly left: Residual | null;
}

function joinedDelta({ objectId, objectType }: PlannedObject, series: readonly Delta[]): Joined {
  const [newest, oldest] = [series[0] as Delta, series.at(-1) as Delta];
  const delta = { ...newest, then: oldest.then };
  if (series.length === 1 || newest.action === null) return { delta, left: null };
  const { property, now } = newest;
  const { then } = oldest;
  if (!then.known) {
    const { why: reason, todo } = byHand(unknownBefore(then.why));
    const left: Residual = { kind: 'manual', objectId, property, what: property, todo };
    return { delta: { ...delta, action: null, reason }, left };
  }
  const kind = coverageOf(objectType, property)?.kind ?? 'object';
  const isBack = now.known && sameGraphValue(kind, then.value, now.value);
  const several = 'Written by several plans of this recovery';
  const reason = isBack
    ? `${several}; already is as it was before the first.`
    : `${several}; goes back to what it was before the first.`;
  return {
    delta: { ...delta, action: isBack ? null : actionTo(property, then), reason },
    left: null,
  };
}

/**
 * What the lines leave to people: of each property what the newest line that knows it says. A name that
 * was given at a restore stays, whoever restored the object again.
 */
function told(lines: readonly PlannedObject[]): Residual[] {
  const known = new Set<string>();
  const byTodo = new Map<string, Residual>();
  for (const { residual, deltas } of lines) {
    for (const one of residual) {
      const isNewest = one.property === '*' || !known.has(one.property ?? '');
      if (isNewest && !byTodo.has(`${one.property} ${one.todo}`)) {
        byTodo.set(`${one.property} ${one.todo}`, one);
      }
    }
    for (const { property } of deltas) known.add(property);
  }
  return [...byTodo.values()];
}
