import { withWarning } from '../../shared/domain/incident/incident-changes.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Person } from '../../shared/domain/identities.js';
import { hasNews, mergeIntake, widest } from '../../shared/domain/incident/intake-reading.js';
import type { Intake } from '../../shared/domain/incident/intake.js';
import type { Json } from '../../shared/domain/json.js';
import { digestOf } from '../../shared/digest.js';
import type { IncidentRuns } from '../../shared/ports/incident-runs.js';
import { isoNow, type DoorServices } from './services.js';

/**
 * Adds one more alert to an incident (contract section 5, last paragraph): until execution it widens the
 * window and wakes the run; later, and after the end, it is recorded with a warning and told to people. A
 * repetition of what is known already changes nothing.
 */
export async function joinIncident(
  services: DoorServices,
  runs: IncidentRuns,
  incidentId: string,
  intake: Intake,
  by: Person,
): Promise<void> {
  const { store } = services;
  const incident = await store.readIncident(incidentId);
  const known = (await store.readDocument<Json>(incidentId, 'intake')) as unknown as Intake | null;
  if (incident === null || known === null) return;
  const merged = mergeIntake(known, intake);
  const window = widest(incident.window, merged.window);
  const isWideEnough = window.from === incident.window.from && window.to === incident.window.to;
  if (!hasNews(known, merged) && isWideEnough) return;
  const newsKey = digestOf({ intake: merged, window }).slice(-32);
  const alerts = intake.alertIds.filter((id) => !known.alertIds.includes(id));
  const what = [`${intake.source} ${intake.key.value}`, ...alerts.slice(0, 10)].join(' ');
  if (isPastJoining(incident)) return tooLate(incident);

  await store.updateDocument<Json>(
    incidentId,
    'intake',
    (value) => mergeIntake((value ?? known) as unknown as Intake, intake) as unknown as Json,
  );
  await store.updateIncident(incidentId, (open) =>
    isPastJoining(open) ? open : { ...open, window: widest(open.window, merged.window) },
  );
  await store.append(incidentId, `joined:${newsKey}`, {
    at: isoNow(services),
    kind: 'alert.joined',
    by,
    summary: `${what} belongs to this incident; the window is ${window.from} to ${window.to}.`,
  });
  await runs.wake(incidentId, 'scopeExtended', `joined-${newsKey}`);

  async function tooLate({ state, warnings }: Incident): Promise<void> {
    const when = state === 'closed' ? 'after the end' : 'during the execution';
    const warning = `${what} arrived ${when} and was not taken into the scope. Check it by hand.`;
    if (warnings.includes(warning)) return;
    await store.updateIncident(incidentId, (open) => withWarning(open, warning));
    await store.append(incidentId, `late:${digestOf([what, intake.alertIds]).slice(-32)}`, {
      at: isoNow(services),
      kind: 'alert.late',
      by,
      summary: warning,
    });
    await services.notifier.urgent(incidentId, 'An alert came too late', warning);
  }
}

const isPastJoining = ({ state }: Incident): boolean =>
  state === 'executing' || state === 'verifying' || state === 'closed';
