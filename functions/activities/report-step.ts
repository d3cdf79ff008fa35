import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { withPatch, withStep } from '../../shared/domain/incident/incident-changes.js';
import { product, type ActivityServices } from './services.js';

/** Writes one step's line into the document and the record; the key makes a second run write nothing. */
export async function reportStep(
  services: ActivityServices,
  input: ActivityInput<'reportStep'>,
): Promise<ActivityOutput<'reportStep'>> {
  const { incidentId, key, step, state, at, summary, progress, patch, artefact } = input;
  await services.store.updateIncident(incidentId, (incident) =>
    withPatch(
      withStep(incident, { step, state, at, summary, ...(progress && { progress }) }),
      patch ?? {},
    ),
  );
  const head = await services.store.append(incidentId, `step:${key}`, {
    at,
    kind: `step.${step}.${state}`,
    by: product,
    summary,
    ...(artefact && { artefact }),
  });
  return { entries: head.entries };
}
