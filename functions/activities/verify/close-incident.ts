import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { withWarning } from '../../../shared/domain/incident/incident-changes.js';
import type { Incident, StepView } from '../../../shared/domain/incident/incident.js';
import type { Json } from '../../../shared/domain/json.js';
import { truthfulOutcome } from '../../../shared/domain/plan/outcome.js';
import type { PlannedObject } from '../../../shared/domain/plan/plan.js';
import { readIncident } from '../case-file.js';
import { readLines } from '../lines.js';
import { takeBackAll } from '../native/take-back.js';
import type { PlanDocument } from '../plan/plan-file.js';
import { product, type ActivityServices } from '../services.js';
import { tellOnce } from '../tell-once.js';

const examplesShown = 200;

/**
 * Closes the incident with the outcome that its own numbers allow, and writes the report. What a person was
 * given to start is taken back before.
 */
export async function closeIncident(
  services: ActivityServices,
  { incidentId, at, outcome, why }: ActivityInput<'closeIncident'>,
): Promise<ActivityOutput<'closeIncident'>> {
  const { store } = services;
  const open = await readIncident(services, incidentId);
  const honest = truthfulOutcome(outcome, open);
  await takeBackAll(services, open, `the incident has closed (${honest}).`);
  const head = await store.append(incidentId, 'closed', {
    at,
    kind: 'closed',
    by: product,
    summary: `${honest}: ${why}`,
  });
  const locations = store.locate(incidentId);
  const closed = await store.updateIncident(incidentId, (incident) => {
    const noted = honest === outcome ? incident : withWarning(incident, why);
    return {
      ...noted,
      state: 'closed',
      outcome: honest,
      closedAt: incident.closedAt ?? at,
      waitingFor: null,
      steps: incident.steps.map((step) => endedStep(step, honest, at)),
      links: { ...incident.links, ...locations },
    };
  });
  await services.sessions.end(incidentId);
  await writeReport(services, closed);
  await tellOnce(services, incidentId, 'closed', () =>
    services.notifier.notice(`Incident ${incidentId}: ${honest}`, `${closed.title}. ${why}`),
  );
  return { entries: head.entries };
}

/** Writes the report from what is stored now. */
export async function writeReport(services: ActivityServices, closed: Incident): Promise<void> {
  const { store, report } = services;
  const [record, ledger, examples] = await Promise.all([
    store.readRecord(closed.id),
    store.readLedger(closed.id),
    // A damaged plan may be why the incident ends here; its report must not fail for it.
    readExamples(services, closed.id).catch(() => []),
  ]);
  const { html } = report.render(closed, record ?? new Uint8Array(), { ledger, examples });
  await store.writeReport(closed.id, html);
}

async function readExamples(
  services: ActivityServices,
  incidentId: string,
): Promise<PlannedObject[]> {
  const plan = (await services.store.readDocument<Json>(
    incidentId,
    'plan',
  )) as unknown as PlanDocument | null;
  const examples: PlannedObject[] = [];
  for (const chunk of plan?.body.chunks ?? []) {
    if (examples.length >= examplesShown) break;
    examples.push(...(await readLines<PlannedObject>(services, incidentId, chunk.sha256)));
  }
  return examples.slice(0, examplesShown);
}

function endedStep(step: StepView, outcome: Incident['outcome'], at: string): StepView {
  if (step.state !== 'running' && step.state !== 'waiting') return step;
  return { ...step, state: outcome === 'failed' ? 'failed' : 'skipped', endedAt: at };
}
