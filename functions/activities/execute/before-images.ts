import type { ActivityInput } from '../../../shared/contracts/catalogue.js';
import type { Json } from '../../../shared/domain/json.js';
import type { CurrentObject, PlannedObject } from '../../../shared/domain/plan/plan.js';
import { putLines, readLines } from '../lines.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { findNativeWave } from '../native/native-wave.js';
import { readWaves, type WaveLine } from './wave-file.js';

interface WaveStart {
  readonly sha256: string;
  readonly runs: number;
}

export interface BeforeImages {
  /** The object as it was before the first run of this wave that wrote it, or may have. */
  get(objectId: string): CurrentObject | undefined;
  /** What the run before this one stored of it; undefined when that run never came to its end. */
  lineOf(objectId: string): WaveLine | undefined;
  /** An earlier run wrote the object or may have: it died, or got no answer. */
  perhapsWritten(objectId: string): boolean;
  /** How many times this wave was begun, this time included. */
  readonly run: number;
}

const documentName = (planDigest: string, wave: number): string =>
  `before-${planDigest.slice(7, 19)}-${wave}`;

/**
 * Whether anything of this plan may have been written. A wave that was opened is not one yet: it may have
 * been held before its first batch, or wait for hours for the service or for a person.
 */
export async function wasBegun(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
): Promise<boolean> {
  const index = await readWaves(services, incidentId);
  const stored = index.waves.filter((known) => known.planDigest === planDigest);
  if (stored.some(({ applied }) => applied > 0)) return true;
  for (let wave = 1; ; wave += 1) {
    const start = await readStart(services, incidentId, planDigest, wave);
    if (start === null) return false;
    const service = await findNativeWave(services, incidentId, { planDigest, wave });
    if (service !== null && (service.recovery !== null || service.handedOverAt !== null))
      return true;
    const results = stored.find((known) => known.wave === wave);
    // A run that left no results may have died while it wrote; a wave of the service has its own document.
    const isOpen = start.runs > (results?.run ?? 0);
    if (isOpen && service?.run !== start.runs) return true;
    if (results === undefined) continue;
    const lines = await readLines<WaveLine>(services, incidentId, results.sha256);
    if (lines.some(isPerhapsWritten)) return true;
  }
}

/** What the objects of a wave were before anything of it was written; empty when it was never begun. */
export async function readBeforeImages(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
  wave: number,
): Promise<ReadonlyMap<string, CurrentObject>> {
  const start = await readStart(services, incidentId, planDigest, wave);
  if (start === null) return new Map();
  const images = await readLines<CurrentObject>(services, incidentId, start.sha256);
  return new Map(images.map((image) => [image.objectId, image]));
}

/**
 * Keeps what the objects of a wave were before anything of it was written: the ground of an undo, and
 * after a crash the proof of what we wrote ourselves. In a later run what no earlier one wrote is kept
 * anew, since it may have changed in between.
 */
export async function beforeImages(
  services: ActivityServices,
  { incidentId, planDigest, wave }: ActivityInput<'executeRecovery'>,
  objects: readonly PlannedObject[],
  current: ReadonlyMap<string, CurrentObject>,
): Promise<BeforeImages> {
  const name = documentName(planDigest, wave);
  const earlier = await readStart(services, incidentId, planDigest, wave);
  const run = (earlier?.runs ?? 0) + 1;
  const [kept, lines] = await Promise.all([
    earlier === null ? [] : readLines<CurrentObject>(services, incidentId, earlier.sha256),
    linesOfRun(services, incidentId, planDigest, wave, run - 1),
  ]);
  const perhapsWritten = (objectId: string): boolean =>
    run > 1 && isPerhapsWritten(lines.get(objectId));
  const known = new Map(kept.map((image) => [image.objectId, image]));
  const images = objects
    .map(({ objectId }) => {
      const stays = perhapsWritten(objectId) ? known.get(objectId) : undefined;
      return stays ?? current.get(objectId);
    })
    .filter((image) => image !== undefined);
  const artefact = await putLines(services, incidentId, name, images);
  await services.store.updateDocument<Json>(incidentId, name, (stored) => {
    const { runs = 0 } = (stored as unknown as WaveStart | null) ?? {};
    // Thrown to be retried: the images of this run may show what the other one is writing.
    if (runs !== run - 1) throw new Error(`wave ${wave} was begun twice at the same moment`);
    return { sha256: artefact.sha256, runs: run };
  });
  await services.store.append(incidentId, `${name}:${run}`, {
    at: isoNow(services),
    kind: run === 1 ? 'execute.wave' : 'execute.wave.again',
    by: product,
    summary: `Wave ${wave}: before-images of ${images.length} objects${run === 1 ? '' : `, run ${run} after an interruption or a hold`}.`,
    artefact,
  });
  const byId = new Map(images.map((image) => [image.objectId, image]));
  return {
    get: (objectId) => byId.get(objectId),
    lineOf: (objectId) => lines.get(objectId),
    perhapsWritten,
    run,
  };
}

async function readStart(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
  wave: number,
): Promise<WaveStart | null> {
  const name = documentName(planDigest, wave);
  return (await services.store.readDocument(incidentId, name)) as unknown as WaveStart | null;
}

const isPerhapsWritten = (line: WaveLine | undefined): boolean =>
  line === undefined ||
  line.result === 'applied' ||
  line.result === 'unknown' ||
  line.partly === true;

async function linesOfRun(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
  wave: number,
  run: number,
): Promise<Map<string, WaveLine>> {
  const { waves } = await readWaves(services, incidentId);
  const stored = waves.find(
    (known) => known.planDigest === planDigest && known.wave === wave && known.run === run,
  );
  if (stored === undefined) return new Map();
  const lines = await readLines<WaveLine>(services, incidentId, stored.sha256);
  return new Map(lines.map((line) => [line.objectId, line]));
}
