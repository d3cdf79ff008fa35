import { standing } from '../../../shared/domain/approval/approval-rule.js';
import { checkPeople } from './check-people.js';
import { policyOf } from '../case-file.js';
import { isoNow, type ActivityServices } from '../services.js';

/**
 * Looks at the people of every plan that awaits a decision, of recoveries and of undos. One incident that cannot be looked at keeps
 * no other from it; `log` is told which and why.
 */
export async function watchPeople(
  services: ActivityServices,
  log: (line: string) => void,
): Promise<void> {
  for (let token: string | undefined; ;) {
    const page = await services.store.listIncidents(100, token);
    for (const { id, state, undo } of page.items) {
      if (state !== 'awaitingApproval' && undo?.state !== 'awaitingApproval') continue;
      await lookAtOne(services, id).catch((error: unknown) => {
        log(`people of ${id} not checked: ${error instanceof Error ? error.message : 'unknown'}`);
      });
    }
    if (page.nextToken === undefined) return;
    token = page.nextToken;
  }
}

async function lookAtOne(services: ActivityServices, incidentId: string): Promise<void> {
  const [ledger, { policy }] = await Promise.all([
    services.store.readLedger(incidentId),
    policyOf(services, incidentId),
  ]);
  const request = ledger.requests.at(-1);
  if (request === undefined) return;
  const { state } = standing(ledger, policy, request.planDigest, isoNow(services));
  if (state === 'open') await checkPeople(services, incidentId, request);
}
