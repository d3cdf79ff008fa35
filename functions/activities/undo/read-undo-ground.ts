import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { readNewestVersion } from '../plan/plan-file.js';
import type { ActivityServices } from '../services.js';
import { readWaves } from '../execute/wave-file.js';

/** Every wave of the recovery that wrote anything, newest first: what was done last is undone first. */
export async function readUndoGround(
  services: ActivityServices,
  { incidentId }: ActivityInput<'readUndoGround'>,
): Promise<ActivityOutput<'readUndoGround'>> {
  const [{ waves }, newest] = await Promise.all([
    readWaves(services, incidentId),
    readNewestVersion(services, incidentId),
  ]);
  const written = waves.filter(({ undoes }) => undoes !== true);
  return {
    version: newest + 1,
    severalPlans: new Set(written.map(({ planDigest }) => planDigest)).size > 1,
    waves: written
      .map(({ planDigest, wave, from, to }) => ({ planDigest, wave, from, to }))
      .reverse(),
  };
}
