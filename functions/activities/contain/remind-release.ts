import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { readIncident } from '../case-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { tellOnce } from '../tell-once.js';

/** Asks the commander and an approver, once per reminder number, to release or keep each contained identity. */
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
  const key = `release:asked:${reminder}`;
  const told = await tellOnce(services, incidentId, key, () =>
    services.notifier.notice(`Incident ${incidentId}: release or keep?`, text),
  );
  await services.store.append(incidentId, told ? key : `${key}:undelivered`, {
    at: isoNow(services),
    kind: told ? 'release.asked' : 'release.asked.undelivered',
    by: product,
    summary: text,
  });
  return { told };
}
