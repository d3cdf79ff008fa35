import type { InvocationContext } from '@azure/functions';
import type { z } from 'zod';
import { accepted, markBody } from '../../shared/contracts/http.js';
import { noMarks, type MarksDocument } from '../../shared/domain/incident/documents.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Person } from '../../shared/domain/identities.js';
import type { Json } from '../../shared/domain/json.js';
import { isUndoing, marksDocumentOf, undoRunOf } from '../../shared/domain/plan/undo-view.js';
import { asPerson, people, type PersonCaller, type Role } from './access.js';
import { incidentDoor, type Answer, type Door, type Visit } from './door.js';
import { requireNoActor, requireOpen, requirePinned } from './refusals.js';
import { isoNow, type DoorServices } from './services.js';

type MarkBody = z.output<typeof markBody>;
type Mark = 'cancel' | 'hold' | 'resume';

/** Before execution the run closes; during it stops before the next wave and says what was done. */
export const cancelIncident = markDoor('cancel', 'Stop the incident.', 'Incident.Commander');

/** Execution stops before the next batch; the approval stays good until it expires. */
export const holdIncident = markDoor(
  'hold',
  'Hold the execution before its next batch.',
  'Incident.Commander',
  'Incident.Operator',
);

export const resumeIncident = markDoor(
  'resume',
  'Let a held execution go on.',
  'Incident.Commander',
  'Incident.Operator',
);

function markDoor(mark: Mark, summary: string, ...roles: Role[]): Door {
  return incidentDoor<PersonCaller, MarkBody>({
    name: `${mark}Incident`,
    method: 'POST',
    route: `incidents/{id}/${mark}`,
    summary,
    access: people(...roles),
    body: markBody,
    bodyOptional: true,
    answers: { 202: { description: 'Noted; the run is woken.', schema: accepted } },
    handle: (visit) => leaveMark(mark, visit),
  });
}

async function leaveMark(
  mark: Mark,
  { services, context, incident, caller, body }: Visit<PersonCaller, Incident, MarkBody, undefined>,
): Promise<Answer> {
  await requireNoActor(services, incident, caller, mark);
  const lists =
    mark === 'cancel' ? ['commanders' as const] : ['commanders' as const, 'operators' as const];
  await requirePinned(services, incident, caller, mark, lists);
  await putMark(services, context, incident, { mark, by: asPerson(caller), note: body.note });
  return { status: 202, json: { incidentId: incident.id } };
}

/**
 * Leaves a mark on an open incident, or on the undo of a closed one, and wakes its run: the mark is what running activities read, the
 * event only wakes them. Repeating a mark changes nothing. Throws INCIDENT_CLOSED.
 */
export async function putMark(
  services: DoorServices,
  context: InvocationContext,
  incident: Incident,
  wish: { readonly mark: Mark; readonly by: Person; readonly note: string | undefined },
): Promise<void> {
  const { mark, by, note } = wish;
  if (!isUndoing(incident)) requireOpen(incident);
  const document = marksDocumentOf(incident);
  const { store } = services;
  const at = isoNow(services);
  const before = (await store.readDocument<Json>(incident.id, document)) as unknown;
  const known = (before as MarksDocument | null) ?? noMarks;
  if (marked(known, mark, by, at, note) !== known) {
    await store.append(incident.id, `mark:${mark}:${at}:${by.id}`, {
      at,
      kind: mark,
      by,
      summary: note ?? `${by.name} asked: ${mark}.`,
    });
    await store.updateDocument<Json>(incident.id, document, (value) => {
      const marks = (value as unknown as MarksDocument | null) ?? noMarks;
      return marked(marks, mark, by, at, note) as unknown as Json;
    });
  }
  const run = document === 'marks' ? incident.id : undoRunOf(incident.id);
  await services.runs(context).wake(run, 'marksChanged', `${mark}-${at}`);
}

/** The marks after one more; the very same object when it says nothing new. */
function marked(
  marks: MarksDocument,
  mark: Mark,
  by: Person,
  at: string,
  note: string | undefined,
): MarksDocument {
  switch (mark) {
    case 'cancel':
      return marks.cancel === null ? { ...marks, cancel: { by, at } } : marks;
    case 'hold':
      return marks.hold === null
        ? { ...marks, hold: { by, at, why: note ?? 'held by hand' } }
        : marks;
    case 'resume':
      return marks.hold === null ? marks : { ...marks, hold: null };
  }
}
