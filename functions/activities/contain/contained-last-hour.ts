import type { ActorRef } from '../../../shared/domain/identities.js';
import { noteContainment, readContainments, type ContainmentNote } from './containment-notes.js';
import { allIncidents } from '../scope/other-incidents.js';
import { isoNow, type ActivityServices } from '../services.js';

const hourMs = 3_600_000;

/**
 * Takes a place among the identities that may be contained within an hour, over all incidents, and
 * counts those taken before it. The place is written before it counts, so that alerts that arrive at the
 * same time see each other; of two that wait side by side the earlier one goes first.
 */
export async function reservePlace(
  services: ActivityServices,
  incidentId: string,
  actor: ActorRef,
): Promise<{ readonly before: number; free(): Promise<void> }> {
  const { now: own } = await noteContainment(services, incidentId, actor, (note) => ({
    ...note,
    decidedAt: note.decidedAt ?? isoNow(services),
  }));
  const since = services.clock.now() - hourMs;
  const counted = new Set<string>();
  for await (const incident of allIncidents(services)) {
    if (incident.closedAt !== null && Date.parse(incident.closedAt) < since) continue;
    for (const [id, note] of Object.entries(await readContainments(services, incident.id))) {
      if (id === actor.id) continue;
      if (isWithin(note, since) && (isTaken(note) || goesBefore(note, id))) counted.add(id);
    }
  }
  return {
    before: counted.size,
    async free() {
      await noteContainment(services, incidentId, actor, (note) =>
        isTaken(note) ? note : { ...note, decidedAt: null },
      );
    },
  };

  function goesBefore({ decidedAt }: ContainmentNote, id: string): boolean {
    const place = (at: string | null, of: string) => `${at ?? ''}|${of}`;
    return place(decidedAt, id) < place(own.decidedAt, actor.id);
  }
}

const isTaken = ({ takenAt }: ContainmentNote): boolean => Object.keys(takenAt).length > 0;

const isWithin = ({ decidedAt, takenAt }: ContainmentNote, since: number): boolean =>
  [decidedAt, ...Object.values(takenAt)].some((at) => at !== null && Date.parse(at) >= since);
