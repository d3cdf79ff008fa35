import { undoAsked } from '../../shared/contracts/http.js';
import type { Incident, UndoView } from '../../shared/domain/incident/incident.js';
import { newUndo } from '../../shared/domain/plan/undo-view.js';
import { RewindError } from '../../shared/errors.js';
import { asPerson, people, type PersonCaller } from './access.js';
import { incidentDoor } from './door.js';
import { requireNoActor, requirePinned } from './refusals.js';
import { isoNow, type DoorServices } from './services.js';

/** How long the door waits for the plan; drawing it reads everything that was written. */
const longestWaitMs = 100_000;
const lookEveryMs = 250;

/** `POST /incidents/{id}/undo`: once, after the end; the undo plan then awaits approval like any other. */
export const undoIncident = incidentDoor<PersonCaller>({
  name: 'undoIncident',
  method: 'POST',
  route: 'incidents/{id}/undo',
  summary: 'Draw the plan that undoes this recovery, and ask for its approval.',
  access: people('Incident.Commander'),
  answers: {
    202: {
      description:
        'Digest of the undo plan; null while a large one is still being drawn, `undo` of the incident then tells it.',
      schema: undoAsked,
    },
  },
  handle: async ({ services, context, incident, caller }) => {
    await requireNoActor(services, incident, caller, 'undo');
    await requirePinned(services, incident, caller, 'undo', ['commanders']);
    requireUndoable(incident);
    const at = isoNow(services);
    const by = asPerson(caller);
    const { undo } = await services.store.updateIncident(incident.id, (known) =>
      known.undo === null ? { ...known, undo: newUndo(by, at) } : known,
    );
    requireStillDrawn(undo);
    await services.store.append(incident.id, 'undo.asked', {
      at,
      kind: 'undo.asked',
      by,
      summary: `${by.name} asked to undo this recovery.`,
    });
    await services.runs(context).startUndo(incident.id);
    return { status: 202, json: { planDigest: await drawnPlan(services, incident.id) } };
  },
});

function requireUndoable({ state, execution, undo }: Incident): void {
  if (state !== 'closed') {
    throw new RewindError('INCIDENT_NOT_CLOSED', 'Only a closed incident can be undone.');
  }
  requireStillDrawn(undo);
  if (execution === null || execution.applied + execution.failed === 0) {
    throw new RewindError(
      'VALIDATION_FAILED',
      'Nothing was written by this incident, so there is nothing to undo.',
    );
  }
}

/** Asking again while the plan is drawn is the same question; later it would be a second undo. */
function requireStillDrawn(undo: UndoView | null): void {
  if (undo === null || (undo.state === 'previewing' && undo.planDigest === null)) return;
  throw new RewindError(
    'INCIDENT_CLOSED',
    `An incident is undone once; ${undo.askedBy.name} asked at ${undo.askedAt}.`,
  );
}

/** The digest as soon as decisions on it are awaited; null when that takes longer than a door may. */
async function drawnPlan(
  { store, clock }: DoorServices,
  incidentId: string,
): Promise<string | null> {
  const deadline = clock.now() + longestWaitMs;
  for (;;) {
    const undo = (await store.readIncident(incidentId))?.undo ?? null;
    if (undo !== null && undo.state !== 'previewing') return undo.planDigest;
    if (clock.now() >= deadline) return null;
    await clock.sleep(lookEveryMs);
  }
}
