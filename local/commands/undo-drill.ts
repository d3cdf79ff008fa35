import type { Incident } from '../../shared/domain/incident/incident.js';
import type { Api } from './api.js';
import type { Control, Difference } from './control.js';
import { problemOf } from './request.js';
import { CommandFailed } from './usage.js';

/** How the tenant stands after an undo, compared with the moment before the recovery was executed. */
export interface UndoResult {
  readonly outcome: string;
  /** Facts that the product wrote and that are not as they were. */
  readonly left: readonly Difference[];
  /** Facts that others changed meanwhile; nothing to do with the undo. */
  readonly byOthers: readonly Difference[];
}

/** The drawing of an undo plan is waited for by the product, up to 100 s. */
const askMs = 130_000;

/** The commander asks for the undo of a closed incident. Throws CommandFailed when it is refused. */
export async function askForUndo(commander: Api, { id }: Incident): Promise<void> {
  const answer = await commander.post(`/incidents/${id}/undo`, {}, askMs);
  if (answer.status !== 202) {
    throw new CommandFailed(`the undo was refused: ${problemOf(answer)}`);
  }
}

/** Whether the undo of the incident has come to its end. */
export const undoEnded = ({ undo }: Incident): boolean => undo?.state === 'closed';

/** Compares every fact of the tenant, property for property, with the moment before the execution. */
export async function judgeUndo(control: Control, incident: Incident): Promise<UndoResult> {
  const since = incident.steps.find(({ name }) => name === 'execute')?.startedAt;
  if (since === null || since === undefined) throw new CommandFailed('nothing was executed');
  const differences = await control.differences(since);
  const left = differences.filter(({ ours }) => ours);
  return {
    outcome: incident.undo?.outcome ?? 'not ended',
    left,
    byOthers: differences.filter(({ ours }) => !ours),
  };
}

/** Whether the tenant is again as it was. */
export const isUndone = ({ outcome, left }: UndoResult): boolean =>
  outcome === 'recovered' && left.length === 0;

/** What the drill prints of it: one line, and each fact that is not as it was. */
export function undoText({ outcome, left, byOthers }: UndoResult): string {
  const compared =
    left.length === 0
      ? 'the tenant is as it was before the execution, property for property'
      : `${left.length} facts are not as they were before the execution`;
  return [
    `${outcome}; ${compared}; others changed ${byOthers.length} facts meanwhile`,
    ...factLines('not undone', left),
    ...factLines('by others', byOthers),
  ].join('\n');
}

const mostShown = 20;

const factLines = (kind: string, facts: readonly Difference[]): string[] =>
  facts
    .slice(0, mostShown)
    .map(
      ({ objectId, what, before, after }) =>
        `  ${kind}: ${objectId} ${what} was ${JSON.stringify(before)}, is ${JSON.stringify(after)}`,
    );
