import { auditRowCommand } from '../../../shared/domain/incident/manual-command.js';
import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { withWarning } from '../../../shared/domain/incident/incident-changes.js';
import type { AuditEvent } from '../../../shared/domain/attribution/audit.js';
import type { Residual } from '../../../shared/domain/plan/plan.js';
import { policyOf, readIncident } from '../case-file.js';
import { putLines } from '../lines.js';
import { readPlan } from '../plan/plan-file.js';
import { unknownRows } from './unknown-rows.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { tellOnce } from '../tell-once.js';

const residualsKept = 200;

/**
 * Looks, after the recovery, for writes of the actors that the plan never knew because their rows reached
 * the trail after the scope had settled. What they changed is not put back by this incident: it is listed
 * for people, warned about and told to the second channel, so that nobody takes the recovery for complete.
 */
export async function findLateRows(
  services: ActivityServices,
  { incidentId, planDigest }: ActivityInput<'findLateRows'>,
): Promise<ActivityOutput<'findLateRows'>> {
  const [incident, { policy }, { body }] = await Promise.all([
    readIncident(services, incidentId),
    policyOf(services, incidentId),
    readPlan(services, incidentId, planDigest),
  ]);
  const late: AuditEvent[] = [];
  for await (const event of unknownRows(services, incident, body.scopeDigest, policy)) {
    late.push(event);
  }
  if (late.length === 0) return { rows: 0, objects: 0, summary: '' };

  const objects = new Map(late.map((event) => [event.objectId, event]));
  const summary =
    `LATE ROWS: ${late.length} writes of the actor on ${objects.size} objects reached the audit trail ` +
    'after the scope had settled; this plan does not put them back. They are listed; open a new incident for them.';
  const artefact = await putLines(
    services,
    incidentId,
    `late-rows-${planDigest.slice(7, 19)}`,
    late,
  );
  await services.store.updateIncident(incidentId, (open) => {
    const known = new Set(open.residual.map(({ objectId, what }) => `${objectId} ${what}`));
    const listed = [...objects.values()]
      .slice(0, residualsKept)
      .map(toResidual)
      .filter(({ objectId, what }) => !known.has(`${objectId} ${what}`));
    return { ...withWarning(open, summary), residual: [...open.residual, ...listed] };
  });
  await services.store.append(incidentId, `late-rows:${artefact.sha256}`, {
    at: isoNow(services),
    kind: 'scope.late',
    by: product,
    summary,
    artefact,
  });
  await tellOnce(services, incidentId, `late-rows:${artefact.sha256}`, () =>
    services.notifier.urgent(incidentId, 'The actor changed more than the plan knew', summary),
  );
  return { rows: late.length, objects: objects.size, summary };
}

const toResidual = ({ objectId, objectName, operation, id }: AuditEvent): Residual => ({
  kind: 'manual',
  objectId,
  ...(objectName !== null && { name: objectName }),
  what: `The actor did "${operation}" on ${objectName ?? objectId}; the row came too late for the plan.`,
  todo: `Put it back by a new incident for the same actor, or by hand. The row: ${auditRowCommand(id) ?? id}`,
});
