import type {
  ChosenActor,
  ResolvedHint,
  Writer,
} from '../../../shared/domain/incident/actor-choice.js';
import type { Window } from '../../../shared/domain/incident/incident.js';
import type { ActorRef } from '../../../shared/domain/identities.js';
import { tieTo, type Tool } from '../../../shared/domain/attribution/suspicions.js';
import type { ActivityServices } from '../services.js';

/** So many rows of one person are looked through for a tie; the first one decides. */
const rowsLookedAt = 20_000;

/**
 * Others whom the alert names, who wrote, and whom the audit trail ties to the actor that was chosen: the
 * person behind an application, or the application that a person gave credentials to or wrote through. The
 * alert alone never adds anybody, nor does a tie to somebody it does not name.
 */
export async function correlatedActors(
  services: Pick<ActivityServices, 'auditLog' | 'directory'>,
  question: {
    readonly chosen: readonly ChosenActor[];
    readonly candidates: readonly ResolvedHint[];
    readonly writers: readonly Writer[];
    readonly looked: Window;
  },
): Promise<ChosenActor[]> {
  const { chosen, candidates, writers, looked } = question;
  const added: ChosenActor[] = [];
  for (const { hint, identity } of candidates) {
    const auditRows = writers.find(({ id }) => id === identity?.id)?.rows ?? 0;
    if (identity === null || auditRows === 0) continue;
    if ([...chosen, ...added].some(({ actor }) => actor.id === identity.id)) continue;
    const actor: ActorRef = { kind: identity.kind, id: identity.id, name: identity.name };
    for (const { actor: known } of chosen) {
      const how = await tieBetween(services, known, actor, looked);
      if (how === null) continue;
      const reason = `${hint.reason}; the audit trail ties it to ${known.name}: ${how}`;
      added.push({ actor, auditRows, reason });
      break;
    }
  }
  return added;
}

async function tieBetween(
  services: Pick<ActivityServices, 'auditLog' | 'directory'>,
  one: ActorRef,
  other: ActorRef,
  looked: Window,
): Promise<string | null> {
  const [person, principal] = one.kind === 'user' ? [one, other] : [other, one];
  if (person.kind !== 'user' || principal.kind !== 'servicePrincipal') return null;
  const { id, name } = principal;
  const applicationId = await services.directory.applicationOf(id);
  const tool: Tool = { id, applicationId, name };
  let rows = 0;
  for await (const event of services.auditLog.readWrites([person], looked)) {
    const tie = tieTo(tool, event);
    if (tie === 'armed') return `${person.name} gave ${name} credentials at ${event.at}`;
    if (tie === 'client') return `${person.name} wrote through it at ${event.at}`;
    rows += 1;
    if (rows === rowsLookedAt) return null;
  }
  return null;
}
