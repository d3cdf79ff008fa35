import type { ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { ActorKind, ActorRef } from '../../../shared/domain/identities.js';
import type { Json } from '../../../shared/domain/json.js';
import type { ActivityServices } from '../services.js';

export type Measure = ActivityOutput<'revokeSessions'>['measure'];
type Times = Readonly<Partial<Record<Measure, string>>>;

/** What was done to one identity and what it was before: the ground of its release. */
export interface ContainmentNote {
  readonly kind: ActorKind;
  readonly name: string;
  readonly enabledBefore: boolean | null;
  /** When containing it was decided: what the limit per hour counts. */
  readonly decidedAt: string | null;
  /** When each measure was last about to be taken, by our clock. */
  readonly askedAt: Times;
  /** When each measure took effect, by our clock. */
  readonly takenAt: Times;
  /** How often each measure was tried, the release among them. */
  readonly attempts: Readonly<Partial<Record<Measure | 'release', number>>>;
  /** What was removed (credentials, role assignments), in words that a person can give back by. */
  readonly removed: readonly string[];
  readonly provenAt: string | null;
}

type Notes = Readonly<Record<string, ContainmentNote>>;

/** The document `containments`, by actor id. */
export async function readContainments(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
): Promise<Notes> {
  const notes = await services.store.readDocument<Json>(incidentId, 'containments');
  return (notes ?? {}) as unknown as Notes;
}

/** Changes the note of one identity; answers with it as it was and as it is now. */
export async function noteContainment(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
  actor: ActorRef,
  change: (note: ContainmentNote) => ContainmentNote,
): Promise<{ readonly before: ContainmentNote; readonly now: ContainmentNote }> {
  let before = emptyNote(actor);
  const written = await services.store.updateDocument<Json>(incidentId, 'containments', (value) => {
    const notes = (value ?? {}) as unknown as Notes;
    before = { ...emptyNote(actor), ...notes[actor.id] };
    return { ...notes, [actor.id]: change(before) } as unknown as Json;
  });
  return { before, now: (written as unknown as Notes)[actor.id] ?? before };
}

/** The number of this attempt is in the keys of its entries, so that each leaves its own. */
export const nextAttempt = (
  note: ContainmentNote,
  what: Measure | 'release',
): ContainmentNote['attempts'] => ({ ...note.attempts, [what]: (note.attempts[what] ?? 0) + 1 });

const emptyNote = ({ kind, name }: ActorRef): ContainmentNote => ({
  kind,
  name,
  enabledBefore: null,
  decidedAt: null,
  askedAt: {},
  takenAt: {},
  attempts: {},
  removed: [],
  provenAt: null,
});
