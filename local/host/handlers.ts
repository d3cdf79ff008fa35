/** What the engine calls: the app's functions behind whatever runs them. */
export interface Handlers {
  readonly orchestrators: readonly string[];
  readonly activities: readonly string[];
  /** Names in lower case, as entity ids carry them. */
  readonly entities: readonly string[];
  /** Replays an orchestrator over the trigger value and returns what the SDK answers, or throws. */
  orchestrate(name: string, trigger: object): Promise<unknown>;
  /** Runs an activity; `input` is JSON text or null. @throws what the activity threw. */
  act(name: string, input: string | null, instanceId: string): Promise<unknown>;
  /** Runs a batch of operations on an entity. */
  operate(name: string, trigger: object): Promise<unknown>;
}
