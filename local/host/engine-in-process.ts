import { InvocationContext } from '@azure/functions';
import type { EntityHandler, OrchestrationHandler } from 'durable-functions';
import {
  createEntityFunction,
  createOrchestrator,
} from 'durable-functions/lib/src/util/testingUtils.js';
import { ClientOperations, type Taken } from './client-operations.js';
import { Engine } from './engine.js';
import type { Handlers } from './handlers.js';
import type { HistoryEvent } from './history.js';
import { newId } from './instance-ids.js';
import type { RuntimeStatus } from './records.js';
import { Store } from './store.js';

type Activity = (input: never) => unknown;

export interface InProcessOptions {
  /** Generator functions as they are passed to `df.app.orchestration`, by name. */
  readonly orchestrations: Readonly<Record<string, OrchestrationHandler>>;
  /** Activity functions by name; they get the input and return the result, or throw. */
  readonly activities?: Readonly<Record<string, Activity>>;
  /** Entity functions as they are passed to `df.app.entity`, by name. */
  readonly entities?: Readonly<Record<string, EntityHandler<never>>>;
  /**
   * Where virtual time begins; default 2026-01-01T00:00:00Z. With `moveTo` it is the time itself, shared
   * with whatever else lives by it: activities that sleep move it on. Without, it is asked once.
   */
  readonly clock?: { now(): number; moveTo?(timeMs: number): void };
  /** A database file or `:memory:` (the default). */
  readonly store?: string;
  /**
   * `between`: the engine is thrown away after every committed transition and made anew from the store.
   * `before`: it also loses every second transition before it is committed, so that the work is done
   * again, as after a kill between an activity's end and its commit.
   */
  readonly crash?: 'never' | 'between' | 'before';
  /** How many activities run at a time; 1 while crashing, else 8. */
  readonly maxActivities?: number;
}

export interface InProcessStatus {
  readonly runtimeStatus: RuntimeStatus;
  readonly input: unknown;
  readonly output: unknown;
  readonly customStatus: unknown;
}

export interface InProcessEngine {
  /** Starts an instance and returns its id. Nothing runs before `runUntilIdle` or `advanceTo` awaits it. */
  start(name: string, input?: unknown, id?: string): Promise<string>;
  /** Raises an external event; `data` undefined is refused, as the real service drops it. */
  raise(id: string, name: string, data: unknown): Promise<Taken>;
  terminate(id: string, reason: string): Promise<Taken>;
  suspend(id: string, reason: string): Promise<Taken>;
  resume(id: string, reason: string): Promise<Taken>;
  rewind(id: string, reason: string): Promise<Taken | 'notFailed'>;
  purge(id: string): Promise<boolean>;
  /** @throws when there is no such instance. */
  status(id: string): InProcessStatus;
  /** The history as the orchestrator is given it. */
  history(id: string): readonly HistoryEvent[];
  /** Runs until nothing can go on without a timer or an event. */
  runUntilIdle(): Promise<void>;
  /** Moves the clock forward, firing every timer on the way at its own time, and runs until idle. */
  advanceTo(timeMs: number): Promise<void>;
  /** Moves to the next timer, if there is one, and answers whether there was. */
  advanceToNextTimer(): Promise<boolean>;
  now(): number;
  /** When the next timer fires, in milliseconds since the epoch. */
  nextTimer(): number | undefined;
  /** How many engines there have been: 1 and one more for every simulated crash. */
  readonly lives: number;
  close(): void;
}

/**
 * The embedded host's engine inside a test, on the SDK's real replay: orchestrators are the functions
 * that the app registers, wrapped by the SDK's own `Orchestrator`, and are given histories by the same
 * code that the host runs. Time is virtual: timers fire only when the clock is advanced, as early as
 * on the real host (delays cut to whole seconds); activities run as soon as they are due.
 *
 * ```ts
 * const engine = createInProcessEngine({ orchestrations: { greet }, activities: { upper } });
 * const id = await engine.start('greet', { name: 'x' });
 * await engine.runUntilIdle();
 * await engine.advanceTo(engine.now() + 60_000);
 * expect(engine.status(id).output).toEqual(...);
 * engine.close();
 * ```
 */
