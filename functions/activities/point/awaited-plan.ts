import type { Incident } from '../../../shared/domain/incident/incident.js';
import { readPlanDocument, type PlanDocument } from '../plan/plan-file.js';
import type { ActivityServices } from '../services.js';

/** `wait`: a final plan is still to come. `over`: none will be held against the recovery point any more. */
export type Awaited =
  | { readonly kind: 'plan'; readonly plan: PlanDocument }
  | { readonly kind: 'wait' | 'over'; readonly note: string | null };

/** The plan that awaits approval; only before it is carried out a preview is worth asking for. */
export async function awaitedPlan(
  services: Pick<ActivityServices, 'store'>,
  incident: Incident,
): Promise<Awaited> {
  const { state, id } = incident;
  if (state === 'closed') return over('The incident is closed.');
  if (state === 'executing' || state === 'verifying') return over('The plan is being carried out.');
  if (state !== 'awaitingApproval') return wait;
  return finalPlan(services, id);
}

/** The newest final plan, whatever has become of it; a preview that was paid for is read all the same. */
export async function finalPlan(
  services: Pick<ActivityServices, 'store'>,
  incidentId: string,
): Promise<Awaited> {
  const plan = await readPlanDocument(services, incidentId, 'plan');
  if (plan === null || plan.provisional) return wait;
  return plan.body.recoveryPointId === null
    ? over('The plan has no recovery point.')
    : { kind: 'plan', plan };
}

const wait: Awaited = { kind: 'wait', note: null };
const over = (note: string): Awaited => ({ kind: 'over', note });
