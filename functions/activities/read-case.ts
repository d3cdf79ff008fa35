import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { marksDocumentOf } from '../../shared/domain/plan/undo-view.js';
import { policyOf, readIncident, readMarks, readNamedActors } from './case-file.js';
import type { ActivityServices } from './services.js';

/** The policy, the window and the marks as they are now. */
export async function readCase(
  services: ActivityServices,
  { incidentId }: ActivityInput<'readCase'>,
): Promise<ActivityOutput<'readCase'>> {
  const [incident, { policy }, named] = await Promise.all([
    readIncident(services, incidentId),
    policyOf(services, incidentId),
    readNamedActors(services, incidentId),
  ]);
  const marks = await readMarks(services, incidentId, marksDocumentOf(incident));
  return {
    policy,
    window: incident.window,
    title: incident.title,
    ...marks,
    actorsVersion: named.version,
  };
}
