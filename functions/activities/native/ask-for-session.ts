import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { policyOf } from '../case-file.js';
import { askCommander } from '../ask-commander.js';
import type { ActivityServices } from '../services.js';

/** Asks the operators for a session: a task, and word of it on the channels. Once per key. */
export async function askForSession(
  services: ActivityServices,
  { incidentId, key, note }: ActivityInput<'askForSession'>,
): Promise<ActivityOutput<'askForSession'>> {
  const { policy } = await policyOf(services, incidentId);
  const names = policy.people.operators.map(({ name }) => name).join(' or ');
  return askCommander(services, {
    incidentId,
    key,
    text: `OPERATOR_SESSION_REQUIRED: ${names} must lend a session with the role Backup Administrator active, or nothing more of the native recovery is started. ${note ?? ''}`.trim(),
    command: `POST ${services.publicUrl}/api/incidents/${incidentId}/operator-session`,
  });
}
