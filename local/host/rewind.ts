import type { EngineCore } from './engine-core.js';
import { EventType, type HistoryEvent, historyEvent } from './history.js';
import type { Live } from './mailbox.js';
import { hasEnded } from './records.js';

/**
 * Turns the failures of a failed instance, and the calls they belong to, into remarks, so that the
 * replay asks for them again; so too for calls and timers that were lost when it failed. A failed child
 * keeps its place and is rewound with it, so that what it had finished is not done again. Part of a
 * transition.
 */
export function rewindHistory(core: EngineCore, live: Live, reason: string | null): void {
  const { record } = live;
  const underWay = core.store.tasksOf(record.id);
  const succeeded = new Set(
    live.history
      .filter((event) => !isFailure(event))
      .flatMap((event) => event.TaskScheduledId ?? event.TimerId ?? []),
  );
  const isKept = (event: HistoryEvent): boolean => {
    if (succeeded.has(event.EventId)) return true;
    switch (event.EventType) {
      case EventType.TaskScheduled:
        return underWay.has(event.EventId);
      case EventType.SubOrchestrationInstanceCreated:
        return isOpen(core, event) || rewindChild(core, live, event, reason);
      case EventType.TimerCreated:
        return false;
      default:
        return !isFailure(event) && event.EventType !== EventType.ExecutionCompleted;
    }
  };
  const events = live.history.map((event) => (isKept(event) ? event : remark(event)));
  core.store.clearHistory(record.id);
  core.store.addStep(record.id, 0, events);
  live.history = events;
  live.steps = 1;
  record.status = 'Running';
  record.output = null;
  record.updatedAt = core.clock.now();
  core.store.putInstance(record);
  core.mailbox.send(record.id, null, historyEvent(EventType.GenericEvent, record.updatedAt));

  function remark(event: HistoryEvent): HistoryEvent {
    return historyEvent(EventType.GenericEvent, event.Timestamp.getTime(), {
      Data: `Rewound: ${event.EventType} ${reason ?? ''}`.trimEnd(),
    });
  }
}

function isOpen({ mailbox }: EngineCore, { InstanceId = '' }: HistoryEvent): boolean {
  const child = mailbox.find(InstanceId);
  return child !== undefined && !hasEnded(child.record.status);
}

function rewindChild(
  core: EngineCore,
  parent: Live,
  { InstanceId, EventId }: HistoryEvent,
  reason: string | null,
): boolean {
  const child = InstanceId === undefined ? undefined : core.mailbox.find(InstanceId);
  if (child?.record.status !== 'Failed') return false;
  core.mailbox.addWaiter(child.record.id, {
    parentId: parent.record.id,
    parentExecutionId: parent.record.executionId,
    taskId: EventId,
  });
  rewindHistory(core, child, reason);
  return true;
}

const isFailure = ({ EventType: type }: HistoryEvent) =>
  type === EventType.TaskFailed || type === EventType.SubOrchestrationInstanceFailed;
