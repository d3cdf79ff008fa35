import type { ActivityInput } from '../../../shared/contracts/catalogue.js';
import type { Json } from '../../../shared/domain/json.js';
import type { CurrentObject, PlannedObject } from '../../../shared/domain/plan/plan.js';
import { putLines, readLines } from '../lines.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { readWaves, type WaveLine } from './wave-file.js';

interface WaveStart {
  readonly sha256: string;
  readonly runs: number;
}

export interface BeforeImages {
  /** The object as it was before the first run of this wave wrote anything. */
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

/** Whether anything of this plan may have been written: waves begin at 1 and keep before-images first. */
export const wasBegun = async (
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
): Promise<boolean> =>
  (await services.store.readDocument(incidentId, documentName(planDigest, 1))) !== null;

/** What the objects of a wave were before anything of it was written; empty when it was never begun. */
export async function readBeforeImages(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
  wave: number,
): Promise<ReadonlyMap<string, CurrentObject>> {
  const start = (await services.store.readDocument(
    incidentId,
    documentName(planDigest, wave),
  )) as unknown as WaveStart | null;
  if (start === null) return new Map();
  const images = await readLines<CurrentObject>(services, incidentId, start.sha256);
  return new Map(images.map((image) => [image.objectId, image]));
}

/**
 * Keeps what the objects of a wave were before anything of it was written: the ground of an undo, and
 * after a crash the proof of what we wrote ourselves.
 */
export async function beforeImages(
  services: ActivityServices,
  { incidentId, planDigest, wave }: ActivityInput<'executeRecovery'>,
  objects: readonly PlannedObject[],
  current: ReadonlyMap<string, CurrentObject>,
): Promise<BeforeImages> {
  const name = documentName(planDigest, wave);
  const images = objects
    .map((object) => current.get(object.objectId))
    .filter((now) => now !== undefined);
  const artefact = await putLines(services, incidentId, name, images);
  const start = await services.store.updateDocument<Json>(incidentId, name, (known) => {
    const earlier = known as unknown as WaveStart | null;
    const next: WaveStart = {
      sha256: earlier?.sha256 ?? artefact.sha256,
      runs: (earlier?.runs ?? 0) + 1,
    };
    return next as unknown as Json;
  });
  const { sha256, runs } = start as unknown as WaveStart;
  await services.store.append(incidentId, `${name}:${runs}`, {
    at: isoNow(services),
    kind: runs === 1 ? 'execute.wave' : 'execute.wave.again',
    by: product,
    summary: `Wave ${wave}: before-images of ${images.length} objects${runs === 1 ? '' : `, run ${runs} after an interruption or a hold`}.`,
    artefact,
  });
  const first =
    sha256 === artefact.sha256
      ? images
      : await readLines<CurrentObject>(services, incidentId, sha256);
  const byId = new Map(first.map((image) => [image.objectId, image]));
  const lines = await linesOfRun(services, incidentId, planDigest, wave, runs - 1);
  return {
    get: (objectId) => byId.get(objectId),
    lineOf: (objectId) => lines.get(objectId),
    perhapsWritten: (objectId) => runs > 1 && isPerhapsWritten(lines.get(objectId)),
    run: runs,
  };
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
