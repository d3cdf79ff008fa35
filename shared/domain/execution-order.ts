import type { ObjectType } from './audit.js';
import { compareText } from './instants.js';
import type { PlannedObject } from './plan.js';

const rank: Readonly<Record<ObjectType, number>> = {
  conditionalAccessPolicy: 0,
  namedLocation: 0,
  authorizationPolicy: 0,
  authenticationMethodPolicy: 0,
  authenticationStrengthPolicy: 0,
  organization: 0,
  policy: 0,
  role: 0,
  application: 1,
  servicePrincipal: 1,
  user: 2,
  device: 3,
  other: 3,
  group: 4,
};
const membershipsOnly = 5;

/**
 * The order in which planned objects are repaired: what decides who may sign in, then applications,
 * users, groups, and last the objects whose memberships alone are repaired, since both ends must exist
 * by then. Within a rank by object id, so that a plan is always written in the same order.
 */
export function executionOrder(a: PlannedObject, b: PlannedObject): number {
  return rankOf(a) - rankOf(b) || compareText(a.objectId, b.objectId);
}

/** The same order for objects of which only the kind is known yet. */
export const compareTypes = (a: ObjectType, b: ObjectType): number => rank[a] - rank[b];

function rankOf(object: PlannedObject): number {
  const acting = object.deltas.filter(({ action }) => action !== null);
  const repairsMembershipsOnly =
    acting.length > 0 &&
    acting.every(({ action }) => action === 'addMember' || action === 'removeMember');
  return repairsMembershipsOnly ? membershipsOnly : rank[object.objectType];
}
