import { EventType, type HistoryEvent } from '../host/history.js';
import { UsageError, CommandFailed } from '../commands/usage.js';
import { waits, withoutSecrets } from './instances.js';
import { print, type IrOptions } from './session.js';
import { inspecting, shown, table } from './state-text.js';

const names = new Map<number, string>(
  Object.entries(EventType).map(([name, type]) => [type, name]),
);
/** Marks of the host's own steps say nothing about the instance. */
const steps: readonly number[] = [EventType.OrchestratorStarted, EventType.OrchestratorCompleted];

/** `ir history ID`: what happened to one instance, event by event. */
export function history(options: IrOptions, id: string | undefined): number {
  if (id === undefined) throw new UsageError('ID is missing: ir instances lists them');
  const { instance, events } = inspecting(options.data, (state) => ({
    instance: state.instance(id),
    events: state.history(id),
  }));
  if (instance === undefined) throw new CommandFailed(`there is no instance ${shown(id, 80)}`);
  const told = events.filter(({ EventType: type }) => !steps.includes(type)).map(readable);
  const safe = withoutSecrets(instance);
  print({ ...safe, history: told }, options.json, () =>
    [
      `${safe.id}  ${safe.orchestration}  ${safe.status}${
        safe.waitsFor === null ? '' : `, waits for ${waits(safe.waitsFor)}`
      }`,
      ...(safe.customStatus === null ? [] : [`Custom status: ${shown(safe.customStatus, 160)}`]),
      '',
      table(told.map(({ at, number, event, text }) => [at, number ?? '', event, shown(text, 120)])),
    ].join('\n'),
  );
  return 0;
}

interface Told {
  readonly at: string;
  /** The number of the call that the event begins or ends. */
  readonly number: string | null;
  readonly event: string;
  readonly text: string;
}

function readable(event: HistoryEvent): Told {
  const number =
    event.TaskScheduledId ?? event.TimerId ?? (event.EventId < 0 ? null : event.EventId);
  const name =
    event.InstanceId === undefined ? event.Name : `${event.Name ?? ''} ${event.InstanceId}`;
  const parts = [name, event.FireAt, event.OrchestrationStatus, event.Reason, event.Result];
  const input = event.EventType === EventType.EventSent ? undefined : event.Input;
  return {
    at: event.Timestamp.toISOString(),
    number: number === null ? null : String(number),
    event: names.get(event.EventType) ?? String(event.EventType),
    text: shown([...parts, input].filter((part) => part).join('  '), 500),
  };
}
