import type { Incident } from '../../shared/domain/incident/incident.js';
import { withoutTasks, withTask } from '../../shared/domain/incident/incident-changes.js';
import type { RevisionsDocument } from '../../shared/domain/plan/revisions.js';
import { pinnedIds } from '../../shared/domain/policy.js';
import { policyOf } from './policy-of.js';
import { isoNow, type DoorServices } from './services.js';

/** So many revisions by people whom the policy pins nowhere are told by the card alone. */
const unremarked = 2;

/**
 * Tells the second channel and the commander who keeps changing the plan, once per revision, when nobody
 * pinned is behind it: the role of a responder can be had from the tenant under attack, and with each
 * revision every approval is void and the wait begins anew.
 */
export async function tellOfRevisers(
  services: DoorServices,
  incident: Incident,
  { version, list }: RevisionsDocument,
): Promise<void> {
  const last = list.at(-1);
  if (last === undefined || list.length <= unremarked) return;
  const pinned = pinnedIds(await policyOf(services, incident.id));
  const strangers = list.filter(({ by }) => !pinned.has(by.id.toLowerCase()));
  if (strangers.at(-1) !== last || strangers.length <= unremarked) return;
  const id = `revisers-${version}`;
  if (incident.tasks.some((task) => task.id === id)) return;
  const at = isoNow(services);
  const text =
    `The plan was changed ${strangers.length} times by people whom the policy does not pin, now by ` +
    `${last.by.name} (${last.by.id}); each time every approval was void. Name as an actor ` +
    `(POST ${services.settings.publicUrl}/api/incidents/${incident.id}/actors) whoever should not: from then on they change nothing, and are contained.`;
  const told = await services.notifier.urgent(incident.id, 'The plan is changed again', text);
  await services.store.append(incident.id, id, {
    at,
    kind: told ? 'revisers.told' : 'revisers.untold',
    by: last.by,
    summary: text,
  });
  await services.store.updateIncident(incident.id, (open) =>
    withTask(withoutTasks(open, 'revisers-', id), { id, at, text, command: null }),
  );
}
