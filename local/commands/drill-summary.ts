import type { Incident } from '../../shared/domain/incident/incident.js';
import { isVerified } from './drill-result.js';
import { cleaned, secondsOf } from './steps-view.js';
import type { Colors } from './colors.js';

export interface DrillFacts {
  readonly seconds: number;
  /** Largest resident memory of the function app's process, bytes; null when it did not say. */
  readonly peakMemoryBytes: number | null;
  readonly folder: string;
}

/** One screen: what happened, what was decided by whom, what was done, what is left; facts of a drill. */
export function drillSummary(incident: Incident, facts: DrillFacts | null, colors: Colors): string {
  const rows = [
    ['Incident', `${incident.id}  ${incident.title}`],
    ['Outcome', outcomeText(incident, colors)],
    [
      'Actor',
      incident.actors.map(({ name, containment }) => `${name} (${containment})`).join(', '),
    ],
    [
      'Scope',
      `${incident.scope.objects} objects, ${incident.scope.changes} changes, ${incident.scope.sweeps} sweeps`,
    ],
    ['Recovery point', recoveryPointText(incident)],
    ...(incident.pointCheck === undefined
      ? []
      : ([['Checked', incident.pointCheck.summary]] as const)),
    ['Plan', planText(incident)],
    ['Classes', countsText(incident.plan?.byClass)],
    ['Approved by', approvalText(incident)],
    ['Execution', executionText(incident)],
    ['Verification', verificationText(incident)],
    ['Left to people', leftText(incident)],
    ...(facts === null
      ? []
      : ([
          ['Timing', timingText(incident, facts)],
          ['Kept in', facts.folder],
        ] as const)),
  ] as const;
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows
    .map(
      ([name, text]) =>
        `${colors.bold(name.padEnd(width))}  ${name === 'Outcome' ? text : cleaned(text)}`,
    )
    .join('\n');
}

function outcomeText(incident: Incident, colors: Colors): string {
  const outcome = incident.outcome ?? incident.state;
  if (outcome !== 'recovered') return colors.yellow(outcome);
  return isVerified(incident)
    ? colors.green('recovered and verified')
    : colors.red('recovered, NOT verified');
}

function recoveryPointText({ recoveryPoint }: Incident): string {
  if (recoveryPoint === null) return 'none chosen';
  const gap = recoveryPoint.gapSeconds;
  const hours = gap === null ? '' : `, ${(gap / 3600).toFixed(1)} h before the first bad change`;
  return `${recoveryPoint.createdDateTime ?? 'audit values alone'}${hours}`;
}

function planText({ plan }: Incident): string {
  if (plan === null) return 'none';
  const actions = countsText(plan.byAction);
  const by = plan.executor === 'auto' ? countsText(plan.byExecutor) : plan.executor;
  return `version ${plan.version}, ${plan.objects} objects by ${by}: ${actions}; ${plan.warnings.length} warnings`;
}

function countsText(counts: Readonly<Record<string, number>> | undefined): string {
  const shown = Object.entries(counts ?? {}).filter(([, count]) => count > 0);
  return shown.map(([name, count]) => `${name} ${count}`).join(', ') || 'none';
}

function approvalText({ approvals }: Incident): string {
  const given = approvals.given.map(
    ({ by, countedAs, via }) => `${by.name} as ${countedAs} (${via})`,
  );
  return given.join(', ') || 'nobody';
}

function executionText({ execution }: Incident): string {
  if (execution === null) return 'nothing was written';
  const { executor, applied, skipped, failed } = execution;
  return `${executor}: ${applied} applied, ${skipped} skipped, ${failed} failed`;
}

function verificationText({ verification }: Incident): string {
  if (verification === null) return 'not reached';
  const { verified, mismatched, pending, signIns } = verification;
  return `${verified} as planned, ${mismatched} mismatched, ${pending} pending; ${signIns.seen} of ${signIns.sampled} sampled sign-ins seen`;
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

function leftText({ residual, tasks, warnings }: Incident): string {
  const counts = [
    counted(residual.length, 'thing to put right', 'things to put right'),
    counted(tasks.length, 'task'),
    counted(warnings.length, 'warning'),
  ];
  const where = residual.length + tasks.length + warnings.length === 0 ? '' : ' (see the report)';
  return `${counts.join(', ')}${where}`;
}

function timingText(incident: Incident, { seconds, peakMemoryBytes }: DrillFacts): string {
  const steps = incident.steps.flatMap((step) => {
    const took = secondsOf(step, Date.now());
    return took === null ? [] : [`${step.name} ${took.toFixed(1)}`];
  });
  const memory =
    peakMemoryBytes === null ? '' : `; memory peak ${Math.round(peakMemoryBytes / 2 ** 20)} MB`;
  return `${seconds.toFixed(1)} s in all (${steps.join(', ')})${memory}`;
}
