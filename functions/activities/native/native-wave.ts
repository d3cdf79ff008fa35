import type { Json } from '../../../shared/domain/json.js';
import { scopeOf, type IdLimits, type JobKind } from '../../../shared/domain/native/native-job.js';
import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import { invariant } from '../../../shared/errors.js';
import { readPlanned, type PlanDocument } from '../plan/plan-file.js';
import type { ActivityServices } from '../services.js';
import type { WaveLine } from '../execute/wave-file.js';
import type { AskedJob } from './job-request.js';

/**
 * The document `native-DIGEST-WAVE`: where a wave that the service recovers stands. Every step of it can
 * be taken again after a crash, because what was asked for is written down before it is asked.
 */
export interface NativeWave {
  readonly planDigest: string;
  readonly wave: number;
  readonly run: number;
  readonly from: number;
  readonly to: number;
  readonly pointId: string;
  /** The recovery point's time, which is all that jobs carry of it. */
  readonly targetAt: string;
  /** What is settled already. */
  readonly lines: readonly WaveLine[];
  /** Object ids left for a job. */
  readonly open: readonly string[];
  /** Values of the backup that our sources do not state, by object id. */
  readonly learned: Readonly<Record<string, { readonly [property: string]: Json }>>;
  /** Planned properties that the service does not offer, by object id. */
  readonly missing: Readonly<Record<string, readonly string[]>>;
  readonly preview: AskedJob | null;
  /** When the preview was held against the plan and the objects; null before that. */
  readonly comparedAt: string | null;
  readonly recovery: AskedJob | null;
  /** When a person was given the wave to carry out. */
  readonly handedOverAt: string | null;
  /** Every list of object ids that a person was given, oldest first; each is a part of the one before. */
  readonly handed?: readonly (readonly string[])[];
  /** How often it was given to a person, and taken back from one. It stands with one while they differ. */
  readonly rounds?: { readonly handed: number; readonly takenBack: number };
  readonly closed: boolean;
}

type WaveKey = Pick<NativeWave, 'planDigest' | 'wave'>;

const nameOf = ({ planDigest, wave }: WaveKey): string =>
  `native-${planDigest.slice(7, 19)}-${wave}`;

export async function findNativeWave(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
  key: WaveKey,
): Promise<NativeWave | null> {
  const known = await services.store.readDocument<Json>(incidentId, nameOf(key));
  return known as unknown as NativeWave | null;
}

export async function readNativeWave(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
  key: WaveKey,
): Promise<NativeWave> {
  const known = await findNativeWave(services, incidentId, key);
  invariant(known !== null, `wave ${key.wave} of ${incidentId} was never opened`);
  return known;
}

export async function keepNativeWave(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
  wave: NativeWave,
): Promise<void> {
  await services.store.updateDocument<Json>(
    incidentId,
    nameOf(wave),
    () => wave as unknown as Json,
  );
}

/** Waves from before this was counted were given to a person once or never. */
export const roundsOf = ({ rounds, handedOverAt }: NativeWave): NonNullable<NativeWave['rounds']> =>
  rounds ?? { handed: handedOverAt === null ? 0 : 1, takenBack: 0 };

/** What the keys of all tasks by which a wave is given to a person begin with. */
export const handOffKey = ({ planDigest, wave }: WaveKey): string =>
  `hand-off:${planDigest.slice(7, 19)}:${wave}:`;

/** The wave that a task gives to a person, and what the keys of its tasks begin with; null for other tasks. */
export function waveOfHandOff(task: string): { readonly of: string; readonly wave: number } | null {
  const [of, wave] = /^hand-off:[^:]+:(\d+):/.exec(task) ?? [];
  return of === undefined ? null : { of, wave: Number(wave) };
}

/** The planned objects that are still left for a job, as they were approved. */
export async function openObjects(
  services: ActivityServices,
  incidentId: string,
  { body }: PlanDocument,
  { open, from, to }: NativeWave,
): Promise<PlannedObject[]> {
  const left = new Set(open);
  const objects = await readPlanned(services, incidentId, body, from, to);
  return objects.filter(({ objectId }) => left.has(objectId));
}

/** What a job of this wave is limited to. */
export const limitsOf = (objects: readonly PlannedObject[]): IdLimits => ({
  kind: 'ids',
  entries: scopeOf(objects),
});

/** The planned object with what the backup turned out to hold. */
export function withLearned(
  object: PlannedObject,
  learned: { readonly [property: string]: Json } | undefined,
): PlannedObject {
  if (learned === undefined) return object;
  return {
    ...object,
    deltas: object.deltas.map((delta) => {
      const value = learned[delta.property];
      return delta.then.known || value === undefined
        ? delta
        : { ...delta, then: { known: true, value } };
    }),
  };
}

export const askedOf = (wave: NativeWave, kind: JobKind): AskedJob | null => wave[kind];
