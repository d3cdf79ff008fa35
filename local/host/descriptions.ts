import type { Action, Command } from './actions.js';
import { EventType, type HistoryEvent } from './history.js';

/** Work in words, the same for what the history has and for what the code asks for. */
export function nameOf(action: Action): string {
  return action.functionName === undefined
    ? `an entity call of '${String(action.operation)}'`
    : `'${action.functionName}'`;
}

export function describeCommand(command: Command): string {
  switch (command.kind) {
    case 'activity':
      return `activity '${command.name}'`;
    case 'child':
      return `sub-orchestration '${command.name}'`;
    case 'timer':
      return 'a timer';
    case 'entity':
      return `a message to entity '${command.name}'`;
  }
}

export function describeEvent(event: HistoryEvent): string {
  switch (event.EventType) {
    case EventType.TaskScheduled:
      return `activity '${String(event.Name)}'`;
    case EventType.SubOrchestrationInstanceCreated:
      return `sub-orchestration '${String(event.Name)}'`;
    case EventType.TimerCreated:
      return 'a timer';
    default:
      return `a message to entity '${String(event.InstanceId)}'`;
  }
}
