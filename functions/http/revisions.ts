import type { z } from 'zod';
import { accepted, revisionBody } from '../../shared/contracts/http.js';
import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Json } from '../../shared/domain/json.js';
import {
  isRepeated,
  noRevisions,
  toldRevision,
  withRevision,
  type Revision,
  type RevisionsDocument,
} from '../../shared/domain/plan/revisions.js';
import { RewindError, type Issue } from '../../shared/errors.js';
import { asPerson, people, type PersonCaller } from './access.js';
import { incidentDoor } from './door.js';
import { requireNoActor, requireOpen } from './refusals.js';
import { tellOfRevisers } from './revision-alarm.js';
import { isoNow, type DoorServices } from './services.js';
import { plannedObjects, readStoredPlan, type StoredPlan } from './stored-plan.js';

type RevisionBody = z.output<typeof revisionBody>;

/**
 * `POST /incidents/{id}/revisions`: another plan instead of the one that awaits a decision. Every
 * approval of it is void from this moment, the run draws a new version, and the reviser is a
 * diagnostician of that and all later ones. The same revision sent again is one revision. People whom the
 * policy does not pin do so unremarked twice.
 */
export const revisePlan = incidentDoor<PersonCaller, RevisionBody>({
  name: 'revisePlan',
  method: 'POST',
  route: 'incidents/{id}/revisions',
  summary: 'Change the plan that awaits a decision.',
  access: people('Incident.Responder'),
  body: revisionBody,
  answers: { 202: { description: 'Noted; a new version is drawn.', schema: accepted } },
  handle: async ({ services, context, incident, caller, body }) => {
    await requireNoActor(services, incident, caller, 'revision');
    requireOpen(incident);
    const asked = { ...wishOf(body), by: asPerson(caller) };
    const known = await readRevisions(services, incident.id);
    if (!isRepeated(known, asked)) {
      const plan = await planToRevise(services, incident, body.basedOn);
      await requireKnownParts(services, incident, plan, body);
    }
    const revision: Revision = { ...asked, at: isoNow(services) };
    const now = (await services.store.updateDocument<Json>(
      incident.id,
      'revisions',
      (value) => revised(value as unknown as RevisionsDocument | null, revision) as unknown as Json,
    )) as unknown as RevisionsDocument;
    await services.store.append(incident.id, `revision:${now.version}`, {
      at: now.list.at(-1)?.at ?? revision.at,
      kind: 'plan.revised',
      by: revision.by,
      summary: `Plan ${revision.basedOn} revised: ${toldRevision(revision)}`,
    });
    await services.runs(context).wake(incident.id, 'planRevised', `revision-${now.version}`);
    await tellOfRevisers(services, incident, now);
    return { status: 202, json: { incidentId: incident.id } };
  },
});

/** Two people may revise one plan at once: the second one saw a plan that is no more. */
function revised(known: RevisionsDocument | null, revision: Revision): RevisionsDocument {
  const before = known ?? noRevisions;
  if (isRepeated(before, revision)) return before;
  if (before.list.some(({ basedOn }) => basedOn === revision.basedOn)) throw superseded();
  return withRevision(before, revision);
}

async function planToRevise(
  services: DoorServices,
  incident: Incident,
  basedOn: string,
): Promise<StoredPlan> {
  const plan = await readStoredPlan(services.store, incident.id);
  if (incident.state !== 'awaitingApproval' || plan === null || plan.provisional) {
    throw new RewindError(
      'NOT_AWAITING_APPROVAL',
      'A plan is revised while it awaits a decision. Resume or cancel what is being executed.',
    );
  }
  if (plan.digest !== basedOn) throw superseded();
  return plan;
}

/** Refuses ids that the plan does not know: a typing error must not pass for an exclusion. */
async function requireKnownParts(
  services: DoorServices,
  { id, recoveryPoint }: Incident,
  { body: plan }: StoredPlan,
  { exclude = [], include = [], choices = {}, recoveryPointId }: RevisionBody,
): Promise<void> {
  const unknown = new Set([...exclude, ...include, ...Object.keys(choices)]);
  for await (const { objectId } of plannedObjects(services.store, id, plan)) {
    unknown.delete(objectId.toLowerCase());
    if (unknown.size === 0) break;
  }
  const issues: Issue[] = [...unknown].slice(0, 50).map((objectId) => ({
    path: exclude.includes(objectId)
      ? 'exclude'
      : include.includes(objectId)
        ? 'include'
        : 'choices',
    code: 'custom',
    message: `${objectId} is not in the scope of this plan`,
  }));
  const points = [recoveryPoint?.id, ...(recoveryPoint?.alternatives ?? []).map((one) => one.id)];
  if (recoveryPointId !== undefined && !points.includes(recoveryPointId)) {
    const message = 'none of the recovery points that the incident names';
    issues.push({ path: 'recoveryPointId', code: 'custom', message });
  }
  if (issues.length === 0) return;
  throw new RewindError('VALIDATION_FAILED', 'The request does not fit; see errors.', { issues });
}

export async function readRevisions(
  { store }: Pick<DoorServices, 'store'>,
  incidentId: string,
): Promise<RevisionsDocument> {
  const known = await store.readDocument<Json>(incidentId, 'revisions');
  return (known as unknown as RevisionsDocument | null) ?? noRevisions;
}

function wishOf(body: RevisionBody): Omit<Revision, 'at' | 'by'> {
  const { basedOn, exclude = [], include = [], choices = {}, note } = body;
  return {
    basedOn,
    exclude,
    include,
    choices,
    recoveryPointId: body.recoveryPointId ?? null,
    executor: body.executor ?? null,
    note,
  };
}

const superseded = (): RewindError =>
  new RewindError('PLAN_SUPERSEDED', 'The plan was superseded; look at the newest version first.');
