import { InvocationContext } from '@azure/functions';
import { createOrchestrator } from 'durable-functions/lib/src/util/testingUtils.js';
import type { Answer } from '../../../local/host/actions.js';
import { decide, type Decision } from '../../../local/host/decide.js';
import type { InProcessEngine } from '../../../local/host/engine-in-process.js';
import {
  EventType,
  markPlayed,
  reviveEvent,
  type HistoryEvent,
} from '../../../local/host/history.js';
import { playbook } from '../../../orchestrations/index.js';
import type { OrchestrationName } from '../../../shared/contracts/catalogue.js';

/** Where the runs of one playbook version are kept, one to a line. */
export const fileOf = (version: number): URL =>
  new URL(`version-${version}.jsonl`, import.meta.url);

/** One ended orchestration with the history that it left. */
export interface RecordedRun {
  readonly id: string;
  readonly name: OrchestrationName;
  readonly parentId: string | null;
  readonly input: unknown;
  readonly output: unknown;
  readonly history: readonly HistoryEvent[];
}

/** An orchestration and every child below it, parents first. */
export function recordingOf(
  engine: InProcessEngine,
  id: string,
  parentId: string | null = null,
): RecordedRun[] {
  const history = engine.history(id);
  const began = history.find(({ EventType: type }) => type === EventType.ExecutionStarted);
  const { input, output } = engine.status(id);
  const children = history
    .filter(({ EventType: type }) => type === EventType.SubOrchestrationInstanceCreated)
    .flatMap(({ InstanceId }) => recordingOf(engine, InstanceId ?? '', id));
  const name = began?.Name as OrchestrationName;
  return [{ id, name, parentId, input, output, history }, ...children];
}

/** One line of JSON, without what every event has or what says nothing. */
export const textOf = (run: RecordedRun): string =>
  JSON.stringify({ ...run, history: run.history.map(telling) });

const telling = ({ IsPlayed: _, ...event }: HistoryEvent) =>
  Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null && value !== ''));

export function runOf(line: string): RecordedRun {
  const run = JSON.parse(line) as RecordedRun;
  const history = run.history.map((event) => reviveEvent({ ...event, IsPlayed: false }));
  markPlayed(history);
  return { ...run, history };
}

/**
 * What today's orchestration makes of a recorded history: nothing is asked for that is not in it. Throws
 * the words of the real engine at the first call that differs.
 */
export async function replay(
  run: RecordedRun,
): Promise<Pick<Decision, 'outcome' | 'commands'> & { readonly output: unknown }> {
  const { id, history } = run;
  const trigger = {
    ...{ history, input: run.input, instanceId: id, isReplaying: true },
    parentInstanceId: run.parentId,
    ...{ upperSchemaVersion: 1, upperSchemaVersionNew: 2 },
    longRunningTimerIntervalDuration: '3.00:00:00',
    maximumShortTimerDuration: '6.00:00:00',
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  };
  const silent = new InvocationContext({
    ...{ functionName: run.name, invocationId: id },
    logHandler: () => undefined,
  });
  const answer = (await createOrchestrator(playbook[run.name])(trigger, silent)) as Answer;
  const began = history.find(({ EventType: type }) => type === EventType.ExecutionStarted);
  const executionId = began?.OrchestrationInstance?.ExecutionId ?? '';
  const { outcome, commands } = decide(history, answer, { id, executionId });
  return { outcome, commands, output: answer.output };
}
