import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { standing } from '../../shared/domain/approval-rule.js';
import { policyOf, readIncident } from './case-file.js';
import { isoNow, product, type ActivityServices } from './services.js';

/** Reminds once per reminder number, on the notice channel and the urgent one. */
export async function remindApprovers(
  services: ActivityServices,
  { incidentId, planDigest, reminder }: ActivityInput<'remindApprovers'>,
): Promise<ActivityOutput<'remindApprovers'>> {
  const [incident, ledger, { policy }] = await Promise.all([
    readIncident(services, incidentId),
    services.store.readLedger(incidentId),
    policyOf(services, incidentId),
  ]);
  const { remaining } = standing(ledger, policy, planDigest, isoNow(services));
  const text =
    `${incident.title}: still waiting for ${remaining.join(' and ')}. ` +
    `${services.publicUrl}/api/incidents/${incidentId}/report`;
  const noticed = await services.notifier.notice(`Approval waiting (reminder ${reminder})`, text);
  const urged = await services.notifier.urgent(incidentId, 'Approval waiting', text);
  await services.store.append(incidentId, `approval:reminded:${planDigest}:${reminder}`, {
    at: isoNow(services),
    kind: 'approval.reminded',
    by: product,
    summary: text,
  });
  return { told: noticed || urged };
}
