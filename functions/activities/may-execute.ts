import { standing } from '../../shared/domain/approval-rule.js';
import type { PlanBody } from '../../shared/domain/plan.js';
import { policyOf, readIncident, readMarks } from './case-file.js';
import type { ActivityServices } from './services.js';

export type Permit =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly stopped: 'cancelled' | 'held' | 'approvalVoid' | 'expired';
      readonly why: string;
    };

/** Asks the store, just before writing, whether this plan may still be written (safety.md I2, I7). */
export async function mayExecute(
  services: ActivityServices,
  incidentId: string,
  body: PlanBody,
  planDigest: string,
): Promise<Permit> {
  const [ledger, { policy }, marks, incident] = await Promise.all([
    services.store.readLedger(incidentId),
    policyOf(services, incidentId, { fresh: true }),
    readMarks(services, incidentId),
    readIncident(services, incidentId),
  ]);
  const now = services.clock.now();
  if (marks.cancelled) return no('cancelled', 'The commander cancelled.');
  if (marks.held) return no('held', 'Held by hand before the next wave.');
  if (now >= Date.parse(body.expiresAt)) {
    return no('expired', `The approval was good until ${body.expiresAt}.`);
  }
  if (!incident.scope.settled || incident.scope.digest !== body.scopeDigest) {
    return no('approvalVoid', 'The scope is not the settled scope this plan was made for.');
  }
  const { notAfter } = policy.execution;
  if (notAfter !== null && now >= Date.parse(notAfter)) {
    return no('held', `The change window closed at ${notAfter}.`);
  }
  const stand = standing(ledger, policy, planDigest, new Date(now).toISOString());
  if (stand.state !== 'approved') {
    return no(
      'approvalVoid',
      `The approvals no longer suffice: ${stand.remaining.join(' and ')} missing.`,
    );
  }
  return { ok: true };
}

const no = (stopped: Exclude<Permit, { ok: true }>['stopped'], why: string): Permit => ({
  ok: false,
  stopped,
  why,
});
