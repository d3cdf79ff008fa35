import type { ObjectType } from '../attribution/audit.js';

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

/**
 * An order of kinds that keeps objects of one kind together, so that each run of them is read with few
 * requests. The order in which a plan is carried out is `stageOf`.
 */
export const compareTypes = (a: ObjectType, b: ObjectType): number => rank[a] - rank[b];
