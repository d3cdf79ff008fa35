import { randomBytes } from 'node:crypto';
import { type Action, ActionType, type Answer, type Command } from './actions.js';
import { beginRun, type EngineCore } from './engine-core.js';
import { lastSentTo, requestMessage } from './entity-messages.js';
import { workerFailure } from './failures.js';
import { EventType, type HistoryEvent, historyEvent } from './history.js';
import { checkInstanceId } from './instance-ids.js';
import { changedByJson, jsonText } from './json-values.js';
import type { Live } from './mailbox.js';
import { hasEnded } from './records.js';
import { timerDueAt } from './retry.js';
import { traps, TrapError } from './traps.js';

/**
 * Checks new work and prepares its events and records; the answer queues them all.
 * Nothing is queued when one command is refused.
 * @throws TrapError naming what the real engine would hang on or change silently.
 */
export function issue(core: EngineCore, live: Live, commands: readonly Command[]): () => void {
  const ready = commands.map((command) => prepare(core, live, command));
  return () => {
    for (const queue of ready) live.history.push(queue());
  };
}

function prepare(core: EngineCore, live: Live, command: Command): () => HistoryEvent {
  switch (command.kind) {
    case 'activity':
      return activity(core, live, command);
    case 'child':
      return child(core, live, command);
    case 'timer':
      return () => timer(core, live, command);
    case 'entity':
      return entity(core, live, command);
  }
}

function activity(
  core: EngineCore,
  live: Live,
  { id, name, action }: Extract<Command, { kind: 'activity' }>,
): () => HistoryEvent {
  const { activities } = core.handlers;
  if (!activities.includes(name))
    throw new TrapError(traps.unregistered('Activity', name, activities));
  if (typeof action.input === 'boolean') throw new TrapError(traps.bareBoolean(name));
  const input = callInput(`the input of activity '${name}'`, action);
  return () => {
    const { id: instanceId, executionId } = live.record;
    const task = { seq: core.store.nextSeq(), instanceId, executionId, taskId: id, name, input };
    core.store.addTask(task);
    core.addTask(task);
    return historyEvent(
      EventType.TaskScheduled,
      core.clock.now(),
      { Name: name, Version: '', Input: null, ParentTraceContext: null },
      id,
    );
  };
}

function child(
  core: EngineCore,
  live: Live,
  { id, name, action }: Extract<Command, { kind: 'child' }>,
): () => HistoryEvent {
  const { orchestrators } = core.handlers;
  if (!orchestrators.includes(name))
    throw new TrapError(traps.unregistered('Sub-orchestrator', name, orchestrators));
  const { id: parentId, executionId } = live.record;
  const childId = action.instanceId?.trim() ? action.instanceId : `${executionId}:${id}`;
  checkInstanceId(childId);
  const what = `the input of sub-orchestrator '${name}'`;
  const input = action.input === undefined ? null : jsonOf(what, action.input);
  return () => {
    const now = core.clock.now();
    core.mailbox.addWaiter(childId, { parentId, parentExecutionId: executionId, taskId: id });
    const there = core.mailbox.find(childId);
    if (!there || hasEnded(there.record.status))
      beginRun(core, {
        id: childId,
        name,
        input,
        parent: {
          Name: live.record.name,
          OrchestrationInstance: { InstanceId: parentId, ExecutionId: executionId },
          TaskScheduleId: id,
          Version: '',
        },
      });
    return historyEvent(
      EventType.SubOrchestrationInstanceCreated,
      now,
      {
        Name: name,
        Version: '',
        InstanceId: childId,
        Input: null,
        ClientSpanId: randomBytes(8).toString('hex'),
      },
      id,
    );
  };
}

function timer(
  core: EngineCore,
  live: Live,
  { id, fireAt, exact }: Extract<Command, { kind: 'timer' }>,
): HistoryEvent {
  const now = core.clock.now();
  const { id: instanceId, executionId } = live.record;
  const text = new Date(fireAt).toISOString();
  const dueAt = timerDueAt(fireAt, now, exact);
  const made = { instanceId, executionId, timerId: id, dueAt, fireAt: text };
  core.store.addTimer(made);
  core.addTimer(made);
  return historyEvent(EventType.TimerCreated, now, { FireAt: text }, id);
}

function entity(
  core: EngineCore,
  live: Live,
  { id, name, action, requestId, signal }: Extract<Command, { kind: 'entity' }>,
): () => HistoryEvent {
  const { entities } = core.handlers;
  const kind = name.split('@')[1] ?? '';
  if (!entities.includes(kind)) throw new TrapError(traps.unregistered('Entity', kind, entities));
  const op = String(action.operation);
  const input =
    action.input === undefined ? null : jsonOf(`the input of entity '${name}'`, action.input);
  return () => {
    const { id: parentId, executionId } = live.record;
    const now = core.clock.now();
    const request = {
      seq: core.store.nextSeq(),
      entityId: name,
      op,
      input,
      signal,
      parentId: signal ? null : parentId,
      parentExecutionId: signal ? null : executionId,
      id: requestId,
    };
    core.store.addRequest(request);
    core.addRequest(request);
    const message = requestMessage(
      request,
      { parentId, executionId },
      lastSentTo(live.history, name),
      now,
    );
    return historyEvent(
      EventType.EventSent,
      now,
      { InstanceId: name, Name: 'op', Input: message },
      id,
    );
  };
}

/** The SDK hands a text over as JSON already, everything else as it is. */
function callInput(what: string, { input }: Action): string | null {
  if (input === undefined || input === null) return null;
  return typeof input === 'string' ? input : jsonOf(what, input);
}

/** The input of the next run. */
export function inputOfAgain(name: string, action: Action): string | null {
  return action.actionType === ActionType.ContinueAsNew
    ? callInput(`the input that '${name}' continues with`, action)
    : null;
}

function jsonOf(what: string, value: unknown): string {
  let text: string;
  try {
    text = jsonText(value) ?? 'null';
  } catch (error) {
    throw new Error(`One or more errors occurred. (${workerFailure(error as Error)})`);
  }
  const changed = changedByJson(value);
  if (changed) throw new TrapError(traps.notJson(what, changed));
  return text;
}

/** @throws for more than 16 KB as UTF-16, counted in whole KB like the real host does. */
export function customStatusText({ customStatus }: Answer): string | null {
  if (customStatus === undefined || customStatus === null) return null;
  const text = JSON.stringify(customStatus);
  const size = Math.floor((text.length * 2) / 1024);
  if (size > 16)
    throw new Error(
      `The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. The current payload size is ${size} KB.`,
    );
  return text;
}
