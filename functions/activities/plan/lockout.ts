import {
  forecastLockout,
  forecastWarnings,
  respondersOf,
  unreadForecast,
} from '../../../shared/domain/plan/lockout-forecast.js';
import type { LockoutForecast } from '../../../shared/domain/plan/forecast.js';
import type { PlanBody, PlannedObject } from '../../../shared/domain/plan/plan.js';
import type { Policy } from '../../../shared/domain/policy.js';
import { RewindError } from '../../../shared/errors.js';
import { isoNow, product, type ActivityServices } from '../services.js';

/** What the forecast adds to a plan. */
export type ForecastPart = Pick<PlanBody, 'forecast' | 'requiredLines'> & {
  readonly warnings: readonly string[];
};

/**
 * Who of the responders could sign in after a plan that changes these objects, which concern signing in;
 * kept as an artefact. A plan that concerns nobody's sign-in needs no forecast. Rules that our identity
 * may not read leave everybody unknown; a directory that does not answer is thrown.
 */
export async function forecastOf(
  services: ActivityServices,
  incidentId: string,
  version: number,
  changed: readonly PlannedObject[],
  policy: Policy,
): Promise<ForecastPart> {
  if (changed.length === 0) return { warnings: [] };
  const forecast = await read(services, changed, policy);
  const artefact = await services.store.putArtefact(
    incidentId,
    `lockout-forecast-${version}`,
    JSON.stringify(forecast),
  );
  const { people, breakGlassAfter } = forecast;
  const kept = people.filter(({ after }) => after !== 'can').length;
  await services.store.append(incidentId, `forecast:${version}:${artefact.sha256}`, {
    at: isoNow(services),
    kind: 'plan.forecast',
    by: product,
    summary: `Lock-out forecast of plan version ${version}: ${kept} of ${people.length} responders could not sign in for certain, ${breakGlassAfter} break-glass accounts could.`,
    artefact,
  });
  return {
    forecast,
    ...(forecast.refused && { requiredLines: ['lockout'] as const }),
    warnings: forecastWarnings(forecast),
  };
}

async function read(
  { directory }: ActivityServices,
  changed: readonly PlannedObject[],
  policy: Policy,
): Promise<LockoutForecast> {
  const responders = respondersOf(policy);
  try {
    const rules = await directory.readConditionalAccess();
    const facts = await directory.readSignInFacts(responders.map(({ id }) => id));
    return forecastLockout(rules, responders, facts, changed);
  } catch (error) {
    if (error instanceof RewindError && error.code === 'GRAPH_REJECTED') {
      return unreadForecast(responders, changed, error.message);
    }
    throw error;
  }
}
