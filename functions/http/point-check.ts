import type { InvocationContext } from '@azure/functions';
import type { Incident, IncidentState } from '../../shared/domain/incident/incident.js';
import type { Json } from '../../shared/domain/json.js';
import {
  pointCheckOf,
  runToBegin,
  type PointCheckDocument,
} from '../../shared/domain/native/point-check.js';
import type { DoorServices } from './services.js';

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
 * without an answer. A run that is at work goes on.
 */
export async function beginPointCheck(
  services: DoorServices,
  context: InvocationContext,
  { id, state, recoveryPoint }: Incident,
): Promise<void> {
  if (!beforeExecution.has(state) || recoveryPoint?.id === null) return;
  const runOf = (known: PointCheckDocument) => runToBegin(known, recoveryPoint?.id ?? null);
  const begun = await services.store.updateDocument<Json>(id, 'point-check', (value) => {
    const known = pointCheckOf(value);
    return { ...known, asked: Math.max(known.asked, runOf(known) ?? 0) } as unknown as Json;
  });
  const run = runOf(pointCheckOf(begun));
  if (run !== null) await services.runs(context).startPointCheck(id, run);
}
