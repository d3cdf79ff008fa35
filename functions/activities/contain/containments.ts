import type { ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { manualCommand } from '../../../shared/domain/incident/containment-rules.js';
import type { ActorRef } from '../../../shared/domain/identities.js';
import type { Effect, Identity } from '../../../shared/ports/directory.js';
import { RewindError } from '../../../shared/errors.js';
import {
  nextAttempt,
  noteContainment,
  type ContainmentNote,
  type Measure,
} from './containment-notes.js';
import { isoNow, product, type ActivityServices } from '../services.js';

export type MeasureResult = ActivityOutput<'revokeSessions'>;

/** What a measure finds before it acts. */
export interface Found {
  readonly identity: Identity;
  /** The note as earlier attempts left it. */
  readonly earlier: ContainmentNote;
  /** Keeps what was just removed, so that no crash loses it. */
  keep(removed: string): Promise<void>;
}

/** What came of it; `takenAt` when an earlier attempt is found to have had the effect. */
export interface Acted {
  readonly effect: Effect;
  readonly takenAt?: string;
}

/**
 * One containment measure, the same way for all: read before, say so in the record, act, say what came
 * of it, also when nobody knows. A refusal of the tenant becomes a value with the exact command for a
 * person.
 */
export async function takeMeasure(
  services: ActivityServices,
  job: { incidentId: string; actor: ActorRef; measure: Measure },
  act: (found: Found) => Promise<Acted>,
): Promise<MeasureResult> {
  const { incidentId, actor, measure } = job;
  const identity = await services.directory.readIdentity(actor.kind, actor.id);
  if (identity === null) {
    return refused(measure, 'the directory does not know this identity any more', null);
  }
  const { before: earlier, now } = await noteContainment(services, incidentId, actor, (note) => ({
    ...note,
    enabledBefore: note.enabledBefore ?? identity.enabled,
    attempts: nextAttempt(note, measure),
    askedAt: { ...note.askedAt, [measure]: isoNow(services) },
  }));
  const key = `contain:${measure}:${actor.id}:${now.attempts[measure] ?? 1}`;
  await entry('intent', `${measure} of ${actor.name} (${actor.id}).`);
  const { effect, takenAt } = await acted({ identity, earlier, keep });
  if (!effect.ok) {
    const { status, message } = effect;
    await entry('outcome', `${measure} of ${actor.name} was refused (${status}): ${message}`);
    return refused(measure, message, manualCommand(measure, actor));
  }
  const at = takenAt ?? isoNow(services);
  await noteContainment(services, incidentId, actor, (note) => ({
    ...note,
    takenAt: { ...note.takenAt, [measure]: note.takenAt[measure] ?? at },
  }));
  await entry('outcome', `${measure} of ${actor.name}: ${effect.changed ? 'done' : 'already so'}.`);
  return { measure, ok: true, changed: effect.changed, refusal: null };

  async function acted(found: Found): Promise<Acted> {
    try {
      return await act(found);
    } catch (error) {
      const why = error instanceof RewindError ? error.message : 'the call failed';
      await entry('outcome.unknown', `${measure} of ${actor.name}: outcome unknown: ${why}`);
      throw error;
    }
  }

  async function keep(removed: string): Promise<void> {
    await noteContainment(services, incidentId, actor, (note) => ({
      ...note,
      removed: [...new Set([...note.removed, removed])],
    }));
  }

  async function entry(when: string, summary: string): Promise<void> {
    await services.store.append(incidentId, `${key}:${when}`, {
      at: isoNow(services),
      kind: `contain.${when}`,
      by: product,
      summary,
    });
  }
}

export const alreadySo: Extract<Effect, { ok: true }> = {
  ok: true,
  changed: false,
  requestId: null,
};

/** Runs removals one after the other; the first refusal stops and is the answer. */
export async function removeAll<T>(
  items: readonly T[],
  remove: (item: T) => Promise<Effect>,
  removed: (item: T) => Promise<void>,
): Promise<Acted> {
  for (const item of items) {
    const effect = await remove(item);
    if (!effect.ok) return { effect };
    await removed(item);
  }
  return { effect: { ...alreadySo, changed: items.length > 0 } };
}

const refused = (measure: Measure, message: string, command: string | null): MeasureResult => ({
  measure,
  ok: false,
  changed: false,
  refusal: { code: 'GRAPH_REJECTED', message, command },
});
