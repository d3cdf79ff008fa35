import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import {
  accessTokenWarning,
  measuresFor,
} from '../../../shared/domain/incident/containment-rules.js';
import { isProtected } from '../../../shared/domain/policy.js';
import { policyOf } from '../case-file.js';
import { reservePlace } from './contained-last-hour.js';
import type { ActivityServices } from '../services.js';

/** Which measures the policy, the evidence and the protections allow on this identity now. */
export async function decideContainment(
  services: ActivityServices,
  { incidentId, actor, auditRows, commanderNamed }: ActivityInput<'decideContainment'>,
): Promise<ActivityOutput<'decideContainment'>> {
  const [identity, { policy }, ourId, place] = await Promise.all([
    services.directory.readIdentity(actor.kind, actor.id),
    policyOf(services, incidentId, { fresh: true }),
    services.directory.ownIdentity(),
    reservePlace(services, incidentId, actor),
  ]);
  const protectedActor = isProtected(policy, actor.id);
  const decision = measuresFor({
    identity: {
      kind: actor.kind,
      id: actor.id,
      firstParty: identity?.firstParty ?? false,
      directorySync: identity?.directorySync ?? false,
    },
    policy,
    evidence: { auditRows, commanderNamed },
    containedLastHour: place.before,
    ourId,
    isProtected: protectedActor,
  });
  if (decision.allowed.length === 0) await place.free();
  return {
    allowed: [...decision.allowed],
    refused: decision.refused.map(({ measure, code, why }) => ({ measure, code, why })),
    protectedActor: protectedActor || decision.neverContained,
    waitForCommander: decision.waitForCommander,
    tokenWarning: accessTokenWarning(actor.kind),
  };
}
