import type { EngineCore } from './engine-core.js';
import { EventType, type HistoryEvent } from './history.js';
import { failInstance } from './orchestration-worker.js';
import { hasEnded } from './records.js';
import { traps } from './traps.js';

/**
 * Fails the instances that wait for nothing that can still happen: a child that was purged, work that
 * is in the history but not in the state. One that also waits for an event from outside is left alone:
 * the event may come. Looks at what is committed; instances that are being worked on are passed over.
 */
export function failForgotten({ store, mailbox, ...core }: EngineCore): void {
  if (store.pending || core.commits.dead) return;
  for (const id of store.forgotten()) {
    const live = mailbox.find(id);
    if (!live || live.busy || live.inbox.length > 0 || hasEnded(live.record.status)) continue;
    failInstance({ store, mailbox, ...core }, live, traps.forgotten(openWork(live.history)));
  }
}

const begun: Readonly<Record<number, (event: HistoryEvent) => string>> = {
  [EventType.TaskScheduled]: ({ Name }) => `activity '${Name}' is not under way any more`,
  [EventType.SubOrchestrationInstanceCreated]: ({ Name, InstanceId }) =>
    `its child '${Name}' ${InstanceId} is gone`,
  [EventType.TimerCreated]: ({ FireAt }) => `its timer for ${FireAt} is gone`,
  [EventType.EventSent]: ({ InstanceId }) => `entity ${InstanceId} has no call of it any more`,
};

/** What a history began and did not see end. */
function openWork(history: readonly HistoryEvent[]): string {
  const ended = new Set(history.flatMap((event) => event.TaskScheduledId ?? event.TimerId ?? []));
  const open = history.flatMap((event) =>
    ended.has(event.EventId) ? [] : (begun[event.EventType]?.(event) ?? []),
  );
  return open.length > 0 ? open.join(', ') : 'its history has no open work';
}
