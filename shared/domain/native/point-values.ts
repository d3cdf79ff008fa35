import type { ObjectType } from '../attribution/audit.js';
import type { Json, Known } from '../json.js';
import { known } from '../json.js';
import type { CurrentObject } from '../plan/plan.js';
import type { NativeChange } from './native-job.js';
import { isRevertedNatively } from './native-properties.js';

/** One property that a preview names: what the recovery point holds, and what the preview found. */
export interface Offered {
  readonly property: string;
  readonly target: Json;
  readonly current: Json;
}

/** What a preview of a whole scope tells of one object of it. */
export interface PointFacts {
  /** What the recovery point holds of a property; null where nothing may be concluded. */
  readonly at: (property: string) => Known | null;
  /** Kept properties of which the point holds another value than the preview found. */
  readonly differences: readonly Offered[];
  /** False: the point does not hold the object, or holds it as deleted. Null: nothing is said of it. */
  readonly existed: boolean | null;
}

/**
 * Reads a preview that covered the object, `undefined` when it did not name it (backup fact sheet 5.3:
 * what is unchanged is not in the report). A property it names is at the point what it would be returned
 * to; one it does not name is at the point what it is now, as long as nobody can have written it since
 * (`isStill`). Of properties the service does not keep (fact sheet 6.2) nothing is concluded, whatever the
 * preview shows of them.
 */
export function pointFacts(
  { objectType, presence, properties }: CurrentObject,
  change: NativeChange | undefined,
  isStill: boolean,
): PointFacts {
  const named = change?.action === 'update' || change?.action === 'restore' ? change : undefined;
  const isSilent = change === undefined || named !== undefined;
  const mayStand = isStill && isSilent && presence === 'present';

  return {
    at(property) {
      const offered = named && valueIn(named, property);
      if (offered !== undefined && isKept(objectType, property)) return known(offered.target);
      const stands = mayStand && isRevertedNatively(objectType, property);
      return stands && Object.hasOwn(properties, property)
        ? known(properties[property] ?? null)
        : null;
    },
    differences:
      named === undefined
        ? []
        : offeredBy(named, []).filter(({ property }) => isRevertedNatively(objectType, property)),
    existed: existedBy(change),
  };
}

function existedBy(change: NativeChange | undefined): boolean | null {
  if (change === undefined || change.action === 'unknown') return null;
  return change.action !== 'softDelete';
}

/** What a change names. Nested values come one by one where `names` has parts of them, else as a whole. */
export function offeredBy(change: NativeChange, names: readonly string[]): Offered[] {
  return Object.entries(change.target).flatMap(([name, target]): Offered[] => {
    const current = change.current[name] ?? null;
    const isByParts = names.some((property) => property.startsWith(`${name}/`));
    if (!isByParts) return [{ property: name, target, current }];
    const [to, from] = [partsOf(target), partsOf(current)];
    return [...new Set([...Object.keys(to), ...Object.keys(from)])].map((part) => ({
      property: `${name}/${part}`,
      target: to[part] ?? null,
      current: from[part] ?? null,
    }));
  });
}

const valueIn = (change: NativeChange, property: string): Offered | undefined =>
  offeredBy(change, [property]).find((offered) => offered.property === property);

const headOf = (property: string): string => property.split('/', 1)[0] ?? property;

/** A part is kept when the whole is. */
const isKept = (objectType: ObjectType, property: string): boolean =>
  isRevertedNatively(objectType, property) || isRevertedNatively(objectType, headOf(property));

const partsOf = (value: Json): { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [name: string]: Json })
    : {};
