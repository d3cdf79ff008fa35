import type { PersonFacts } from '../../../shared/domain/approval/who-can-act.js';
import { whoCanSignIn } from '../../../shared/domain/plan/sign-in-model.js';
import type { PinnedPerson } from '../../../shared/domain/policy.js';
import { RewindError } from '../../../shared/errors.js';
import { readNewestScope } from '../scope/scope-file.js';
import type { ActivityServices } from '../services.js';

/** What the tenant says of these people now, damage aside. Throws what the directory throws. */
export type PeopleLook = (
  people: readonly PinnedPerson[],
) => Promise<readonly Omit<PersonFacts, 'damaged'>[]>;

/**
 * Looks people up, each once however many incidents ask: they are the same people. What could not be
 * read is as unreadable for all who ask, so a look is made anew for each round.
 */
export function lookAtPeople(services: Pick<ActivityServices, 'directory'>): PeopleLook {
  const enabled = new Map<string, Promise<boolean | null>>();
  const blocked = new Map<string, Promise<ReadonlyMap<string, boolean>>>();
  return async (people) => {
    const ids = people.map(({ objectId }) => objectId.toLowerCase());
    const kept = await once(blocked, [...ids].sort().join(), () => whoIsBlocked(services, ids));
    return Promise.all(
      ids.map(async (id) => ({
        id,
        enabled: await once(enabled, id, async () => {
          const identity = await services.directory.readIdentity('user', id);
          return identity?.enabled ?? null;
        }),
        blocked: kept.get(id) ?? null,
      })),
    );
  };
}

/** Which of these people are among what the actor changed, by the newest sweep; nobody before the first. */
export async function damagedAmong(
  services: ActivityServices,
  incidentId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const wanted = new Set(ids.map((id) => id.toLowerCase()));
  const found = new Set<string>();
  const histories = await readNewestScope(services, incidentId);
  if (histories === null) return found;
  for await (const { objectId } of histories) {
    const id = objectId.toLowerCase();
    if (wanted.has(id)) found.add(id);
    if (found.size === wanted.size) break;
  }
  return found;
}

/**
 * Whom a Conditional Access policy as it is now keeps from our API; nobody is in the answer whose sign-in
 * is uncertain, and nobody at all when our identity may not read the policies.
 */
async function whoIsBlocked(
  { directory }: Pick<ActivityServices, 'directory'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, boolean>> {
  try {
    const { policies, ownAppId } = await directory.readConditionalAccess();
    const facts = await directory.readSignInFacts(ids);
    const verdicts = whoCanSignIn({ policies, appIds: [ownAppId] }, facts);
    return new Map(
      verdicts
        .filter(({ can }) => can !== 'unknown')
        .map(({ id, can }) => [id.toLowerCase(), can === 'cannot']),
    );
  } catch (error) {
    if (error instanceof RewindError && error.code === 'GRAPH_REJECTED') return new Map();
    throw error;
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, look: () => Promise<T>): Promise<T> {
  const earlier = known.get(key);
  if (earlier !== undefined) return earlier;
  const now = look();
  known.set(key, now);
  return now;
}
