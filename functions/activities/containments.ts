import type { ActivityOutput } from '../../shared/contracts/catalogue.js';
import { manualCommand } from '../../shared/domain/containment-rules.js';
import type { ActorKind, ActorRef } from '../../shared/domain/incident.js';
import type { Json } from '../../shared/domain/json.js';
import type { Effect, Identity } from '../../shared/ports/directory.js';
import { isoNow, product, type ActivityServices } from './services.js';

export type MeasureResult = ActivityOutput<'revokeSessions'>;
type Measure = MeasureResult['measure'];

/** What was done to one identity and what it was before: the ground of its release. */
export interface ContainmentNote {
  readonly kind: ActorKind;
  readonly name: string;
  readonly enabledBefore: boolean | null;
  /** When each measure took effect, by our clock. */
  readonly takenAt: Readonly<Partial<Record<Measure, string>>>;
  /** Ids of what was removed (credentials, role assignments), for a person to give back. */
  readonly removed: readonly string[];
  readonly provenAt: string | null;
}

/** The document `containments`, by actor id. */
export async function readContainments(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
): Promise<Readonly<Record<string, ContainmentNote>>> {
  const notes = await services.store.readDocument<Json>(incidentId, 'containments');
  return (notes ?? {}) as unknown as Record<string, ContainmentNote>;
}

export async function noteContainment(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
  actor: ActorRef,
  change: (note: ContainmentNote) => ContainmentNote,
): Promise<void> {
  await services.store.updateDocument<Json>(incidentId, 'containments', (value) => {
    const notes = (value ?? {}) as unknown as Record<string, ContainmentNote>;
    const note = notes[actor.id] ?? {
      kind: actor.kind,
      name: actor.name,
      enabledBefore: null,
      takenAt: {},
      removed: [],
      provenAt: null,
    };
    return { ...notes, [actor.id]: change(note) } as unknown as Json;
  });
}

/**
 * One containment measure, the same way for all: read before, say so in the record, act, say what came
 * of it. A refusal of the tenant becomes a value with the exact command for a person.
 */
export async function takeMeasure(
  services: ActivityServices,
  job: { incidentId: string; actor: ActorRef; measure: Measure },
  act: (identity: Identity) => Promise<{ effect: Effect; removed?: readonly string[] }>,
): Promise<MeasureResult> {
  const { incidentId, actor, measure } = job;
  const identity = await services.directory.readIdentity(actor.kind, actor.id);
  if (identity === null) {
    const message = 'the directory does not know this identity any more';
    return {
      measure,
      ok: false,
      changed: false,
      refusal: { code: 'GRAPH_REJECTED', message, command: null },
    };
  }
  await noteContainment(services, incidentId, actor, (note) => ({
    ...note,
    enabledBefore: note.enabledBefore ?? identity.enabled,
  }));
  await services.store.append(incidentId, `contain:${measure}:${actor.id}:intent`, {
    at: isoNow(services),
    kind: 'contain.intent',
    by: product,
    summary: `${measure} of ${actor.name} (${actor.id}).`,
  });
  const { effect, removed = [] } = await act(identity);
  const at = isoNow(services);
  if (effect.ok) {
    await noteContainment(services, incidentId, actor, (note) => ({
      ...note,
      takenAt: { ...note.takenAt, [measure]: note.takenAt[measure] ?? at },
      removed: [...new Set([...note.removed, ...removed])],
    }));
  }
  await services.store.append(incidentId, `contain:${measure}:${actor.id}:outcome`, {
    at,
    kind: 'contain.outcome',
    by: product,
    summary: effect.ok
      ? `${measure} of ${actor.name}: ${effect.changed ? 'done' : 'already so'}.`
      : `${measure} of ${actor.name} was refused (${effect.status}): ${effect.message}`,
  });
  return effect.ok
    ? { measure, ok: true, changed: effect.changed, refusal: null }
    : {
        measure,
        ok: false,
        changed: false,
        refusal: {
          code: effect.code,
          message: effect.message,
          command: manualCommand(measure, { kind: actor.kind, id: actor.id }),
        },
      };
}

export const nothingToDo: Extract<Effect, { ok: true }> = {
  ok: true,
  changed: false,
  requestId: null,
};

/** Runs removals one after the other; the first refusal stops and is the answer. */
export async function removeAll<T extends { readonly id: string }>(
  items: readonly T[],
  remove: (item: T) => Promise<Effect>,
): Promise<{ effect: Effect; removed: readonly string[] }> {
  const removed: string[] = [];
  for (const item of items) {
    const effect = await remove(item);
    if (!effect.ok) return { effect, removed };
    removed.push(item.id);
  }
  return { effect: { ...nothingToDo, changed: removed.length > 0 }, removed };
}
