import type { PlanBasis } from '../../shared/domain/incident/documents.js';
import type { PlanView } from '../../shared/domain/incident/incident.js';
import type { Json } from '../../shared/domain/json.js';
import type { PlanBody, PlannedObject } from '../../shared/domain/plan/plan.js';
import type { EvidenceStore } from '../../shared/ports/evidence.js';

/** The document `plan`, as the doors read it. */
export interface StoredPlan {
  readonly body: PlanBody;
  readonly digest: string;
  readonly view: PlanView;
  readonly provisional: boolean;
  readonly basis: PlanBasis;
}

export async function readStoredPlan(
  store: EvidenceStore,
  incidentId: string,
): Promise<StoredPlan | null> {
  const plan = await store.readDocument<Json>(incidentId, 'plan');
  return plan as unknown as StoredPlan | null;
}

/** The plan's objects in plan order, one stored run of at most 500 after the other. */
export async function* plannedObjects(
  store: EvidenceStore,
  incidentId: string,
  body: PlanBody,
): AsyncGenerator<PlannedObject> {
  for (const chunk of body.chunks) {
    const text = Buffer.from(await store.readArtefact(incidentId, chunk.sha256)).toString('utf8');
    for (const line of text.split('\n')) {
      if (line !== '') yield JSON.parse(line) as PlannedObject;
    }
  }
}
