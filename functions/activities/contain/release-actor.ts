import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { ReleasesDocument, ReleaseWord } from '../../../shared/domain/incident/documents.js';
import type { ContainmentState } from '../../../shared/domain/incident/incident.js';
import type { Json } from '../../../shared/domain/json.js';
import { readIncident } from '../case-file.js';
import { readContainments, type ContainmentNote } from './containment-notes.js';
import { giveBack } from './give-back.js';
import type { ActivityServices } from '../services.js';

/**
 * Carries out the release decisions that both persons have given, each once. `release` needs both words;
 * `keep`, or two different words, keeps the identity contained. An identity that the tenant refuses to
 * enable stays open, and the commander gets the command.
 */
export async function releaseActor(
  services: ActivityServices,
  { incidentId }: ActivityInput<'releaseActor'>,
): Promise<ActivityOutput<'releaseActor'>> {
  const { store } = services;
  const [containments, releases, { actors }] = await Promise.all([
    readContainments(services, incidentId),
    store.readDocument<Json>(incidentId, 'releases'),
    readIncident(services, incidentId),
  ]);
  const answer = { open: [] as string[], released: [] as string[], kept: [] as string[] };
  for (const [id, note] of Object.entries(containments)) {
    if (!wasContained(note)) continue;
    const stands = actors.find((actor) => actor.id === id)?.containment;
    const words = (releases as unknown as ReleasesDocument | null)?.[id] ?? [];
    const wanted = stands === 'released' || stands === 'kept' ? stands : decided(words);
    if (wanted === null) {
      answer.open.push(id);
    } else if (wanted === stands) {
      answer[wanted].push(id);
    } else if (wanted === 'kept' || (await giveBack(services, incidentId, id, note))) {
      await show(id, wanted);
      answer[wanted].push(id);
    } else {
      answer.open.push(id);
    }
  }
  return answer;

  async function show(id: string, containment: ContainmentState): Promise<void> {
    await store.updateIncident(incidentId, (incident) => ({
      ...incident,
      actors: incident.actors.map((actor) => (actor.id === id ? { ...actor, containment } : actor)),
    }));
  }
}

/** Null until a commander and an approver, two people, have both spoken. */
function decided(words: readonly ReleaseWord[]): 'released' | 'kept' | null {
  const roles = new Set(words.map((word) => word.countedAs));
  const people = new Set(words.map((word) => word.by.id.toLowerCase()));
  if (roles.size < 2 || people.size < 2) return null;
  return words.every((word) => word.decision === 'release') ? 'released' : 'kept';
}

const wasContained = ({ takenAt }: ContainmentNote): boolean => Object.keys(takenAt).length > 0;