export function createInProcessEngine(options: InProcessOptions): InProcessEngine {
  const store = new Store(options.store ?? ':memory:');
  const handlers = handlersOf(options);
  const crash = options.crash ?? 'never';
  const log = (): void => undefined;
  const clock = sharedOrOwn(options.clock);
  let lives = 0;
  let transitions = 0;
  let committed = false;
  let failure: Error | undefined;
  let engine = create();
  let client = new ClientOperations(engine);

  function create(): Engine {
    lives += 1;
    const made = new Engine({
      store,
      handlers,
      clock,
      maxActivities: options.maxActivities ?? (crash === 'never' ? 8 : 1),
      log,
      onFailure: (error) => (failure = error),
      ...(crash !== 'never' && { onTransition }),
    });
    made.resume();
    return made;
  }

  function onTransition(): void {
    transitions += 1;
    committed = crash === 'between' || transitions % 2 === 0;
    if (committed) store.commit();
    engine.kill();
    engine = create();
    client = new ClientOperations(engine);
  }

  /** With crashes a client's call may be lost with its engine: it is made again, as callers do. */
  async function call<T>(operation: () => Promise<T>): Promise<T | undefined> {
    for (;;) {
      const before = lives;
      const result = operation();
      if (lives === before) return result;
      result.catch(() => undefined);
      if (committed) return undefined;
    }
  }

  async function settle(): Promise<void> {
    for (;;) {
      const current = engine;
      await current.whenIdle();
      if (failure) throw failure;
      if (current === engine && current.idle) return;
    }
  }

  async function moveTo(timeMs: number): Promise<void> {
    await settle();
    for (
      let due = engine.nextTimer();
      due !== undefined && due <= timeMs;
      due = engine.nextTimer()
    ) {
      clock.moveTo(Math.max(clock.now(), due));
      engine.lookAtClock();
      await settle();
    }
    clock.moveTo(Math.max(clock.now(), timeMs));
  }

  const record = (id: string) => {
    const found = client.instance(id);
    if (!found) throw new Error(`There is no instance '${id}'.`);
    return found;
  };
  const taken = async (operation: () => Promise<Taken>): Promise<Taken> =>
    (await call(operation)) ?? 'taken';

  return {
    async start(name, input, id = newId()) {
      const text = input === undefined ? '""' : JSON.stringify(input);
      await call(() => client.start(name, text, id));
      return id;
    },
    raise(id, name, data) {
      if (data === undefined)
        throw new Error('An event without a body is never delivered: give it data.');
      return taken(() => client.raise(id, name, JSON.stringify(data)));
    },
    terminate: (id, reason) => taken(() => client.terminate(id, reason)),
    suspend: (id, reason) => taken(() => client.suspend(id, reason)),
    resume: (id, reason) => taken(() => client.resume(id, reason)),
    rewind: async (id, reason) => (await call(() => client.rewind(id, reason))) ?? 'taken',
    purge: async (id) => (await call(() => client.purge(id))) ?? true,
    status(id) {
      const { status, input, output, customStatus } = record(id);
      return {
        runtimeStatus: status,
        input: parse(input),
        output: parse(output),
        customStatus: parse(customStatus),
      };
    },
    history: (id) => client.history(id),
    runUntilIdle: settle,
    advanceTo: moveTo,
    async advanceToNextTimer() {
      await settle();
      const due = engine.nextTimer();
      if (due === undefined) return false;
      await moveTo(Math.max(due, clock.now()));
      return true;
    },
    now: () => clock.now(),
    nextTimer: () => engine.nextTimer(),
    get lives() {
      return lives;
    },
    close() {
      engine.kill();
      store.close();
    },
  };
}

function sharedOrOwn(given: InProcessOptions['clock']): {
  now(): number;
  moveTo(timeMs: number): void;
} {
  if (given?.moveTo !== undefined) {
    return { now: () => given.now(), moveTo: (timeMs) => given.moveTo?.(timeMs) };
  }
  let time = given?.now() ?? Date.UTC(2026, 0, 1);
  return { now: () => time, moveTo: (timeMs) => void (time = timeMs) };
}

const parse = (text: string | null): unknown => (text === null ? null : JSON.parse(text));

function handlersOf({
  orchestrations,
  activities = {},
  entities = {},
}: InProcessOptions): Handlers {
  const silent = (functionName: string) =>
    new InvocationContext({
      functionName,
      invocationId: functionName,
      logHandler: () => undefined,
    });
  const orchestrators = new Map(
    Object.entries(orchestrations).map(([name, fn]) => [name, createOrchestrator(fn)]),
  );
  const operators = new Map(
    Object.entries(entities).map(([name, fn]) => [name.toLowerCase(), createEntityFunction(fn)]),
  );
  return {
    orchestrators: [...orchestrators.keys()],
    activities: Object.keys(activities),
    entities: [...operators.keys()],
    orchestrate: async (name, trigger) => orchestrators.get(name)?.(trigger, silent(name)),
    operate: async (name, trigger) => operators.get(name)?.(trigger, silent(name)),
    act: async (name, input) => {
      const act = activities[name] as ((given: unknown) => unknown) | undefined;
      return act?.(input === null ? undefined : JSON.parse(input));
    },
  };
}
