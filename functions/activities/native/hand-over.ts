import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { handOffText } from '../../../shared/domain/plan/hand-off-text.js';
import { withoutTasks } from '../../../shared/domain/incident/incident-changes.js';
import { askCommander } from '../ask-commander.js';
import {
  handOffKey,
  keepNativeWave,
  limitsOf,
  openObjects,
  readNativeWave,
  roundsOf,
} from './native-wave.js';
import { readPlan } from '../plan/plan-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';

/**
 * Gives a wave to a person: the exact requests as an artefact, a task, and word of it. Once per list of
 * objects, and again after it was taken back; a newer list takes the place of the one before it.
 */
export async function handOver(
  services: ActivityServices,
  { incidentId, planDigest, wave: number }: ActivityInput<'handOver'>,
): Promise<ActivityOutput<'handOver'>> {
  const wave = await readNativeWave(services, incidentId, { planDigest, wave: number });
  const plan = await readPlan(services, incidentId, planDigest);
  const objects = await openObjects(services, incidentId, plan, wave);
  const text = handOffText({
    pointId: wave.pointId,
    pointAt: wave.targetAt,
    entries: limitsOf(objects).entries,
    until: plan.body.expiresAt,
  });
  const handedOverAt = wave.handedOverAt ?? isoNow(services);
  const earlier = (wave.handed ?? []).filter((ids) => ids.length > wave.open.length);
  const handed = [...earlier, wave.open];
  const { takenBack } = roundsOf(wave);
  const rounds = { handed: takenBack + 1, takenBack };
  await keepNativeWave(services, incidentId, { ...wave, handedOverAt, handed, rounds });
  const artefact = await services.store.putArtefact(incidentId, `hand-off-${number}.md`, text);
  const of = handOffKey(wave);
  const list = `${of}${artefact.sha256.slice(7, 19)}`;
  const key = takenBack === 0 ? list : `${list}:${rounds.handed}`;
  await services.store.append(incidentId, key, {
    at: handedOverAt,
    kind: 'handOff',
    by: product,
    summary: `Wave ${number}: ${objects.length} objects are for a person to recover; ${artefact.name} has the requests.`,
    artefact,
  });
  await services.store.updateIncident(incidentId, (incident) => withoutTasks(incident, of, key));
  return askCommander(services, {
    incidentId,
    key,
    text: `Wave ${number} waits ${takenBack === 0 ? '' : 'again '}for a person with the role Backup Administrator: recover exactly these ${objects.length} objects to the backup of ${wave.targetAt}, before ${plan.body.expiresAt}. The incident finds the job by itself.${earlier.length === 0 ? '' : ' This list takes the place of the earlier one: what is not in it any more was changed or protected since, and must not be recovered.'}`,
    command: text,
  });
}
