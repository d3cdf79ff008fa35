import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { truthfulOutcome } from '../../../shared/domain/plan/outcome.js';
import { withUndo } from '../../../shared/domain/plan/undo-view.js';
import { writeReport } from '../verify/close-incident.js';
import { readIncident } from '../case-file.js';
import { product, type ActivityServices } from '../services.js';
import { tellOnce } from '../tell-once.js';

/** Ends the undo with the outcome that its own numbers allow, and writes the report anew. */
export async function closeUndo(
  services: ActivityServices,
  { incidentId, at, outcome, why }: ActivityInput<'closeUndo'>,
): Promise<ActivityOutput<'closeUndo'>> {
  const { undo } = await readIncident(services, incidentId);
  const { plan = null, execution = null, verification = null } = undo ?? {};
  const honest = truthfulOutcome(outcome, { plan, execution, verification });
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
