import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { withWarning } from '../../../shared/domain/incident/incident-changes.js';
import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import { readIncident } from '../case-file.js';
import { isChange } from '../scope/histories.js';
import { objectsOfOtherIncidents } from '../scope/other-incidents.js';
import { readPlan, readPlanned } from '../plan/plan-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { tellOnce } from '../tell-once.js';
import { readWritten } from '../execute/written-objects.js';

const idsNamed = 5;

/** A native job writes as the service, whoever asked for it. */
const isByUs = ({ route }: PlannedObject): boolean =>
  route === undefined || route.executor === 'surgical';

/**
 * Finds our own rows in the audit trail: every object we wrote has one sooner or later, and one of ours
 * on an object of no plan would mean that somebody else acts as us, which raises an alert.
 */
export async function watchOwnWrites(
  services: ActivityServices,
  { incidentId, planDigest, since }: ActivityInput<'watchOwnWrites'>,
): Promise<ActivityOutput<'watchOwnWrites'>> {
  const [ourId, incident, written, { body }] = await Promise.all([
    services.directory.ownIdentity(),
    readIncident(services, incidentId),
    readWritten(services, incidentId, planDigest),
    readPlan(services, incidentId, planDigest),
  ]);
  const expected = new Set(written.filter(isByUs).map((object) => object.objectId));
  const planned = await readPlanned(services, incidentId, body, 0, body.counts.objects);
  const ours = new Set([
    ...planned.map((object) => object.objectId),
    ...incident.actors.map((actor) => actor.id),
  ]);
  const window = { from: since, to: isoNow(services) };
  const us = { kind: 'servicePrincipal', id: ourId, name: product.name } as const;

  const seen = new Set<string>();
  const strange = new Set<string>();
  for await (const event of services.auditLog.readWrites([us], window)) {
    if (expected.has(event.objectId)) seen.add(event.objectId);
    else if (!ours.has(event.objectId) && event.kind !== 'other') strange.add(event.objectId);
  }
  if (strange.size > 0) {
    for (const id of await objectsOfOtherIncidents(services, incidentId, since)) strange.delete(id);
  }
  if (strange.size > 0) await raiseAlert([...strange].sort());

  let byActor = 0;
  for await (const event of services.auditLog.readWrites(incident.actors, window)) {
    if (isChange(event)) byActor += 1;
  }
  return { expected: expected.size, seen: seen.size, outsidePlan: strange.size, byActor };

  async function raiseAlert(ids: readonly string[]): Promise<void> {
    const text =
      `OUR IDENTITY WROTE OUTSIDE EVERY PLAN: ${ids.length} objects since ${since}, among them ` +
      `${ids.slice(0, idsNamed).join(', ')}. Somebody may act as us: check its credentials and sign-ins.`;
    await services.store.updateIncident(incidentId, (open) => withWarning(open, text));
    await services.store.append(incidentId, `own-writes:${planDigest}:${ids.length}`, {
      at: isoNow(services),
      kind: 'own.writes.outside',
      by: product,
      summary: text,
    });
    await tellOnce(services, incidentId, `own-writes:${planDigest}:${ids.length}`, () =>
      services.notifier.urgent(incidentId, 'Our identity wrote outside every plan', text),
    );
  }
}
