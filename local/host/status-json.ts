import { EventType, type HistoryEvent } from './history.js';
import type { InstanceRecord } from './records.js';

/** One instance as the status query tells it; times have a resolution of a second. */
export function statusJson(record: InstanceRecord, showInput: boolean): Record<string, unknown> {
  return {
    name: record.name,
    instanceId: record.id,
    runtimeStatus: record.status,
    input: showInput ? parse(record.input) : null,
    customStatus: parse(record.customStatus),
    output: parse(record.output),
    createdTime: toSecond(record.createdAt),
    lastUpdatedTime: toSecond(record.updatedAt),
  };
}

/** The history as people read it: a call and its end are one entry, replays are left out. */
export function historyJson(events: readonly HistoryEvent[], showOutput: boolean): object[] {
  const calls = new Map<number, HistoryEvent>();
  const entries: (object | undefined)[] = [];
  const placeOf = new Map<number, number>();
  const result = (text: unknown) => (showOutput ? { Result: parse(text as string | null) } : {});
  for (const event of events) {
    const at = { Timestamp: event.Timestamp.toISOString() };
    switch (event.EventType) {
      case EventType.ExecutionStarted:
        entries.push({
          EventType: 'ExecutionStarted',
          Input: event.Input ?? null,
          Correlation: null,
          ParentTraceContext: null,
          ScheduledStartTime: null,
          Generation: event['Generation'] ?? null,
          ...at,
          FunctionName: event.Name,
        });
        break;
      case EventType.TaskScheduled:
      case EventType.SubOrchestrationInstanceCreated:
        calls.set(event.EventId, event);
        placeOf.set(event.EventId, entries.length);
        entries.push({
          EventType:
            event.EventType === EventType.TaskScheduled
              ? 'TaskScheduled'
              : 'SubOrchestrationInstanceCreated',
          ...(event.InstanceId !== undefined && { InstanceId: event.InstanceId }),
          Input: null,
          ...at,
          FunctionName: event.Name,
        });
        break;
      case EventType.TaskCompleted:
      case EventType.SubOrchestrationInstanceCompleted:
      case EventType.TaskFailed:
      case EventType.SubOrchestrationInstanceFailed: {
        const call = calls.get(event.TaskScheduledId ?? -1);
        const place = placeOf.get(event.TaskScheduledId ?? -1);
        if (place !== undefined) entries[place] = undefined;
        entries.push({
          EventType: endedNames[event.EventType],
          ...(event.Reason === undefined || event.Reason === null
            ? result(event.Result ?? null)
            : { Reason: event.Reason, Details: event.Details, FailureDetails: null }),
          ...at,
          ScheduledTime: call?.Timestamp.toISOString().slice(0, -1),
          FunctionName: call?.Name,
          Input: null,
        });
        break;
      }
      case EventType.ExecutionCompleted:
        entries.push({
          EventType: 'ExecutionCompleted',
          OrchestrationStatus: event.OrchestrationStatus,
          ...result(event.Result ?? null),
          FailureDetails: null,
          ...at,
        });
        break;
      default: {
        const name = otherNames[event.EventType];
        if (name) entries.push({ EventType: name, ...detail(event), ...at });
      }
    }
  }
  return entries.filter((entry) => entry !== undefined);
}

const endedNames: Readonly<Record<number, string>> = {
  [EventType.TaskCompleted]: 'TaskCompleted',
  [EventType.TaskFailed]: 'TaskFailed',
  [EventType.SubOrchestrationInstanceCompleted]: 'SubOrchestrationInstanceCompleted',
  [EventType.SubOrchestrationInstanceFailed]: 'SubOrchestrationInstanceFailed',
};

const otherNames: Readonly<Record<number, string>> = {
  [EventType.TimerCreated]: 'TimerCreated',
  [EventType.TimerFired]: 'TimerFired',
  [EventType.EventRaised]: 'EventRaised',
  [EventType.EventSent]: 'EventSent',
  [EventType.ExecutionTerminated]: 'ExecutionTerminated',
  [EventType.ExecutionSuspended]: 'ExecutionSuspended',
  [EventType.ExecutionResumed]: 'ExecutionResumed',
  [EventType.GenericEvent]: 'GenericEvent',
};

function detail(event: HistoryEvent): object {
  const { Name, Input, FireAt, Reason, TimerId } = event;
  return {
    ...(Name !== undefined && { Name }),
    ...(Input !== undefined && { Input }),
    ...(FireAt !== undefined && { FireAt }),
    ...(TimerId !== undefined && { TimerId }),
    ...(Reason !== undefined && { Reason }),
  };
}

const parse = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
const toSecond = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
