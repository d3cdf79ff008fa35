import type { Json } from '../../../shared/domain/json.js';
import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import { groupOf, isMembership } from '../execute/repairs.js';
import type { ActivityServices } from '../services.js';

interface Entitlements {
  readonly userId: string;
  readonly groupIds: readonly string[];
  readonly skuIds: readonly string[];
}

const sampleSize = 26;

const documentName = (planDigest: string): string => `entitlements-${planDigest.slice(7, 19)}`;

/**
 * Notes, before a canary wave is written, what its users belong to and are licensed for. Static groups
 * that the plan does not touch must be the same afterwards.
 */
export async function noteEntitlements(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
  objects: readonly PlannedObject[],
): Promise<void> {
  const name = documentName(planDigest);
  const known = ((await services.store.readDocument(incidentId, name)) ??
    []) as unknown as Entitlements[];
  const noted = new Set(known.map((user) => user.userId));
  const users = objects
    .filter((object) => object.objectType === 'user' && !noted.has(object.objectId))
    .slice(0, sampleSize - known.length);
  if (users.length === 0) return;
  const read = await services.directory.readEntitlements(users.map((user) => user.objectId));
  const groupIds = [...new Set(read.flatMap((user) => user.groupIds))];
  const groups = groupIds.length === 0 ? [] : await services.directory.readGroups(groupIds);
  const steady = new Set(groups.filter((group) => !group.dynamic).map((group) => group.id));
  const planned = new Map(users.map((user) => [user.objectId, plannedGroups(user)]));
  const fresh = read.map((user) => ({
    ...user,
    groupIds: user.groupIds.filter(
      (id) => steady.has(id) && !(planned.get(user.userId)?.has(id) ?? false),
    ),
  }));
  await services.store.updateDocument<Json>(incidentId, name, (value) => [
    ...((value ?? []) as readonly Json[]),
    ...(fresh as unknown as Json[]),
  ]);
}

export async function readEntitlementsBefore(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
): Promise<readonly Entitlements[]> {
  const noted = await services.store.readDocument(incidentId, documentName(planDigest));
  return (noted ?? []) as unknown as Entitlements[];
}

const plannedGroups = (object: PlannedObject): Set<string> =>
  new Set(object.deltas.filter(isMembership).map(groupOf));
