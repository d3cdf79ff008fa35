import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { standing } from '../../../shared/domain/approval/approval-rule.js';
import { policyOf, readIncident } from '../case-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { tellOnce } from '../tell-once.js';

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
  const { state, remaining } = standing(ledger, policy, planDigest, isoNow(services));
  if (state !== 'open') return { told: false };
  const text =
    `${incident.title}: still waiting for ${remaining.join(' and ')}. ` +
    `${services.publicUrl}/api/incidents/${incidentId}/report`;
  const key = `approval:reminded:${planDigest}:${reminder}`;
  const told = await tellOnce(services, incidentId, key, async () => {
    const title = `Approval waiting (reminder ${reminder})`;
    const noticed = await services.notifier.notice(title, text);
    const urged = await services.notifier.urgent(incidentId, 'Approval waiting', text);
    return noticed || urged;
  });
  await services.store.append(incidentId, told ? key : `${key}:undelivered`, {
    at: isoNow(services),
    kind: told ? 'approval.reminded' : 'approval.reminder.undelivered',
    by: product,
    summary: text,
  });
  return { told };
}
