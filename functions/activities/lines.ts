import { canonicalText } from '../../shared/digest.js';
import type { ArtefactRef } from '../../shared/ports/evidence.js';
import type { ActivityServices } from './services.js';

/** Objects per stored run of lines: what one activity reads, compares or writes at a time. */
export const objectsPerChunk = 500;

/** Stores values as JSON lines, each an RFC 8785 text. */
export function putLines(
  services: ActivityServices,
  incidentId: string,
  name: string,
  values: readonly unknown[],
): Promise<ArtefactRef> {
  const text = values.map((value) => `${canonicalText(value)}\n`).join('');
  return services.store.putArtefact(incidentId, name, text);
}

export async function readLines<T>(
  services: ActivityServices,
  incidentId: string,
  sha256: string,
): Promise<T[]> {
  const bytes = await services.store.readArtefact(incidentId, sha256);
  return Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.length > 0)
    .map((line) => JSON.parse(line) as T);
}

export function inRuns<T>(values: readonly T[], size: number): T[][] {
  const runs: T[][] = [];
  for (let start = 0; start < values.length; start += size) {
    runs.push(values.slice(start, start + size));
  }
  return runs;
}
