import type { ActivityInput } from '../../../shared/contracts/catalogue.js';
import { alreadySo, takeMeasure, type Found, type MeasureResult } from './containments.js';
import type { ActivityServices } from '../services.js';

/**
 * Ends refresh tokens and browser sessions; repeating only moves the timestamp forward (fact sheet A.1).
 * After an interruption the tenant is asked first whether the earlier call had its effect.
 */
export function revokeSessions(
  services: ActivityServices,
  { incidentId, actor }: ActivityInput<'revokeSessions'>,
): Promise<MeasureResult> {
  return takeMeasure(services, { incidentId, actor, measure: 'revokeSessions' }, async (found) => {
    const since = revokedSince(found);
    if (since !== null) return { effect: alreadySo, takenAt: since };
    return { effect: await services.directory.revokeSessions(actor.id) };
  });
}

/** When an earlier attempt whose outcome nobody knew took effect; null when none did. */
function revokedSince({ identity, earlier }: Found): string | null {
  const asked = earlier.askedAt.revokeSessions;
  if (asked === undefined || earlier.takenAt.revokeSessions !== undefined) return null;
  const validFrom = identity.sessionsValidFrom;
  return validFrom !== null && Date.parse(validFrom) >= Date.parse(asked) ? validFrom : null;
}
