import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { withWarning } from '../../../shared/domain/incident/incident-changes.js';
import type { Incident } from '../../../shared/domain/incident/incident.js';
import {
  pointSummary,
  withRunOver,
  type PointAnswer,
} from '../../../shared/domain/native/point-check.js';
import { invariant } from '../../../shared/errors.js';
import { readIncident } from '../case-file.js';
import { readPlanDocument } from '../plan/plan-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { keepPointCheck, readPointCheck } from './check-file.js';

/**
 * Says what came of a run of the check. A plan that would come out otherwise is drawn again while it awaits
 * approval (`isOvertakenByPoint`); once it is carried out, that is recorded and warned of and nothing else.
 * Without an answer the plan stands as it is, and a later session may ask again. Nothing is said of an
 * incident that has closed: its record and its report are finished.
 */
export async function closePointCheck(
  services: ActivityServices,
  { incidentId, run, version, totals, note }: ActivityInput<'closePointCheck'>,
): Promise<ActivityOutput<'closePointCheck'>> {
  const [{ values }, incident] = await Promise.all([
    readPointCheck(services, incidentId),
    readIncident(services, incidentId),
  ]);
  if (incident.state === 'closed') {
    await keepPointCheck(services, incidentId, (known) => withRunOver(known, run));
    return { outcome: 'unanswered', note: note ?? 'The incident is closed.' };
  }
  const at = isoNow(services);
  const append = (kind: string, summary: string) =>
    services.store.append(incidentId, `point:${run}:ended`, { at, kind, by: product, summary });
  // The plan may be of other objects by now than those that the service was asked about.
  if (totals === null || totals.objects === 0) {
    const why = note ?? 'the preview is about no object of the plan';
    const words = `The plan was not checked against the recovery point: ${why}`;
    await append('pointCheck.unanswered', words);
    await show(services, incidentId, at, 'unanswered', words);
    await keepPointCheck(services, incidentId, (known) => withRunOver(known, run));
    return { outcome: 'unanswered', note: words };
  }

  const plan = await readPlanDocument(services, incidentId, `plan-${version}`);
  invariant(values !== null && plan !== null, `run ${run} of ${incidentId} compared nothing`);
  const outcome = totals.differ === 0 ? 'agrees' : 'differs';
  const told = pointSummary(values, totals);
  const isCarriedOut = incident.state === 'executing' || incident.state === 'verifying';
  const isLate = isCarriedOut && outcome === 'differs';
  const summary = isLate ? `${told} The plan is not drawn again, it is carried out.` : told;
  const { pointId, index } = values;
  const agreesWith = outcome === 'agrees' ? plan.digest : null;
  const answer: PointAnswer = { pointId, index, agreesWith, at, summary };
  await append(`pointCheck.${outcome}`, `Plan version ${version}. ${summary}`);
  await show(services, incidentId, at, outcome, summary);
  // The run that awaits the approval acts on this, so it comes last.
  await keepPointCheck(services, incidentId, (known) => ({
    ...withRunOver(known, run),
    answer,
  }));
  return { outcome, note: summary };
}

async function show(
  services: ActivityServices,
  incidentId: string,
  at: string,
  outcome: 'agrees' | 'differs' | 'unanswered',
  summary: string,
): Promise<void> {
  await services.store.updateIncident(incidentId, (open) => {
    const incident = outcome === 'differs' ? withWarning(open, summary) : open;
    const steps = outcome === 'agrees' ? withLine(incident, summary) : incident.steps;
    return { ...incident, steps, pointCheck: { outcome, at, summary } };
  });
}

/** Who decides on the plan reads it where they are asked. */
const withLine = ({ steps }: Incident, words: string): Incident['steps'] =>
  steps.map((step) =>
    step.name === 'approve' && step.state === 'waiting' && !step.summary.includes(words)
      ? { ...step, summary: `${step.summary} ${words}` }
      : step,
  );
