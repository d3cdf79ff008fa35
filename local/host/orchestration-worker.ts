import { type Answer, answerInError } from './actions.js';
import { customStatusText, inputOfAgain, issue } from './commands.js';
import { decide, type Decision } from './decide.js';
import { endedEvent, endRun, type EngineCore } from './engine-core.js';
import { orchestratorFailure, workerFailure } from './failures.js';
import {
  EventType,
  executionStarted,
  type HistoryEvent,
  historyEvent,
  markPlayed,
} from './history.js';
import { newId } from './instance-ids.js';
import { jsonText } from './json-values.js';
import type { Live } from './mailbox.js';
import { hasEnded, type Message } from './records.js';
import { TrapError } from './traps.js';

/**
 * One step of an instance: takes its messages, replays the orchestrator over the whole history, and
 * queues everything that follows as one transition. Steps of one instance never overlap.
 */
export async function runStep(core: EngineCore, live: Live): Promise<void> {
  const { record } = live;
  const messages = live.inbox.splice(0, episode(live.inbox));
  const events = messages.filter((message) => isFor(live, message)).map(({ event }) => event);
  const done = () => {
    for (const { seq } of messages) core.store.dropMessage(seq);
  };
  if (hasEnded(record.status) || events.length === 0) {
    done();
    core.commits.transition();
    return;
  }
  const now = core.clock.now();
  const before = live.history.length;
  live.history.push(historyEvent(EventType.OrchestratorStarted, now));
  for (const event of events) live.history.push(event);
  const terminated = events.find(({ EventType: type }) => type === EventType.ExecutionTerminated);
  const suspended = isSuspended(record.status === 'Suspended', events);
  let answer: Answer | Error | undefined;
  // Played even when it is terminated, as the real engine does, which then drops the answer.
  if (!suspended) answer = await replay(core, live, before);
  if (core.commits.dead || !core.mailbox.current(live)) return;
  done();
  record.updatedAt = core.clock.now();
  if (terminated) {
    const output = JSON.stringify(terminated.Input ?? null);
    close(core, live, 'Terminated', output);
  } else if (suspended) {
    record.status = 'Suspended';
    live.history.push(historyEvent(EventType.OrchestratorCompleted, record.updatedAt));
  } else if (answer) {
    record.status = 'Running';
    if (apply(core, live, answer) === 'again') {
      core.commits.transition();
      return;
    }
  }
  core.store.addStep(record.id, live.steps, live.history.slice(before));
  live.steps += 1;
  markPlayed(live.history, before);
  core.store.putInstance(record);
  core.commits.transition();
}

/** How many messages the next step takes: all, but a new run begins with what it was given alone. */
function episode(inbox: readonly Message[]): number {
  const end = inbox.findIndex(({ event }) => event.EventType === EventType.OrchestratorCompleted);
  return end < 0 ? inbox.length : end + 1;
}

function isFor(live: Live, { executionId }: Message): boolean {
  return executionId === null || executionId === live.record.executionId;
}

function isSuspended(before: boolean, events: readonly HistoryEvent[]): boolean {
  let now = before;
  for (const { EventType: type } of events)
    if (type === EventType.ExecutionSuspended) now = true;
    else if (type === EventType.ExecutionResumed) now = false;
  return now;
}

/** Runs the SDK's replay. An Error is an invocation that failed without an answer. */
async function replay(core: EngineCore, live: Live, before: number): Promise<Answer | Error> {
  const { record } = live;
  const trigger = {
    history: live.history,
    input: record.input === null ? null : (JSON.parse(record.input) as unknown),
    instanceId: record.id,
    isReplaying: before > 0,
    parentInstanceId: record.parentId,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 2,
    longRunningTimerIntervalDuration: '3.00:00:00',
    maximumShortTimerDuration: '6.00:00:00',
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  };
  const started = performance.now();
  try {
    return (await core.handlers.orchestrate(record.name, trigger)) as Answer;
  } catch (error) {
    return answerInError(error as Error) ?? (error as Error);
  } finally {
    live.cost = performance.now() - started;
  }
}

