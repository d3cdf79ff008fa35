import type { InspectedInstance, WaitsFor } from '../host/inspection.js';
import { UsageError } from '../commands/usage.js';
import { print, type IrOptions } from './session.js';
import { inspecting, shown, table } from './state-text.js';

const states = ['Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated'];

/** `ir instances`: the orchestrations of the embedded host and what each of them waits for. */
export function instances(options: IrOptions): number {
  const statuses = (options.status ?? '').split(',').filter((status) => status !== '');
  if (statuses.some((status) => !states.includes(status)))
    throw new UsageError(`--status: states are ${states.join(', ')}`);
  const found = inspecting(options.data, (state) =>
    state.instances({
      statuses,
      top: options.top,
      ...(options.prefix !== null && { prefix: options.prefix }),
    }),
  ).map(withoutSecrets);
  print(found, options.json, () =>
    found.length === 0
      ? 'No instances.'
      : table([
          ['ID', 'ORCHESTRATION', 'STATUS', 'CREATED', 'LAST STEP', 'WAITS FOR'],
          ...found.map((instance) => [
            shown(instance.id, 80),
            shown(instance.orchestration, 40),
            instance.status,
            instance.createdAt.slice(0, 19),
            instance.updatedAt.slice(0, 19),
            instance.waitsFor === null ? end(instance) : waits(instance.waitsFor),
          ]),
        ]),
  );
  return 0;
}

/** What an instance says of itself may hold anything: cut, and with its secrets hidden. */
export function withoutSecrets(instance: InspectedInstance): InspectedInstance {
  const text = (value: string | null) => value && shown(value, 500);
  return { ...instance, customStatus: text(instance.customStatus), output: text(instance.output) };
}

const end = ({ status, output }: InspectedInstance): string =>
  status === 'Completed' ? '' : shown(output ?? '', 100);

/** In words; "nothing" is an instance that no one can wake, which the host fails at its next look. */
export function waits({
  activities,
  children,
  entities,
  timers,
  events,
  messages,
}: WaitsFor): string {
  const counted = new Map<string, number>();
  for (const name of activities) counted.set(name, (counted.get(name) ?? 0) + 1);
  const parts = [
    ...(messages > 0 ? ['its next step'] : []),
    ...[...counted].map(([name, n]) => `activity ${name}${n > 1 ? ` ×${n}` : ''}`),
    ...children.map((id) => `child ${id}`),
    ...entities.map((id) => `entity ${id}`),
    ...(timers[0] === undefined ? [] : [`timer ${timers[0].slice(0, 19)}`]),
    ...(events ?? []).map((name) => `event ${name}`),
  ];
  if (parts.length === 0) return events === null ? 'not known yet' : 'nothing';
  return shown(parts.join(', '), 160);
}
