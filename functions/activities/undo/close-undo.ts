import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { truthfulOutcome } from '../../../shared/domain/plan/outcome.js';
import { withUndo } from '../../../shared/domain/plan/undo-view.js';
import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import { readLines } from '../lines.js';
import { readAnyPlan } from '../plan/plan-file.js';
import { writeReport } from '../verify/close-incident.js';
import { counted } from '../../../shared/domain/words.js';
import { readIncident } from '../case-file.js';
import { product, type ActivityServices } from '../services.js';
import { tellOnce } from '../tell-once.js';

/**
 * Ends the undo with the outcome that its own numbers allow, and writes the report anew. While a person
 * has something left to undo it is not `recovered`.
 */
export async function closeUndo(
  services: ActivityServices,
  { incidentId, at, outcome, why: reason }: ActivityInput<'closeUndo'>,
): Promise<ActivityOutput<'closeUndo'>> {
  const { undo } = await readIncident(services, incidentId);
  const { plan = null, execution = null, verification = null } = undo ?? {};
  const byHand =
    undo?.planDigest == null ? 0 : await leftForPeople(services, incidentId, undo.planDigest);
  const readBack = truthfulOutcome(outcome, { plan, execution, verification });
  const honest = readBack === 'recovered' && byHand > 0 ? 'partiallyRecovered' : readBack;
  const why =
    byHand === 0
      ? reason
      : `${reason} Left for a person to undo: ${counted(byHand, 'change')} of ours.`;
  const head = await services.store.append(incidentId, 'undo.closed', {
    at,
    kind: 'undo.closed',
    by: product,
    summary: `Undo ${honest}: ${why}`,
  });
  const closed = await services.store.updateIncident(incidentId, (incident) =>
    withUndo(incident, { state: 'closed', outcome: honest, waitingFor: null, summary: why }),
  );
  await writeReport(services, closed);
  await tellOnce(services, incidentId, 'undo.closed', () =>
    services.notifier.notice(`Undo of ${incidentId}: ${honest}`, `${closed.title}. ${why}`),
  );
  return { entries: head.entries };
}

async function leftForPeople(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
): Promise<number> {
  const { body } = await readAnyPlan(services, incidentId, planDigest);
  let left = 0;
  for (const { sha256 } of body.chunks) {
    const objects = await readLines<PlannedObject>(services, incidentId, sha256);
    left += objects.reduce((sum, { residual }) => sum + residual.length, 0);
  }
  return left;
}
