import { withoutTasks } from '../../../shared/domain/incident/incident-changes.js';
import type { Incident } from '../../../shared/domain/incident/incident.js';
import { askCommander } from '../ask-commander.js';
import type { ActivityServices } from '../services.js';
import { handOffKey, roundsOf, waveOfHandOff, type NativeWave } from './native-wave.js';

/**
 * Ends a wave's hand-off: its tasks leave the incident, and whoever was given a list learns that it is not to
 * be started any more, unless a job of it did all of it (`why` is null). From then on nobody looks for such a
 * job. Answers the wave with that written down; a wave that does not stand with a person stays as it is.
 */
export async function takeBack(
  services: ActivityServices,
  incidentId: string,
  wave: NativeWave,
  why: string | null,
): Promise<NativeWave> {
  const { handed, takenBack } = roundsOf(wave);
  if (handed === takenBack) return wave;
  const of = handOffKey(wave);
  await endTasks(services, incidentId, { of, wave: wave.wave, key: `${of}back:${handed}`, why });
  return { ...wave, rounds: { handed, takenBack: handed } };
}

/** Ends every hand-off that an incident which closes has left, as after a fault that ended its run. */
export async function takeBackAll(
  services: ActivityServices,
  { id, tasks }: Incident,
  why: string,
): Promise<void> {
  for (const task of tasks) {
    const given = task.command === null ? null : waveOfHandOff(task.id);
    if (given === null) continue;
    await endTasks(services, id, { ...given, key: `${given.of}back:closed`, why });
  }
}

async function endTasks(
  services: ActivityServices,
  incidentId: string,
  about: {
    readonly of: string;
    readonly wave: number;
    readonly key: string;
    readonly why: string | null;
  },
): Promise<void> {
  const { of, wave, key, why } = about;
  if (why !== null) {
    await askCommander(services, {
      incidentId,
      key,
      text: `Wave ${wave} is not for a person any more: ${why} Nothing is to be started from hand-off-${wave}.md, whichever list it has. A job of it that is started all the same is not followed: have it cancelled at the service.`,
      command: null,
    });
  }
  await services.store.updateIncident(incidentId, (incident) => withoutTasks(incident, of, key));
}
