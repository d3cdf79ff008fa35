/** The SDK's own wrappers, which it publishes without types. */
declare module 'durable-functions/lib/src/util/testingUtils.js' {
  import type { InvocationContext } from '@azure/functions';

  type Wrapped = (trigger: object, context: InvocationContext) => Promise<unknown>;
  export function createOrchestrator(handler: unknown): Wrapped;
  export function createEntityFunction(handler: unknown): Wrapped;
}

/** The kinds of action in the SDK's answers, by name and, as TypeScript compiles enums, by number. */
declare module 'durable-functions/lib/src/actions/ActionType.js' {
  export const ActionType: Readonly<Record<string, string | number>>;
}
