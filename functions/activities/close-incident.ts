import type { ActivityInput, ActivityOutput } from '../../shared/contracts/catalogue.js';
import { truthfulOutcome } from '../../shared/domain/outcome.js';
import { readIncident } from './case-file.js';
import { product, type ActivityServices } from './services.js';

/** Closes the incident with the outcome that its own numbers allow, and writes the report. */
export async function closeIncident(
  services: ActivityServices,
  { incidentId, at, outcome, why }: ActivityInput<'closeIncident'>,
): Promise<ActivityOutput<'closeIncident'>> {
  const open = await readIncident(services, incidentId);
  const honest = truthfulOutcome(outcome, open);
  const head = await services.store.append(incidentId, 'closed', {
    at,
    kind: 'closed',
    by: product,
    summary: `${honest}: ${why}`,
  });
  const locations = services.store.locate(incidentId);
  const closed = await services.store.updateIncident(incidentId, (incident) => ({
    ...incident,
    state: 'closed',
    outcome: honest,
    closedAt: incident.closedAt ?? at,
    waitingFor: null,
    steps: incident.steps.map((step) =>
      step.state === 'running' || step.state === 'waiting'
        ? {
            ...step,
            state: honest === 'failed' ? ('failed' as const) : ('skipped' as const),
            endedAt: at,
          }
        : step,
    ),
    warnings: honest === outcome ? incident.warnings : [...incident.warnings, why],
    links: { ...incident.links, ...locations },
  }));
  const record = await services.store.readRecord(incidentId);
  const { html } = services.report.render(closed, record ?? new Uint8Array());
  await services.store.writeReport(incidentId, html);
  await services.notifier.notice(`Incident ${incidentId}: ${honest}`, `${closed.title}. ${why}`);
  return { entries: head.entries };
}
