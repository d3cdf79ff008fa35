import { isPinned, type Policy } from '../../../shared/domain/policy.js';
import { readIncident, readNamedActors } from '../case-file.js';
import type { ActivityServices } from '../services.js';

/**
 * Why no job may be asked for under the session of an incident; null when one may. A session outlives
 * neither its lender's place among the operators nor their innocence: it is ended here (safety.md I3).
 */
export async function withoutSession(
  services: ActivityServices,
  incidentId: string,
  policy: Policy,
): Promise<string | null> {
  const session = await services.sessions.current(incidentId);
  if (session === null) return 'No operator session is open.';
  const [incident, named] = await Promise.all([
    readIncident(services, incidentId),
    readNamedActors(services, incidentId),
  ]);
  const id = session.by.id.toLowerCase();
  const accused = [
    ...incident.actors.map((actor) => actor.id),
    ...named.add.map(({ userId }) => userId),
  ];
  const isAccused = accused.some((one) => one?.toLowerCase() === id);
  if (isPinned(policy.people.operators, id) && !isAccused) return null;
  await services.sessions.end(incidentId);
  return isAccused
    ? `The session of ${session.by.name} was ended: an actor of the incident lends nothing.`
    : `The session of ${session.by.name} was ended: the policy does not pin this person as operator any more.`;
}
