import type { StepView } from '../../shared/domain/incident/incident.js';
import type { Colors } from './colors.js';

const titles: Readonly<Record<StepView['name'], string>> = {
  contain: 'Contain the actor',
  scope: 'Scope the damage',
  chooseRecoveryPoint: 'Choose a recovery point',
  preview: 'Preview and plan',
  approve: 'Approve',
  execute: 'Execute',
  verify: 'Verify',
};

/** One of the seven steps as a line of at most `width`: mark, title, time taken, what it says. */
export function stepLine(
  step: StepView,
  number: number,
  now: number,
  colors: Colors,
  width = Infinity,
): string {
  const took = secondsOf(step, now);
  const time = took === null ? '' : `${took.toFixed(1)} s`;
  const title = titles[step.name].padEnd(24);
  const whole = `${number} ${title}${time.padStart(8)}  ${cleaned(words(step))}`;
  const text = whole.length > width - 3 ? `${whole.slice(0, width - 4)}…` : whole;
  const [mark, paint] = look(step.state, colors);
  return `${paint(mark)} ${step.state === 'pending' ? colors.dim(text) : text}`;
}

/** Seconds the step has taken so far; null before it began. */
export function secondsOf(step: StepView, now: number): number | null {
  if (step.startedAt === null) return null;
  const end = step.endedAt === null ? now : Date.parse(step.endedAt);
  return Math.max(0, (end - Date.parse(step.startedAt)) / 1000);
}

/** Names in an incident are the attacker's to choose: nothing of them may move the cursor. */
export const cleaned = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');

function words({ state, summary, progress }: StepView): string {
  const { done, total, etaSeconds } = progress;
  const far = state === 'running' && total !== null && total > 0 ? `${done} of ${total}. ` : '';
  const eta =
    state === 'running' && etaSeconds !== null && etaSeconds > 0
      ? ` (about ${roughly(etaSeconds)} left)`
      : '';
  return `${far}${summary}${eta}`;
}

/** `40 s`, `60 min`, `3 h`: an estimate promises no more digits. */
function roughly(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 180 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}

function look(
  state: StepView['state'],
  colors: Colors,
): readonly [string, (text: string) => string] {
  switch (state) {
    case 'done':
      return ['✔', colors.green];
    case 'running':
      return ['▶', colors.cyan];
    case 'waiting':
      return ['…', colors.yellow];
    case 'failed':
      return ['✖', colors.red];
    case 'skipped':
      return ['-', colors.dim];
    case 'pending':
      return ['·', colors.dim];
  }
}
