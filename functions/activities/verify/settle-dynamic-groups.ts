import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { Json } from '../../../shared/domain/json.js';
import type { ActivityServices } from '../services.js';
import { readWritten } from '../execute/written-objects.js';

/**
 * Re-reads the dynamic groups whose rule names a property that was put back. Their membership is
 * recomputed by the service; a group is settled when two looks in a row count the same members.
 */
export async function settleDynamicGroups(
  services: ActivityServices,
  { incidentId, planDigest }: ActivityInput<'settleDynamicGroups'>,
): Promise<ActivityOutput<'settleDynamicGroups'>> {
  const written = await readWritten(services, incidentId, planDigest);
  const properties = [
    ...new Set(
      written.flatMap(({ deltas }) =>
        deltas.filter(({ action }) => action === 'update').map(({ property }) => property),
      ),
    ),
  ];
  const groups =
    properties.length === 0 ? [] : await services.directory.dynamicGroupsNaming(properties);
  if (groups.length === 0)
    return { groups: 0, pending: 0, summary: 'No dynamic group hangs on it.' };

  const counts: Record<string, number> = {};
  for (const group of groups) counts[group.id] = await services.directory.countMembers(group.id);
  let earlier: Record<string, number> = {};
  await services.store.updateDocument<Json>(
    incidentId,
    `dynamic-groups-${planDigest.slice(7, 19)}`,
    (value) => {
      earlier = (value ?? {}) as unknown as Record<string, number>;
      return counts;
    },
  );
  const pending = groups.filter((group) => earlier[group.id] !== counts[group.id]);
  return {
    groups: groups.length,
    pending: pending.length,
    summary:
      pending.length === 0
        ? `${groups.length} dynamic groups have settled.`
        : `${pending.length} of ${groups.length} dynamic groups are still being recomputed (pending).`,
  };
}
