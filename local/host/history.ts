/** The Durable Task history event numbers that the SDK's replay understands. */
export const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventSent: 14,
  EventRaised: 15,
  GenericEvent: 17,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
} as const;

export interface InstanceRef {
  readonly InstanceId: string;
  readonly ExecutionId: string;
}

export interface ParentRef {
  readonly Name: string;
  readonly OrchestrationInstance: InstanceRef;
  readonly TaskScheduleId: number;
  readonly Version: string;
}

/** One history event in the form the SDK reads; `Timestamp` is a Date in memory and ISO text at rest. */
export interface HistoryEvent {
  EventType: number;
  EventId: number;
  IsPlayed: boolean;
  Timestamp: Date;
  Name?: string;
  Version?: string;
  Input?: string | null;
  InstanceId?: string;
  TaskScheduledId?: number;
  TimerId?: number;
  FireAt?: string;
  Result?: string | null;
  Reason?: string | null;
  Details?: string | null;
  FailureDetails?: null;
  OrchestrationInstance?: InstanceRef;
  ParentInstance?: ParentRef | null;
  OrchestrationStatus?: string;
  [other: string]: unknown;
}

/** A new event: everything but what each kind adds. `at` is milliseconds since the epoch. */
export function historyEvent(
  type: number,
  at: number,
  fields: Partial<HistoryEvent> = {},
  eventId = -1,
): HistoryEvent {
  return {
    EventType: type,
    ...fields,
    EventId: eventId,
    IsPlayed: false,
    Timestamp: new Date(at),
  };
}

/** The first message of every run. `input` is JSON text or null (a child that got no input). */
export function executionStarted(run: {
  at: number;
  name: string;
  instanceId: string;
  executionId: string;
  input: string | null;
  parent: ParentRef | null;
  generation: number | null;
}): HistoryEvent {
  return historyEvent(EventType.ExecutionStarted, run.at, {
    OrchestrationInstance: { InstanceId: run.instanceId, ExecutionId: run.executionId },
    ParentInstance: run.parent,
    Name: run.name,
    Version: '',
    Input: run.input,
    Tags: null,
    Correlation: null,
    ParentTraceContext: null,
    ScheduledStartTime: null,
    Generation: run.generation,
  });
}

const playable: ReadonlySet<number> = new Set([
  EventType.ExecutionStarted,
  EventType.TaskCompleted,
  EventType.TaskFailed,
  EventType.SubOrchestrationInstanceCompleted,
  EventType.SubOrchestrationInstanceFailed,
  EventType.TimerFired,
  EventType.EventRaised,
]);

/**
 * Marks what earlier steps already played, as the real host does before it hands the history out again.
 * A step's own end is never marked, but the one that a new run begins with is: it stands inside a step.
 */
export function markPlayed(events: readonly HistoryEvent[], from = 0): void {
  for (let index = from; index < events.length; index += 1) {
    const event = events[index];
    if (!event) continue;
    const next = events[index + 1]?.EventType ?? EventType.OrchestratorStarted;
    if (
      playable.has(event.EventType) ||
      (event.EventType === EventType.OrchestratorCompleted &&
        next !== EventType.OrchestratorStarted)
    )
      event.IsPlayed = true;
  }
}

/** Reads one stored event back. */
export function reviveEvent(event: HistoryEvent): HistoryEvent {
  event.Timestamp = new Date(event.Timestamp);
  return event;
}
