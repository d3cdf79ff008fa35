import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import type { Json } from '../../shared/domain/json.js';
import { readContainments } from './containments.js';
import { isoNow, product, type ActivityServices } from './services.js';

/** The document `releases`: what each of the two persons decided for each contained identity. */
export interface Releases {
  readonly [actorId: string]: readonly {
    readonly decision: 'release' | 'keep';
    readonly by: { readonly id: string; readonly name: string };
    readonly countedAs: 'commander' | 'approver';
    readonly at: string;
    readonly note: string | null;
  }[];
}

/**
 * Carries out the release decisions that both persons have given. `release` needs both words; `keep`, or
 * two different words, keeps the identity contained.
 */
export async function releaseActor(
  services: ActivityServices,
  { incidentId }: ActivityInput<'releaseActor'>,
): Promise<ActivityOutput<'releaseActor'>> {
  const containments = await readContainments(services, incidentId);
  const releases = ((await services.store.readDocument<Json>(incidentId, 'releases')) ??
    {}) as unknown as Releases;
  const answer = { open: [] as string[], released: [] as string[], kept: [] as string[] };
  for (const [actorId, contained] of Object.entries(containments)) {
    const words = releases[actorId] ?? [];
    const roles = new Set(words.map((word) => word.countedAs));
    if (!roles.has('commander') || !roles.has('approver')) {
      answer.open.push(actorId);
      continue;
    }
    const release = words.every((word) => word.decision === 'release');
    if (release) await giveBack(actorId, contained.kind, contained.enabledBefore);
    (release ? answer.released : answer.kept).push(actorId);
    await services.store.updateIncident(incidentId, (incident) => ({
      ...incident,
      actors: incident.actors.map((actor) =>
        actor.id === actorId ? { ...actor, containment: release ? 'released' : 'kept' } : actor,
      ),
    }));
  }
  return answer;

  async function giveBack(
    actorId: string,
    kind: 'user' | 'servicePrincipal',
    enabledBefore: boolean | null,
  ): Promise<void> {
    const now = await services.directory.readIdentity(kind, actorId);
    if (enabledBefore !== true || now === null || now.enabled) return;
    const entry = (text: string, when: string) => ({
      at: isoNow(services),
      kind: `release.${when}`,
      by: product,
      summary: text,
    });
    await services.store.append(
      incidentId,
      `release:${actorId}:intent`,
      entry(`Enabling ${actorId} again.`, 'intent'),
    );
    const effect = await services.directory.setAccountEnabled(kind, actorId, true);
    const text = effect.ok
      ? `${actorId} is enabled again, as it was before.`
      : `The tenant refused: ${effect.message}`;
    await services.store.append(incidentId, `release:${actorId}:outcome`, entry(text, 'outcome'));
  }
}
