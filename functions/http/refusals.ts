import { noActors, type ActorsDocument } from '../../shared/domain/incident/documents.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Person } from '../../shared/domain/identities.js';
import type { Json } from '../../shared/domain/json.js';
import { RewindError, type Code } from '../../shared/errors.js';
import { mayCommand } from '../../shared/domain/policy.js';
import { policyOf } from './policy-of.js';
import { isoNow, type DoorServices } from './services.js';

/**
 * Throws DECIDER_IS_ACTOR, and the record says who tried what. Somebody whom a commander has just named
 * is one already, before the run has taken that up.
 */
export async function requireNoActor(
  services: DoorServices,
  incident: Incident,
  caller: Person,
  what: string,
): Promise<void> {
  if (!isActor(incident, caller.id) && !(await isJustNamed(services, incident, caller.id))) return;
  await recordRefusal(services, incident.id, caller, what, 'DECIDER_IS_ACTOR');
  throw new RewindError('DECIDER_IS_ACTOR', 'An actor of this incident cannot decide about it.');
}

/**
 * Throws DECIDER_NOT_PINNED when the policy names commanders (or, where they may act too, operators) and
 * the caller is none of them: a token role alone can be had from the tenant under attack. Where no policy
 * pins commanders the role has to do, and the record says that it did.
 */
export async function requirePinned(
  services: DoorServices,
  incident: Incident,
  caller: Person,
  what: string,
  lists: readonly ('commanders' | 'operators')[],
): Promise<void> {
  const by = mayCommand(await policyOf(services, incident.id), caller.id, lists);
  if (by === 'pin') return;
  if (by === null) {
    await recordRefusal(services, incident.id, caller, what, 'DECIDER_NOT_PINNED');
    throw new RewindError(
      'DECIDER_NOT_PINNED',
      `The policy does not pin this person as ${lists.join(' or ')}.`,
    );
  }
  await services.store.append(incident.id, `role:${what}:${caller.id}`, {
    at: isoNow(services),
    kind: `${what}.byRole`,
    by: { id: caller.id, name: caller.name },
    summary: `The policy pins no commanders, so the token role of ${caller.name} was enough for: ${what}.`,
  });
}

/** One entry per person, attempt and reason: whoever hammers does not fill the record. */
export async function recordRefusal(
  services: DoorServices,
  incidentId: string,
  caller: Person,
  what: string,
  code: Code,
): Promise<void> {
  await services.store.append(incidentId, `refused:${what}:${caller.id}:${code}`, {
    at: isoNow(services),
    kind: `${what}.refused`,
    by: { id: caller.id, name: caller.name },
    summary: `${caller.name} tried: ${what}. Refused with ${code}.`,
  });
}

export function requireOpen(incident: Incident): void {
  if (incident.state === 'closed') {
    throw new RewindError('INCIDENT_CLOSED', 'The incident is closed.');
  }
}

export const isActor = (incident: Incident, id: string): boolean =>
  incident.actors.some((actor) => actor.id.toLowerCase() === id.toLowerCase());

async function isJustNamed(
  { store }: DoorServices,
  incident: Incident,
  id: string,
): Promise<boolean> {
  const named = await store.readDocument<Json>(incident.id, 'actors');
  const { add } = (named as unknown as ActorsDocument | null) ?? noActors;
  return add.some(({ userId }) => userId?.toLowerCase() === id.toLowerCase());
}
