import type { Person } from '../../../shared/domain/identities.js';
import { readIntake, readNamedActors } from '../case-file.js';
import { readRevisions } from '../plan/revised-terms.js';
import type { ActivityServices } from '../services.js';

/** Who may not authorise: whoever opened the incident by hand, named its actor, or revised its plan. */
export async function diagnosticiansOf(
  services: ActivityServices,
  incidentId: string,
): Promise<Person[]> {
  const [intake, named, revisions] = await Promise.all([
    readIntake(services, incidentId),
    readNamedActors(services, incidentId),
    readRevisions(services, incidentId),
  ]);
  const people = [
    ...(intake.openedBy === null ? [] : [intake.openedBy]),
    ...named.by,
    ...revisions.list.map(({ by }) => by),
  ];
  return [...new Map(people.map((person) => [person.id, person])).values()];
}
