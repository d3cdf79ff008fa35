import { standing } from '../../../shared/domain/approval/approval-rule.js';
import type { Incident, IncidentState } from '../../../shared/domain/incident/incident.js';
import { checkPeople } from './check-people.js';
import { policyOf } from '../case-file.js';
import { lookAtPeople, type PeopleLook } from './people-facts.js';
import { isoNow, type ActivityServices } from '../services.js';

/** Before there is a plan; a decision is still to come. */
const beforeThePlan: ReadonlySet<IncidentState> = new Set([
  'containing',
  'scoping',
  'choosingRecoveryPoint',
  'previewing',
]);

/**
 * Looks at the people of every incident whose decision is still to come: from the opening on, and while a
 * recovery or an undo awaits it. One incident that cannot be looked at keeps no other from it; `log` is
 * told which and why.
 */
export async function watchPeople(
  services: ActivityServices,
  log: (line: string) => void,
): Promise<void> {
  const look = lookAtPeople(services);
  for (let token: string | undefined; ;) {
    const page = await services.store.listIncidents(100, token);
    for (const incident of page.items) {
      await lookAtOne(services, incident, look).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : 'unknown';
        log(`people of ${incident.id} not checked: ${why}`);
      });
    }
    if (page.nextToken === undefined) return;
    token = page.nextToken;
  }
}

async function lookAtOne(
  services: ActivityServices,
  { id, state, undo }: Incident,
  look: PeopleLook,
): Promise<void> {
  if (beforeThePlan.has(state)) {
    await checkPeople(services, id, null, look);
    return;
  }
  if (state !== 'awaitingApproval' && undo?.state !== 'awaitingApproval') return;
  const [ledger, { policy }] = await Promise.all([
    services.store.readLedger(id),
    policyOf(services, id),
  ]);
  const request = ledger.requests.at(-1);
  if (request === undefined) return;
  const stand = standing(ledger, policy, request.planDigest, isoNow(services));
  if (stand.state === 'open') await checkPeople(services, id, request, look);
}
