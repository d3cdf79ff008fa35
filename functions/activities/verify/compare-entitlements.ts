import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { readEntitlementsBefore } from './entitlements.js';
import type { ActivityServices } from '../services.js';

/**
 * Compares memberships and licences of a sample of repaired users with what they were before we wrote.
 * Groups that the plan itself changes, and dynamic ones (they follow their rule), are left out.
 */
export async function compareEntitlements(
  services: ActivityServices,
  { incidentId, planDigest }: ActivityInput<'compareEntitlements'>,
): Promise<ActivityOutput<'compareEntitlements'>> {
  const before = await readEntitlementsBefore(services, incidentId, planDigest);
  if (before.length === 0) return { sampled: 0, differing: 0, summary: 'No user to compare.' };
  const after = new Map(
    (await services.directory.readEntitlements(before.map((user) => user.userId))).map((user) => [
      user.userId,
      user,
    ]),
  );
  const differing = before.filter((user) => {
    const now = after.get(user.userId);
    return (
      now === undefined ||
      user.groupIds.some((id) => !now.groupIds.includes(id)) ||
      user.skuIds.some((id) => !now.skuIds.includes(id))
    );
  });
  const summary =
    differing.length === 0
      ? `Memberships and licences of ${before.length} sampled users are as before.`
      : `${differing.length} of ${before.length} sampled users lack a membership or licence they had: ` +
        `${differing
          .slice(0, 5)
          .map((user) => user.userId)
          .join(', ')}.`;
  return { sampled: before.length, differing: differing.length, summary };
}
