import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { readIncident } from './case-file.js';
import { isoNow, product, type ActivityServices } from './services.js';

/** Asks the commander and an approver to release or keep each contained identity. */
export async function remindRelease(
  services: ActivityServices,
  { incidentId, reminder }: ActivityInput<'remindRelease'>,
): Promise<ActivityOutput<'remindRelease'>> {
  const incident = await readIncident(services, incidentId);
  const names = incident.actors
    .filter((actor) => actor.containment !== 'released' && actor.containment !== 'kept')
    .map((actor) => actor.name);
  const text =
    `Release or keep: ${names.join(', ')}. ` +
    `A commander and an approver decide at POST ${services.publicUrl}/api/incidents/${incidentId}/release.`;
  const told = await services.notifier.notice(`Incident ${incidentId}: release or keep?`, text);
  await services.store.append(incidentId, `release:asked:${reminder}`, {
    at: isoNow(services),
    kind: 'release.asked',
    by: product,
    summary: text,
  });
  return { told };
}
