import type { Handlers } from './handlers.js';
import type { HostLog } from './host-log.js';
import { invokeFunction } from './invocation.js';
import type { TypedData } from './programming-model.js';
import type { RegisteredFunction, Registrations } from './registrations.js';

/** The app's durable functions behind the interface that the engine calls. */
export function appHandlers(
  registrations: Registrations,
  extra: (fn: RegisteredFunction) => Record<string, TypedData>,
  log: HostLog,
): Handlers {
  const of = (type: string) =>
    new Map(
      registrations.functions
        .filter(({ trigger }) => trigger.type.toLowerCase() === type)
        .map((fn) => [fn.name, fn]),
    );
  const orchestrators = of('orchestrationtrigger');
  const activities = of('activitytrigger');
  const entities = new Map(
    [...of('entitytrigger')].map(([name, fn]) => [name.toLowerCase(), fn] as const),
  );
  // The trigger values go in and come out as objects: a JSON round trip of the whole history at every
  // step would cost more than the step.
  const direct = async (fn: RegisteredFunction | undefined, trigger: object) => {
    if (!fn) throw new Error('The function is not registered any more.');
    return (await invokeFunction(registrations, fn, { inputs: [trigger] }, log)).result;
  };
  return {
    orchestrators: [...orchestrators.keys()],
    activities: [...activities.keys()],
    entities: [...entities.keys()],
    orchestrate: (name, trigger) => direct(orchestrators.get(name), trigger),
    operate: (name, trigger) => direct(entities.get(name), trigger),
    async act(name, input, instanceId) {
      const fn = activities.get(name);
      if (!fn) throw new Error('The function is not registered any more.');
      const data: TypedData = input === null ? {} : { json: input };
      const metadata: Record<string, TypedData> = {
        instanceId: { json: JSON.stringify(instanceId) },
        ...(input !== null && {
          [fn.triggerName]: { json: input },
          data: { json: JSON.stringify(input) },
        }),
      };
      return (
        await invokeFunction(registrations, fn, { trigger: data, metadata, extra: extra(fn) }, log)
      ).result;
    },
  };
}
