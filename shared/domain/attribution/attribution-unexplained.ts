import type { PointDifferences } from './attribution-context.js';
import { type ReadHistory, isOpaque } from './attribution-history.js';
import { coverageOf } from '../coverage/coverage.js';
import { sameGraphValue } from './graph-values.js';
import type { Json } from '../json.js';
import { known } from '../json.js';
import type { CurrentObject, Delta } from '../plan/plan.js';
import { displayValue } from './values.js';

/**
 * What differs from the recovery point although no row and no other delta explains it (safety.md,
 * Attribution): somebody's row is missing. Listed and left alone, since it is not shown to be the actor's.
 */
export function unexplained(
  { differences, existed }: PointDifferences,
  read: ReadHistory,
  deltas: readonly Delta[],
  current: CurrentObject,
): Delta[] {
  const told = new Set(deltas.map(({ property }) => property));
  const existence =
    existed === false && read.existence.writes.length === 0 && !told.has('*')
      ? unexplainedObject(current)
      : [];
  // A row that only says that a policy was written may have written any of it.
  const isOpen = read.properties.some(({ row }) => isOpaque(row));
  if (isOpen || current.presence === 'absent') return existence;
  return [
    ...existence,
    ...differences
      .filter(({ property }) => !told.has(property) && !hasToldPart(told, property))
      .flatMap((difference) => unexplainedProperty(difference, read, current)),
  ];
}

/** Rows may be about parts of a value that the service names as a whole. */
const hasToldPart = (told: ReadonlySet<string>, property: string): boolean =>
  [...told].some((name) => name.startsWith(`${property}/`));

function unexplainedProperty(
  { property, target, current: found }: PointDifferences['differences'][number],
  read: ReadHistory,
  current: CurrentObject,
): Delta[] {
  const same = (a: Json, b: Json) =>
    sameGraphValue(coverageOf(current.objectType, property)?.kind ?? 'object', a, b);
  const now = Object.hasOwn(current.properties, property)
    ? (current.properties[property] ?? null)
    : found;
  if (same(target, now)) return [];
  const about = read.properties.filter(
    (series) => series.property === property || series.property.startsWith(`${property}/`),
  );
  const [first] = about.flatMap(({ writes }) => writes.slice(0, 1));
  if (first !== undefined && (!first.before.known || same(first.before.value, target))) return [];

  const holds = `The recovery point holds ${displayValue(known(target))}`;
  const reason =
    first?.before.known === true
      ? `${holds}; the first row since, of ${first.at}, found ${displayValue(first.before)}, and no row says who changed it in between; left alone.`
      : `${holds}, and no audit row since says who changed it; left alone.`;
  return [
    {
      ...{ property, class: 'unexplained', action: null },
      ...{ then: known(target), now: known(now), reason },
      evidence: first === undefined ? [] : [first.eventId],
      point: 'unexplained',
    },
  ];
}

const unexplainedObject = ({ presence }: CurrentObject): Delta[] =>
  presence !== 'present'
    ? []
    : [
        {
          ...{ property: '*', class: 'unexplained', action: null },
          ...{ then: known(false), now: known(true) },
          reason:
            'The recovery point does not hold the object, and no audit row since says who created or restored it; left alone.',
          evidence: [],
          point: 'unexplained',
        },
      ];
