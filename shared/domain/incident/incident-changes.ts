import type {
  Incident,
  IncidentPatch,
  IncidentState,
  Progress,
  StepName,
  StepState,
  StepView,
  Task,
} from './incident.js';
import { PLAYBOOK_VERSION, stepNames } from './incident.js';
import { compareInstants } from '../instants.js';
import type { Intake } from './intake.js';

/** The document of an incident nobody has worked on yet: first step pending, state `containing`. */
export function openIncident(opening: {
  readonly id: string;
  readonly intake: Intake;
  readonly openedAt: string;
  readonly policyDigest: string;
  readonly links: Readonly<Record<string, string>>;
}): Incident {
  const { id, intake, openedAt, policyDigest, links } = opening;
  return {
    id,
    title: intake.title,
    source: intake.source,
    labels: [...intake.labels],
    state: 'containing',
    outcome: null,
    openedAt,
    closedAt: null,
    cause: intake.cause,
    actor: null,
    actors: [],
    window: { from: intake.window.from, to: intake.window.to },
    steps: stepNames.map(pendingStep),
    scope: { objects: 0, changes: 0, sweeps: 0, settled: false, digest: null },
    recoveryPoint: null,
    plan: null,
    approvals: { required: [], given: [] },
    execution: null,
    verification: null,
    waitingFor: null,
    undo: null,
    residual: [],
    tasks: [],
    warnings: [],
    record: { entries: 0, head: null },
    policyDigest,
    playbookVersion: PLAYBOOK_VERSION,
    links: { ...links },
  };
}

/** What is known of a step at one instant. */
export interface StepReport {
  readonly step: StepName;
  readonly state: StepState;
  readonly at: string;
  readonly summary: string;
  readonly progress?: Progress | undefined;
}

/**
 * The incident with one step's line rewritten. Reporting the same twice changes nothing the second
 * time, and a late repetition of an earlier report does not undo a newer one: `startedAt` is set once,
 * `endedAt` belongs to the end that stands. A running or waiting step gives the incident its state; a
 * closed incident stays closed. A step may begin again (new actors repeat steps 1 to 4).
 */
export function withStep(incident: Incident, report: StepReport): Incident {
  const before = incident.steps.find((line) => line.name === report.step);
  if (!before || isStale(before, report)) return incident;

  const line = reported(before, report);
  return {
    ...incident,
    state: stateAfter(incident, report),
    steps: incident.steps.map((step) => (step.name === report.step ? line : step)),
  };
}

/**
 * The incident with the given parts replaced; parts that are absent or undefined stay. A closed
 * incident keeps its state, outcome and closing time whatever arrives late.
 */
export function withPatch(incident: Incident, patch: IncidentPatch): Incident {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(patch);
  const given = Object.fromEntries(
    entries.filter(([, value]) => value !== undefined),
  ) as IncidentPatch;
  const patched: Incident = { ...incident, ...given };

  if (incident.state !== 'closed') return patched;
  const { state, outcome, closedAt } = incident;
  return { ...patched, state, outcome, closedAt };
}

/** Adds a task for the commander unless it, or one that asks for the same in the same words, is there. */
export function withTask(incident: Incident, task: Task): Incident {
  const isThere = incident.tasks.some(
    ({ id, text, command }) => id === task.id || (text === task.text && command === task.command),
  );
  return isThere ? incident : { ...incident, tasks: [...incident.tasks, task] };
}

/** The incident without the tasks whose ids begin so, less the one that stays. */
export const withoutTasks = (incident: Incident, begin: string, stays: string): Incident => ({
  ...incident,
  tasks: incident.tasks.filter(({ id }) => id === stays || !id.startsWith(begin)),
});

/** Adds a warning unless the same sentence is there already. */
export function withWarning(incident: Incident, warning: string): Incident {
  if (incident.warnings.includes(warning)) return incident;
  return { ...incident, warnings: [...incident.warnings, warning] };
}

const stateOfStep: Readonly<Record<StepName, IncidentState>> = {
  contain: 'containing',
  scope: 'scoping',
  chooseRecoveryPoint: 'choosingRecoveryPoint',
  preview: 'previewing',
  approve: 'awaitingApproval',
  execute: 'executing',
  verify: 'verifying',
};

const pendingStep = (name: StepName): StepView => ({
  name,
  state: 'pending',
  startedAt: null,
  endedAt: null,
  summary: '',
  progress: { done: 0, total: null, etaSeconds: null },
});

const isActive = (state: StepState): boolean => state === 'running' || state === 'waiting';

const isEnded = (state: StepState): boolean =>
  state === 'done' || state === 'skipped' || state === 'failed';

const isStale = (line: StepView, report: StepReport): boolean =>
  line.endedAt !== null && !isEnded(report.state) && compareInstants(report.at, line.endedAt) < 0;

function reported(line: StepView, report: StepReport): StepView {
  const begins = isActive(report.state) || report.state === 'done' || report.state === 'failed';
  return {
    name: line.name,
    state: report.state,
    startedAt: line.startedAt ?? (begins ? report.at : null),
    endedAt: isEnded(report.state) ? (line.endedAt ?? report.at) : null,
    summary: report.summary,
    progress: report.progress ?? line.progress,
  };
}

function stateAfter(incident: Incident, report: StepReport): IncidentState {
  if (incident.state === 'closed' || !isActive(report.state)) return incident.state;
  return stateOfStep[report.step];
}
