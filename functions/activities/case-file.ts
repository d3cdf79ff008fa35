import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Intake } from '../../shared/domain/incident/intake.js';
import { stricterOf, type Policy, type PolicyInForce } from '../../shared/domain/policy.js';
import { RewindError } from '../../shared/errors.js';
import type { ActivityServices } from './services.js';

/** What the doors put beside an incident when it opens, as activities read it. */
export async function readIntake(services: ActivityServices, incidentId: string): Promise<Intake> {
  const intake = await services.store.readDocument(incidentId, 'intake');
  if (intake === null) throw missing(incidentId, 'intake');
  return intake as unknown as Intake;
}

export async function readIncident(
  services: ActivityServices,
  incidentId: string,
): Promise<Incident> {
  const incident = await services.store.readIncident(incidentId);
  if (incident === null) throw missing(incidentId, 'incident');
  return incident;
}

/**
 * The policy this incident obeys now: the one it began with, stricter where the current one is stricter
 * about people and protected ids.
 */
export async function policyOf(
  services: ActivityServices,
  incidentId: string,
  options: { fresh?: boolean } = {},
): Promise<{ policy: PolicyInForce; digest: string }> {
  const began = (await services.store.readDocument(incidentId, 'policy')) as unknown as {
    policy: Policy;
    digest: string;
  } | null;
  if (began === null) throw missing(incidentId, 'policy');
  const current = await services.policies.current(options);
  return { policy: stricterOf(began.policy, current.policy), digest: began.digest };
}

/** Who a person named as actors through `POST /incidents/{id}/actors`; version 0 when nobody did. */
export interface NamedActors {
  readonly version: number;
  readonly add: readonly {
    readonly userPrincipalName?: string;
    readonly userId?: string;
    readonly servicePrincipalId?: string;
    readonly appId?: string;
  }[];
  readonly remove: readonly string[];
  readonly by: readonly { readonly id: string; readonly name: string }[];
}

export async function readNamedActors(
  services: ActivityServices,
  incidentId: string,
): Promise<NamedActors> {
  const named = await services.store.readDocument(incidentId, 'actors');
  return (named as unknown as NamedActors | null) ?? { version: 0, add: [], remove: [], by: [] };
}

/** What people asked of the run: of the recovery while the incident is open, of its undo afterwards. */
export async function readMarks(
  services: ActivityServices,
  incidentId: string,
  document: 'marks' | 'undoMarks' = 'marks',
): Promise<{ cancelled: boolean; held: boolean }> {
  const marks = (await services.store.readDocument(incidentId, document)) as {
    cancel?: unknown;
    hold?: unknown;
  } | null;
  return { cancelled: Boolean(marks?.cancel), held: Boolean(marks?.hold) };
}

const missing = (incidentId: string, what: string): RewindError =>
  new RewindError(
    'INVARIANT_BROKEN',
    `incident ${incidentId} has no ${what} in the evidence store`,
  );
