import { createLogUpdate } from 'log-update';
import type { Incident, StepView } from '../../shared/domain/incident/incident.js';
import { colorsFor, noColors } from './colors.js';
import { stepLine } from './steps-view.js';

/** Shows an incident while it runs. */
export interface ProgressView {
  show(incident: Incident): void;
  /** A line of its own, e.g. an approval. */
  say(line: string): void;
  /** Leaves the last state on the screen. */
  end(): void;
}

/** In place on a terminal; one line per change of a step elsewhere, so that logs stay readable. */
export function createProgress(stream: NodeJS.WriteStream): ProgressView {
  return stream.isTTY ? livingView(stream) : plainView(stream);
}

function livingView(stream: NodeJS.WriteStream): ProgressView {
  const colors = colorsFor(stream);
  const update = createLogUpdate(stream, { showCursor: true });
  let last: Incident | null = null;
  const show = (incident: Incident): void => {
    last = incident;
    const width = Math.max(40, stream.columns);
    const line = (step: StepView, index: number) =>
      stepLine(step, index + 1, Date.now(), colors, width);
    update(incident.steps.map(line).join('\n'));
  };
  return {
    show,
    say: (line) => {
      update.clear();
      stream.write(`${line}\n`);
      if (last !== null) show(last);
    },
    end: () => update.done(),
  };
}

function plainView(stream: NodeJS.WriteStream): ProgressView {
  const shown = new Map<StepView['name'], string>();
  return {
    show: (incident) => {
      incident.steps.forEach((step, index) => {
        const signature = `${step.state}|${step.summary}`;
        if (step.state === 'pending' || shown.get(step.name) === signature) return;
        shown.set(step.name, signature);
        stream.write(`${stepLine(step, index + 1, Date.now(), noColors)}\n`);
      });
    },
    say: (line) => stream.write(`${line}\n`),
    end: () => undefined,
  };
}
