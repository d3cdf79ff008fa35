import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { chooseActors } from '../../../shared/domain/incident/actor-choice.js';
import type { ActorHint, Intake } from '../../../shared/domain/incident/intake.js';
import { mayCommand, type PolicyInForce } from '../../../shared/domain/policy.js';
import {
  policyOf,
  readIncident,
  readIntake,
  readNamedActors,
  type NamedActors,
} from '../case-file.js';
import { correlatedActors } from './correlated-actors.js';
import { isoNow, type ActivityServices } from '../services.js';

/**
 * Finds out who wrote. The alert's account may be the victim, so the audit trail decides among the
 * candidates; what a commander named is taken at their word, beside the actors known before that they
 * did not take back.
 */
export async function resolveActor(
  services: ActivityServices,
  { incidentId, window }: ActivityInput<'resolveActor'>,
): Promise<ActivityOutput<'resolveActor'>> {
  const [intake, incident, { policy }, named] = await Promise.all([
    readIntake(services, incidentId),
    readIncident(services, incidentId),
    policyOf(services, incidentId),
    readNamedActors(services, incidentId),
  ]);
  const looked = {
    from: new Date(Date.parse(window.from) - policy.scope.lookbackMinutes * 60_000).toISOString(),
    to: isoNow(services),
  };
  const isNamed = named.add.length > 0;
  const hints = isNamed ? named.add.map(hintOfNamed) : intake.hints;
  const [resolved, counted] = await Promise.all([
    Promise.all(hints.map(resolve)),
    services.auditLog.countWriters(looked, 20, intake.targets?.objectIds),
  ]);
  const removed = new Set(named.remove.map((id) => id.toLowerCase()));
  const stays = ({ id }: { readonly id: string }) => !removed.has(id.toLowerCase());
  const writers = counted.filter(stays);
  const byCommander = openedByCommander(intake, policy);
  const commanderNamed = isNamed || byCommander;
  const candidates = resolved.filter(({ identity }) => identity === null || stays(identity));
  const choice = chooseActors({ hints: candidates, writers, commanderNamed });
  if (!choice.ok) {
    await services.store.updateIncident(incidentId, (open) => ({
      ...open,
      candidates: choice.candidates.map(({ actor, auditRows, reason }) => ({
        ...actor,
        auditRows,
        reason,
      })),
    }));
    return { resolved: false, question: choice.question };
  }
  const correlated = commanderNamed
    ? []
    : await correlatedActors(services, { chosen: choice.actors, candidates, writers, looked });
  const chosen = [...choice.actors, ...correlated].map((one) => ({ ...one, commanderNamed }));
  const earlier = isNamed ? incident.actors.filter(stays).filter(notIn(chosen)) : [];
  return {
    resolved: true,
    actorsVersion: named.version,
    actors: [
      ...chosen,
      ...earlier.map(({ kind, id, name }) => ({
        actor: { kind, id, name },
        auditRows: writers.find((writer) => writer.id === id)?.rows ?? 0,
        commanderNamed: byCommander,
        reason: 'found before others were named',
      })),
    ],
  };

  async function resolve(hint: ActorHint) {
    return { hint, identity: await services.directory.findIdentity(hint) };
  }
}

/**
 * A commander's word lets containment go without evidence and beyond the limit per hour, so a token role
 * is not enough for it where the policy pins commanders. (Whoever names actors later is pinned: the door
 * sees to that.)
 */
function openedByCommander({ openedBy }: Intake, policy: PolicyInForce): boolean {
  return openedBy !== null && mayCommand(policy, openedBy.id, ['commanders']) !== null;
}

const notIn =
  (chosen: readonly { readonly actor: { readonly id: string } }[]) =>
  ({ id }: { readonly id: string }): boolean =>
    !chosen.some(({ actor }) => actor.id === id);

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
