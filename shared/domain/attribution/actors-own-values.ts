import { coverageOf, planName } from '../coverage/coverage.js';
import { compareInstants } from '../instants.js';
import type { Json } from '../json.js';
import { known, type Known } from '../json.js';
import type { Delta } from '../plan/plan.js';
import { impliedChanges } from './account-switches.js';
import type { AuditEvent, ObjectHistory } from './audit.js';
import { asGraphValue, sameGraphValue } from './graph-values.js';

/** What an actor gave one property, and when. */
interface OwnValue {
  readonly at: string;
  readonly value: Json;
}

/**
 * Says of every change whose value to return to the actor itself had set, before the recovery point, that
 * this is so (safety.md, poisoned known-good state): such a value may be part of the preparation.
 */
export function namingActorsOwn(history: ObjectHistory, deltas: readonly Delta[]): Delta[] {
  const own = ownValues(history);
  return deltas.map((delta) => {
    const last = own.get(delta.property);
    const kind = coverageOf(history.objectType, delta.property)?.kind ?? 'object';
    if (last === undefined || !delta.then.known) return delta;
    if (!sameGraphValue(kind, delta.then.value, last.value)) return delta;
    const reason = `${delta.reason} THE ACTOR ITSELF HAD SET THIS EARLIER VALUE at ${last.at}.`;
    return { ...delta, reason, setByActorAt: last.at };
  });
}

/** What the actors' own rows last gave each property before everybody's rows are judged, by plan name. */
function ownValues({ objectType, earlier = [] }: ObjectHistory): Map<string, OwnValue> {
  const own = new Map<string, OwnValue>();
  for (const event of earlier) {
    for (const [property, after] of valuesOf(event, objectType)) {
      const before = own.get(property);
      if (before !== undefined && compareInstants(before.at, event.at) > 0) continue;
      if (after.known) own.set(property, { at: event.at, value: after.value });
      else own.delete(property);
    }
  }
  return own;
}

function valuesOf(event: AuditEvent, objectType: ObjectHistory['objectType']): [string, Known][] {
  if (!event.succeeded) return [];
  switch (event.kind) {
    case 'create':
    case 'restore':
      return [['*', known(true)]];
    case 'softDelete':
    case 'hardDelete':
      return [['*', known(false)]];
    case 'addMember':
    case 'removeMember':
      return event.groupId === null
        ? []
        : [[`memberOf/${event.groupId}`, known(event.kind === 'addMember')]];
    default:
      return [...event.changes, ...impliedChanges(event)].flatMap(({ property, after }) => {
        const row = coverageOf(objectType, property);
        return row === null ? [] : [[planName(row, property), asGraphValue(row, after)]];
      });
  }
}