/** Plays the answer and queues what follows from it. */
function apply(core: EngineCore, live: Live, answer: Answer | Error): Decision['outcome'] {
  const { record } = live;
  try {
    if (answer instanceof Error)
      throw new Error(`One or more errors occurred. (${workerFailure(answer)})`);
    const status = customStatusText(answer);
    const decision = decide(live.history, answer, record);
    const prepared = issue(core, live, decision.commands);
    const output = decision.outcome === 'completed' ? textOf(answer.output) : null;
    const again = decision.again && inputOfAgain(record.name, decision.again);
    record.customStatus = status;
    record.awaits = decision.awaits;
    prepared();
    switch (decision.outcome) {
      case 'completed':
        close(core, live, 'Completed', output);
        break;
      case 'failed':
        fail(core, live, answer.error ?? '');
        break;
      case 'again':
        startAgain(core, live, again ?? null, decision.unused);
        break;
      case 'waiting':
        live.history.push(historyEvent(EventType.OrchestratorCompleted, record.updatedAt));
    }
    return decision.outcome;
  } catch (error) {
    if (error instanceof TrapError)
      core.log('error', `${record.name}: ${error.message}`, record.id);
    fail(core, live, (error as Error).message);
    return 'failed';
  }
}

/** @throws in the words of the worker for what JSON cannot carry. */
function textOf(output: unknown): string | null {
  try {
    return output === null ? null : (jsonText(output) ?? null);
  } catch (error) {
    throw new Error(`One or more errors occurred. (${workerFailure(error as Error)})`);
  }
}

function fail(core: EngineCore, live: Live, message: string): void {
  close(core, live, 'Failed', JSON.stringify(orchestratorFailure(live.record.name, message)));
}

function close(
  core: EngineCore,
  live: Live,
  status: 'Completed' | 'Failed' | 'Terminated',
  output: string | null,
): void {
  endRun(core, live, status, output);
  const { updatedAt } = live.record;
  live.history.push(
    endedEvent(updatedAt, status, output),
    historyEvent(EventType.OrchestratorCompleted, updatedAt),
  );
}

/**
 * Ends an instance that cannot go on by itself, with words for people. One transition.
 * Must not be called while a step of it runs.
 */
export function failInstance(core: EngineCore, live: Live, message: string): void {
  const before = live.history.length;
  live.history.push(historyEvent(EventType.OrchestratorStarted, core.clock.now()));
  core.log('error', `${live.record.name}: ${message}`, live.record.id);
  fail(core, live, message);
  core.store.addStep(live.record.id, live.steps, live.history.slice(before));
  live.steps += 1;
  core.store.putInstance(live.record);
  core.commits.transition();
}

/** The same instance with a new execution, an empty history and the events it did not use. */
function startAgain(
  core: EngineCore,
  live: Live,
  input: string | null,
  unused: readonly HistoryEvent[],
): void {
  const { record } = live;
  const { store, mailbox } = core;
  const parent = live.history.find(
    ({ EventType: type }) => type === EventType.ExecutionStarted,
  )?.ParentInstance;
  record.executionId = newId();
  record.input = input;
  record.customStatus = null;
  record.awaits = null;
  store.clearHistory(record.id);
  store.dropTimersOf(record.id);
  live.history = [];
  live.steps = 0;
  const waiting = live.inbox.splice(0);
  mailbox.send(
    record.id,
    record.executionId,
    executionStarted({
      at: record.updatedAt,
      name: record.name,
      instanceId: record.id,
      executionId: record.executionId,
      input,
      parent: parent ?? null,
      generation: null,
    }),
    0,
  );
  for (const event of unused) mailbox.send(record.id, null, { ...event, IsPlayed: false }, 1);
  // The real engine ends the beginning of such a run in its history before it plays it.
  const begun = historyEvent(EventType.OrchestratorCompleted, record.updatedAt);
  mailbox.send(record.id, record.executionId, begun, 1);
  live.inbox.push(...waiting);
  store.putInstance(record);
}
