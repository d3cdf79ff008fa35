import type { Clock } from './clock.js';
import type { CommitQueue } from './commit-queue.js';
import type { Handlers } from './handlers.js';
import { EventType, executionStarted, historyEvent, type ParentRef } from './history.js';
import { newId } from './instance-ids.js';
import type { Live, Mailbox } from './mailbox.js';
import type { EntityRequest, InstanceRecord, Task, Timer } from './records.js';
import type { Store } from './store.js';

/** What the engine's workers share. */
export interface EngineCore {
  readonly store: Store;
  readonly commits: CommitQueue;
  readonly mailbox: Mailbox;
  readonly clock: Clock;
  readonly handlers: Handlers;
  readonly log: (level: string, message: string, instanceId: string) => void;
  readonly addTimer: (timer: Timer) => void;
  readonly addTask: (task: Task) => void;
  readonly addRequest: (request: EntityRequest) => void;
}

export interface NewRun {
  readonly id: string;
  readonly name: string;
  readonly input: string | null;
  readonly parent?: ParentRef;
}

/** Begins a run; an ended instance of the same id is replaced. Part of a transition. */
export function beginRun(core: EngineCore, run: NewRun): Live {
  const { store, mailbox } = core;
  const now = core.clock.now();
  if (mailbox.find(run.id)) store.removeInstance(run.id);
  const record: InstanceRecord = {
    id: run.id,
    seq: store.nextSeq(),
    name: run.name,
    executionId: newId(),
    status: 'Pending',
    input: run.input,
    output: null,
    customStatus: null,
    parentId: run.parent?.OrchestrationInstance.InstanceId ?? null,
    createdAt: now,
    updatedAt: now,
    awaits: null,
  };
  const live = mailbox.create(record);
  store.putInstance(record);
  mailbox.send(
    run.id,
    record.executionId,
    executionStarted({
      at: now,
      name: run.name,
      instanceId: run.id,
      executionId: record.executionId,
      input: run.input,
      parent: run.parent ?? null,
      generation: run.parent ? null : 0,
    }),
    0,
  );
  return live;
}

/** Ends a run: status, output (JSON text or null), whoever waits for it. Part of a transition. */
export function endRun(
  core: EngineCore,
  live: Live,
  status: 'Completed' | 'Failed' | 'Terminated',
  output: string | null,
): void {
  const { record } = live;
  const now = core.clock.now();
  record.status = status;
  record.output = output;
  record.updatedAt = now;
  record.awaits = null;
  for (const message of live.inbox.splice(0)) core.store.dropMessage(message.seq);
  core.store.dropTimersOf(record.id);
  const ok = status === 'Completed';
  const text = ok ? null : describeEnd(record.name, output);
  core.mailbox.answerWaiters(
    record.id,
    now,
    ok
      ? { Result: output ?? 'null' }
      : { Reason: text?.reason ?? '', Details: text?.details ?? '', FailureDetails: null },
    ok,
  );
}

function describeEnd(name: string, output: string | null) {
  const reason = output === null ? '' : String(JSON.parse(output));
  const inner = reason.replace(/^Orchestrator function '[^']*' failed: /, '');
  return { reason, details: `Message: ${inner}, StackTrace:    at ${name}` };
}

/** The event that closes a history. */
export const endedEvent = (at: number, status: string, output: string | null) =>
  historyEvent(EventType.ExecutionCompleted, at, {
    OrchestrationStatus: status,
    Result: output,
    FailureDetails: null,
  });
