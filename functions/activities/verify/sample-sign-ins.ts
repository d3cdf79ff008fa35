import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { compareInstants } from '../../../shared/domain/instants.js';
import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import { policyOf } from '../case-file.js';
import type { ActivityServices } from '../services.js';
import { readWritten, sampleOf } from '../execute/written-objects.js';

/** Looks whether a sample of the users that were enabled again has signed in since. No row proves nothing. */
export async function sampleSignIns(
  services: ActivityServices,
  { incidentId, planDigest, since }: ActivityInput<'sampleSignIns'>,
): Promise<ActivityOutput<'sampleSignIns'>> {
  const { policy } = await policyOf(services, incidentId);
  const enabled = (await readWritten(services, incidentId, planDigest)).filter(wasEnabled);
  const sample = sampleOf(enabled, policy.verification.signInSample).map((user) => user.objectId);
  if (sample.length === 0) return { seen: 0, sampled: 0 };
  const signIns = await services.auditLog.readSignIns(sample, since);
  const signedIn = new Set(
    signIns
      .filter(({ succeeded, at }) => succeeded && compareInstants(at, since) >= 0)
      .map(({ userId }) => userId.toLowerCase()),
  );
  const seen = sample.filter((id) => signedIn.has(id.toLowerCase()));
  return { seen: seen.length, sampled: sample.length };
}

const wasEnabled = (object: PlannedObject): boolean =>
  object.objectType === 'user' &&
  object.deltas.some(
    (delta) =>
      delta.action === 'restore' ||
      (delta.action === 'update' &&
        delta.property === 'accountEnabled' &&
        delta.then.known &&
        delta.then.value === true),
  );
