import { parsePolicy } from '../../shared/contracts/policy.js';
import type { PolicySource } from '../../shared/ports/policies.js';

/** A policy in force that allows these Teams hosts. */
export function policiesWith(serviceHosts?: readonly string[]): PolicySource {
  const person = (digit: string) => ({
    objectId: `${digit.repeat(8)}-1111-1111-1111-111111111111`,
    name: digit,
  });
  const reading = parsePolicy(
    JSON.stringify({
      people: { operators: [person('1')], approvers: [person('2')] },
      ...(serviceHosts && { teams: { serviceHosts } }),
    }),
  );
  if (!reading.ok) throw new Error('the policy of the test is bad');
  return { current: () => Promise.resolve({ policy: reading.policy, digest: '', warning: null }) };
}
