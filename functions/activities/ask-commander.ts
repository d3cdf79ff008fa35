import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { withTask } from '../../shared/domain/incident/incident-changes.js';
import { isoNow, product, type ActivityServices } from './services.js';
import { tellOnce } from './tell-once.js';

/**
 * Gives the commander a task that no automation can do, and tells the urgent channel. The task stands in
 * the incident under its key, one that is asked for again stands there once; whether a channel took it is recorded, never assumed. Running again with
 * the same key tells nobody twice.
 */
export async function askCommander(
  services: ActivityServices,
  { incidentId, key, text, command }: ActivityInput<'askCommander'>,
): Promise<ActivityOutput<'askCommander'>> {
  const at = isoNow(services);
  await services.store.updateIncident(incidentId, (incident) =>
    withTask(incident, { id: key, at, text, command }),
  );
  const body = command === null ? text : `${text}\n\n${command}`;
  const told = await tellOnce(services, incidentId, `task:${key}`, async () => {
    const urged = await services.notifier.urgent(incidentId, 'The commander is needed', body);
    const noticed = await services.notifier.notice(`Incident ${incidentId}`, body);
    return urged || noticed;
  });
  const kind = told ? 'task' : 'task.undelivered';
  await services.store.append(incidentId, `${kind}:${key}`, {
    at,
    kind,
    by: product,
    summary: command === null ? text : `${text} By hand: ${command}`,
  });
  return { told };
}
