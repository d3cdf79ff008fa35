import type { Policy } from '../../../shared/domain/policy.js';
import { readPlanned, type PlanDocument } from './plan-file.js';
import { groupOf, isMembership } from '../execute/repairs.js';
import type { ActivityServices } from '../services.js';

/** All ids the policy protects, lower case, sorted. */
export const protectedIds = ({ protected: { breakGlassIds, neverTouchIds } }: Policy): string[] =>
  [...new Set([...breakGlassIds, ...neverTouchIds].map((id) => id.toLowerCase()))].sort();

/** Whether the plan would write to something that was not protected yet when it was drawn. */
export async function touchesNewlyProtected(
  services: ActivityServices,
  incidentId: string,
  { body, basis }: PlanDocument,
  policy: Policy,
): Promise<boolean> {
  const before = new Set(basis.protectedIds ?? []);
  const fresh = new Set(protectedIds(policy).filter((id) => !before.has(id)));
  if (fresh.size === 0 || basis.protectedIds === undefined) return false;
  const planned = await readPlanned(services, incidentId, body, 0, body.counts.objects);
  return planned.some(({ objectId, deltas }) =>
    [objectId, ...deltas.filter(isMembership).map(groupOf)].some((id) =>
      fresh.has(id.toLowerCase()),
    ),
  );
}
