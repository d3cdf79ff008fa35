import type {
  StepName,
  StepState,
  IncidentPatch,
  Progress,
} from '../../shared/domain/incident/incident.js';
import { call, nowIso, type Playbook, type Step } from '../durable.js';

/** Writes one step's line into the incident, or into its undo, and the record. `key` makes a repeat write nothing twice. */
export function* report(
  playbook: Playbook,
  line: {
    readonly key: string;
    readonly step: StepName;
    readonly state: StepState;
    readonly summary: string;
    readonly progress?: Progress;
    readonly patch?: IncidentPatch;
    readonly artefact?: { readonly name: string; readonly sha256: string; readonly bytes: number };
  },
): Step<void> {
  playbook.context.df.setCustomStatus({
    step: line.step,
    state: line.state,
    summary: line.summary.slice(0, 500),
  });
  const activity = playbook.of === 'undo' ? 'reportUndo' : 'reportStep';
  yield* call(playbook, activity, {
    incidentId: playbook.incidentId,
    at: nowIso(playbook),
    ...line,
  });
}
