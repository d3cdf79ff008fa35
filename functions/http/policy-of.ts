import type { Json } from '../../shared/domain/json.js';
import { stricterOf, type Policy, type PolicyInForce } from '../../shared/domain/policy.js';
import { invariant } from '../../shared/errors.js';
import type { DoorServices } from './services.js';

/**
 * The policy an incident obeys when somebody decides: the one it began with, stricter where the newest
 * is stricter about people and protected ids (contract section 4). The source is looked at again first.
 */
export async function policyOf(services: DoorServices, incidentId: string): Promise<PolicyInForce> {
  const [began, current] = await Promise.all([
    services.store.readDocument<Json>(incidentId, 'policy'),
    services.policies.current({ fresh: true }),
  ]);
  invariant(began !== null, `incident ${incidentId} has no policy in the evidence store`);
  return stricterOf((began as unknown as { policy: Policy }).policy, current.policy);
}
