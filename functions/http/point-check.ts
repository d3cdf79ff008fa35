import type { InvocationContext } from '@azure/functions';
import type { Incident, IncidentState } from '../../shared/domain/incident/incident.js';
import { product } from '../../shared/domain/incident/product.js';
import type { Json } from '../../shared/domain/json.js';
import {
  pointCheckOf,
  runToBegin,
  withRunOver,
  type PointCheckDocument,
} from '../../shared/domain/native/point-check.js';
import { isoNow, type DoorServices } from './services.js';

const beforeExecution: ReadonlySet<IncidentState> = new Set<IncidentState>([
  'containing',
  'scoping',
  'choosingRecoveryPoint',
  'previewing',
  'awaitingApproval',
]);

/**
 * With a lent session the service can be asked what the recovery point holds, so a check of the plan
 * against it is begun beside the incident: once per recovery point, and again only after a run that ended
 * without an answer. A run that is at work goes on; one that ended before it could say so is told as over.
 */
export async function beginPointCheck(
  services: DoorServices,
  context: InvocationContext,
  { id, state, recoveryPoint }: Incident,
): Promise<void> {
  if (!beforeExecution.has(state) || recoveryPoint?.id === null) return;
  const runOf = (known: PointCheckDocument) => runToBegin(known, recoveryPoint?.id ?? null);
  // Each pass ends a number that has a run already, so there are no more passes than runs.
  for (;;) {
    const begun = await keep(services, id, (known) => ({
      ...known,
      asked: Math.max(known.asked, runOf(known) ?? 0),
    }));
    const run = runOf(begun);
    if (run === null) return;
    if ((await services.runs(context).startPointCheck(id, run)) !== 'over') return;
    await services.store.append(id, `point:${run}:ended`, {
      at: isoNow(services),
      kind: 'pointCheck.unanswered',
      by: product,
      summary: `Check ${run} of the plan against the recovery point broke off and told nothing; the next one is begun.`,
    });
    await keep(services, id, (known) => withRunOver(known, run));
  }
}

async function keep(
  { store }: DoorServices,
  incidentId: string,
  change: (known: PointCheckDocument) => PointCheckDocument,
): Promise<PointCheckDocument> {
  const kept = await store.updateDocument<Json>(
    incidentId,
    'point-check',
    (known) => change(pointCheckOf(known)) as unknown as Json,
  );
  return pointCheckOf(kept);
}
