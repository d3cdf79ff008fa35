import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { chooseActors } from '../../shared/domain/actor-choice.js';
import type { ActorHint } from '../../shared/domain/intake.js';
import { policyOf, readIntake, readNamedActors, type NamedActors } from './case-file.js';
import { isoNow, type ActivityServices } from './services.js';

/**
 * Finds out who wrote. The alert's account may be the victim, so the audit trail decides among the
 * candidates; what a commander named is taken at their word.
 */
export async function resolveActor(
  services: ActivityServices,
  { incidentId, window }: ActivityInput<'resolveActor'>,
): Promise<ActivityOutput<'resolveActor'>> {
  const [intake, { policy }, named] = await Promise.all([
    readIntake(services, incidentId),
    policyOf(services, incidentId),
    readNamedActors(services, incidentId),
  ]);
  const looked = {
    from: new Date(Date.parse(window.from) - policy.scope.lookbackMinutes * 60_000).toISOString(),
    to: isoNow(services),
  };
  const commanderNamed = named.add.length > 0 || intake.openedBy !== null;
  const hints = named.add.length > 0 ? named.add.map(hintOfNamed) : intake.hints;
  const [resolved, writers] = await Promise.all([
    Promise.all(hints.map(resolve)),
    services.auditLog.countWriters(looked, 20, intake.targets?.objectIds),
  ]);
  const removed = new Set(named.remove);
  const choice = chooseActors({
    hints: resolved.filter((hint) => hint.identity === null || !removed.has(hint.identity.id)),
    writers: writers.filter((writer) => !removed.has(writer.id)),
    commanderNamed,
  });
  if (!choice.ok) return { resolved: false, question: choice.question };
  return {
    resolved: true,
    actors: choice.actors.map(({ actor, auditRows, reason }) => ({
      actor,
      auditRows,
      commanderNamed,
      reason,
    })),
  };

  async function resolve(hint: ActorHint) {
    return { hint, identity: await services.directory.findIdentity(hint) };
  }
}

function hintOfNamed(entry: NamedActors['add'][number]): ActorHint {
  const isApp = entry.servicePrincipalId !== undefined || entry.appId !== undefined;
  return {
    kind: isApp ? 'servicePrincipal' : 'user',
    objectId: entry.userId ?? entry.servicePrincipalId ?? null,
    userPrincipalName: entry.userPrincipalName ?? null,
    appId: entry.appId ?? null,
    displayName: null,
    reason: 'named by the commander',
  };
}
