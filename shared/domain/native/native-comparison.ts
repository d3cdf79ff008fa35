import { coverageOf } from '../coverage/coverage.js';
import { sameGraphValue } from '../attribution/graph-values.js';
import type { Json } from '../json.js';
import type { NativeChange } from './native-job.js';
import { offeredBy } from './point-values.js';
import type { Delta, PlannedObject } from '../plan/plan.js';
import { displayValue } from '../attribution/values.js';

/** What a preview of the service says about one planned object. */
export interface Comparison {
  /**
   * `within`: all the service would do is planned. `beyond`: it would also do something nobody approved.
   * `changed`: it found another value than the plan expects. `absent`: it would do nothing.
   */
  readonly verdict: 'within' | 'beyond' | 'changed' | 'absent';
  /** For people; null when everything fits. */
  readonly detail: string | null;
  /** Planned properties that the service would not write. */
  readonly missing: readonly string[];
  /** Values of the backup for planned properties whose earlier value our sources do not state. */
  readonly learned: { readonly [property: string]: Json };
}

/**
 * Compares what the service would do to one object with what was planned, both ways (safety.md, What
 * recovery really means here: it recomputes and leaves nothing out, so whatever it would do beyond the
 * plan takes the object out of the job).
 */
export function compareChange(object: PlannedObject, change: NativeChange | undefined): Comparison {
  const acting = object.deltas.filter(({ action }) => action !== null);
  if (change === undefined) {
    return judged('absent', 'the preview of the service does not contain it', {
      missing: acting.map(({ property }) => property),
    });
  }
  const wanted = wantedAction(acting);
  if (change.action !== wanted) {
    return judged('beyond', `the service would ${change.action} it, planned is ${wanted}`);
  }
  if (change.links.length > 0) {
    return judged('beyond', `the service would also change its ${change.links.join(', ')}`);
  }

  const names = acting.map(({ property }) => property);
  const offered = offeredBy(change, names);
  const learned: Record<string, Json> = {};
  for (const { property, target, current } of offered) {
    const delta = acting.find((one) => one.property === property);
    const same = sameFor(object, property);
    if (delta === undefined) {
      if (same(target, current)) continue;
      return judged('beyond', `the service would also set ${property} to ${shown(target)}`);
    }
    if (delta.now.known && !same(current, delta.now.value)) {
      return judged('changed', `${property} changed since the preview of the plan`);
    }
    if (!delta.then.known) learned[property] = target;
    else if (!same(target, delta.then.value)) {
      return judged(
        'beyond',
        `the service would set ${property} to ${shown(target)}, planned is ${displayValue(delta.then)}`,
      );
    }
  }
  const missing = names.filter(
    (name) => name !== '*' && !offered.some(({ property }) => property === name),
  );
  const detail =
    missing.length === 0 ? null : `the service does not put back ${missing.join(', ')}`;
  const isEmpty = missing.length > 0 && missing.length === acting.length;
  return judged(isEmpty ? 'absent' : 'within', detail, { missing, learned });
}

function judged(
  verdict: Comparison['verdict'],
  detail: string | null,
  more: Partial<Pick<Comparison, 'missing' | 'learned'>> = {},
): Comparison {
  return { verdict, detail, missing: [], learned: {}, ...more };
}

function wantedAction(acting: readonly Delta[]): NativeChange['action'] {
  if (acting.some(({ action }) => action === 'restore')) return 'restore';
  return acting.some(({ action }) => action === 'softDelete') ? 'softDelete' : 'update';
}

const sameFor =
  ({ objectType }: PlannedObject, property: string) =>
  (a: Json, b: Json): boolean =>
    sameGraphValue(coverageOf(objectType, property)?.kind ?? 'object', a, b);

const shown = (value: Json): string => displayValue({ known: true, value });
