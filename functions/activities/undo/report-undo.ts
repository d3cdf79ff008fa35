import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type {
  IncidentPatch,
  UndoState,
  UndoView,
} from '../../../shared/domain/incident/incident.js';
import { withUndo } from '../../../shared/domain/plan/undo-view.js';
import { product, type ActivityServices } from '../services.js';

/**
 * Writes a step's line of an undo: into the undo's part of the document, never into the incident's own
 * steps, state or outcome; the key makes a second run write nothing.
 */
export async function reportUndo(
  services: ActivityServices,
  { incidentId, key, step, state, at, summary, patch = {}, artefact }: ActivityInput<'reportUndo'>,
): Promise<ActivityOutput<'reportUndo'>> {
  await services.store.updateIncident(incidentId, (incident) =>
    withUndo(incident, { ...partsOf(patch), summary }),
  );
  const head = await services.store.append(incidentId, `undo:${key}`, {
    at,
    kind: `undo.${step}.${state}`,
    by: product,
    summary: `Undo: ${summary}`,
    ...(artefact && { artefact }),
  });
  return { entries: head.entries };
}

const states: ReadonlySet<string> = new Set<UndoState>([
  'previewing',
  'awaitingApproval',
  'executing',
  'verifying',
]);

/** What an undo has of its own of the parts of an incident. */
function partsOf({ state, waitingFor, verification }: IncidentPatch): Partial<UndoView> {
  return {
    ...(state !== undefined && states.has(state) && { state: state as UndoState }),
    ...(waitingFor !== undefined && { waitingFor }),
    ...(verification !== undefined && { verification }),
  };
}
