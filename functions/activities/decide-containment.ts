import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { accessTokenWarning, measuresFor } from '../../shared/domain/containment-rules.js';
import { isProtected } from '../../shared/domain/policy.js';
import { policyOf } from './case-file.js';
import type { ActivityServices } from './services.js';

const incidentsLooked = 50;

/** Which measures the policy, the evidence and the protections allow on this identity now. */
export async function decideContainment(
  services: ActivityServices,
  { incidentId, actor, auditRows, commanderNamed }: ActivityInput<'decideContainment'>,
): Promise<ActivityOutput<'decideContainment'>> {
  const [identity, { policy }, ourId, containedLastHour] = await Promise.all([
    services.directory.readIdentity(actor.kind, actor.id),
    policyOf(services, incidentId, { fresh: true }),
    services.directory.ownIdentity(),
    countContained(services, actor.id),
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
    containedLastHour,
    ourId,
    isProtected: protectedActor,
  });
  return {
    allowed: [...decision.allowed],
    refused: decision.refused.map(({ measure, code, why }) => ({ measure, code, why })),
    protectedActor: protectedActor || decision.neverContained,
    waitForCommander: decision.waitForCommander,
    tokenWarning: accessTokenWarning(actor.kind),
  };
}

/** Other identities contained within the last hour, over all incidents. */
async function countContained(services: ActivityServices, except: string): Promise<number> {
  const since = new Date(services.clock.now() - 3_600_000).toISOString();
  const { items } = await services.store.listIncidents(incidentsLooked);
  const contained = items.flatMap(({ actors }) =>
    actors.filter(({ provenAt, id }) => id !== except && provenAt !== null && provenAt >= since),
  );
  return new Set(contained.map(({ id }) => id)).size;
}
