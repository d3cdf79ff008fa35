import type { Found } from './attribution-context.js';
import type { Series, WriteFact } from './attribution-history.js';
import type { Json, Known } from '../json.js';
import { known } from '../json.js';
import { removeCredentialCommand } from '../incident/manual-command.js';
import type { CurrentObject } from '../plan/plan.js';

/**
 * Credentials that the actor added and that the object still holds: never taken away by a plan, since
 * something legitimate may use them by now, but named with the command that does it. Key ids are no
 * secret; nothing else of a credential is kept. Null when none of them is left.
 */
export function addedCredentials(series: Series, current: CurrentObject): Found | null {
  const byActor = series.writes.filter(({ who }) => who === 'actor');
  const added = new Set(byActor.flatMap(addedBy));
  const held = heldNow(series, current);
  const left = [...added].filter((key) => held === null || held.has(key)).sort();
  if (left.length === 0) return null;

  const at = byActor[0]?.at ?? '';
  return {
    delta: {
      property: series.property,
      class: 'unsupported',
      action: null,
      then: known([]),
      now: known(left),
      reason: `${left.length} credentials were added by the actor from ${at} on. Not planned: credentials are never changed by a plan.`,
      evidence: byActor.map(({ eventId }) => eventId).slice(0, 20),
    },
    residual: {
      kind: 'manual',
      objectId: current.objectId,
      what: `The actor added ${left.length} credentials (${left.join(', ')}) from ${at} on.`,
      todo: left
        .map((key) => removeCredentialCommand(current.objectType, current.objectId, key))
        .join('\n'),
    },
  };
}

function addedBy({ before, after }: WriteFact): string[] {
  const earlier = new Set(keysOf(before));
  return keysOf(after).filter((key) => !earlier.has(key));
}

/** Null when the directory was not asked or did not say. */
function heldNow(series: Series, current: CurrentObject): Set<string> | null {
  if (!Object.hasOwn(current.properties, series.property)) return null;
  return new Set(keysOf(known(current.properties[series.property] ?? [])));
}

const keysOf = (value: Known): string[] =>
  value.known && Array.isArray(value.value)
    ? (value.value as readonly Json[]).filter((key) => typeof key === 'string')
    : [];
