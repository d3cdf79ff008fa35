import type { Incident } from '../../../shared/domain/incident/incident.js';
import { toldRevision, type RevisionsDocument } from '../../../shared/domain/plan/revisions.js';
import {
  isOvertakenByPoint,
  type PointCheckDocument,
} from '../../../shared/domain/native/point-check.js';
import type { Policy } from '../../../shared/domain/policy.js';
import { readNamedActors } from '../case-file.js';
import { touchesNewlyProtected } from '../plan/newly-protected.js';
import type { PlanDocument } from '../plan/plan-file.js';
import { readRevisions } from '../plan/revised-terms.js';
import { addsWrites } from '../scope/joined-alerts.js';
import type { ActivityServices } from '../services.js';

/**
 * Why a plan is drawn again as a new version: `superseded` when what it rests on has changed, so that the
 * scope is read again, `revised` when people changed the plan alone. `why` is one sentence for people.
 */
export interface Overtaken {
  readonly by: 'superseded' | 'revised';
  readonly why: string;
}

/** Whether people have named other actors or revised the plan since it was drawn; null when not. */
export async function changedByPeople(
  services: ActivityServices,
  incidentId: string,
  { body, basis }: PlanDocument,
): Promise<Overtaken | null> {
  if (body.undoes !== undefined) return null;
  const [named, revisions] = await Promise.all([
    readNamedActors(services, incidentId),
    readRevisions(services, incidentId),
  ]);
  if (named.version !== basis.actorsVersion) {
    return superseded('Other actors were named after this plan was made.');
  }
  return revisions.version === (basis.revisionsVersion ?? 0)
    ? null
    : { by: 'revised', why: revisedBy(revisions) };
}

/**
 * Whether what the plan rests on has changed: an object of it is protected since, or writes of the actor
 * have become known that it does not have. Reads the audit trail, so it is asked before the first write
 * and while a decision is awaited, not between batches.
 */
export async function lostItsGround(
  services: ActivityServices,
  incident: Incident,
  plan: PlanDocument,
  policy: Policy,
): Promise<Overtaken | null> {
  if (plan.body.undoes !== undefined) return null;
  if (await touchesNewlyProtected(services, incident.id, plan, policy)) {
    return superseded('The policy protects an object of this plan since it was made.');
  }
  return (await addsWrites(services, incident, plan, policy))
    ? superseded('Writes of the actor have become known that this plan does not have.')
    : null;
}

/** Whether the recovery point was asked since and the plan would come out otherwise; null when not. */
export function contradictedByPoint(
  check: PointCheckDocument,
  { body, basis, digest }: PlanDocument,
): Overtaken | null {
  if (body.undoes !== undefined) return null;
  const { recoveryPointId } = body;
  const { pointIndex } = basis;
  return isOvertakenByPoint(check, { digest, recoveryPointId, pointIndex })
    ? { by: 'revised', why: check.answer?.summary ?? '' }
    : null;
}

const superseded = (why: string): Overtaken => ({ by: 'superseded', why });

function revisedBy({ list }: RevisionsDocument): string {
  const last = list.at(-1);
  return last === undefined
    ? 'The plan was revised.'
    : `Revised by ${last.by.name}: ${toldRevision(last)}`;
}
