import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import { readPlan, readPlanned } from '../plan/plan-file.js';
import type { ActivityServices } from '../services.js';
import { readWaveLines } from './wave-file.js';

/** The planned objects that we wrote, in plan order. */
export async function readWritten(
  services: ActivityServices,
  incidentId: string,
  planDigest: string,
  limit = Number.MAX_SAFE_INTEGER,
): Promise<PlannedObject[]> {
  const { body } = await readPlan(services, incidentId, planDigest);
  const to = Math.min(body.counts.objects, limit);
  const lines = await readWaveLines(services, incidentId, planDigest, 0, to);
  const planned = await readPlanned(services, incidentId, body, 0, to);
  return planned.filter(({ objectId }) => lines.get(objectId)?.result === 'applied');
}

/** A sample that is the same at every look: spread evenly over the written objects, the canaries first. */
export function sampleOf<T>(values: readonly T[], size: number): T[] {
  if (values.length <= size) return [...values];
  const step = values.length / size;
  return Array.from({ length: size }, (_, index) => values[Math.floor(index * step)]).filter(
    (value) => value !== undefined,
  );
}
