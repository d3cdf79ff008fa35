import type { Engine } from './engine.js';
import type { HostLog } from './host-log.js';
import { invokeFunction } from './invocation.js';
import type { TypedData } from './programming-model.js';
import type { RegisteredFunction, Registrations } from './registrations.js';
import { type NextRun, readSchedule } from './timer-schedule.js';

const longestNap = 30_000;

interface Due {
  readonly fn: RegisteredFunction;
  readonly next: NextRun;
  /** Keeps its place over a restart: a run that was missed is made up for once. */
  readonly monitored: boolean;
}

/** Runs the app's timer triggers; runs of one function never overlap. */
export class TimerTriggers {
  readonly #engine: Engine;
  readonly #registrations: Registrations;
  readonly #extra: (fn: RegisteredFunction) => Record<string, TypedData>;
  readonly #log: HostLog;
  readonly #due: Due[];
  readonly #lastRuns = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  /** @throws HostError for a schedule that cannot be read. */
  constructor(
    engine: Engine,
    registrations: Registrations,
    extra: (fn: RegisteredFunction) => Record<string, TypedData>,
    log: HostLog,
  ) {
    this.#engine = engine;
    this.#registrations = registrations;
    this.#extra = extra;
    this.#log = log;
    this.#due = registrations.functions
      .filter(({ trigger }) => trigger.type.toLowerCase() === 'timertrigger')
      .map((fn) => {
        const next = readSchedule(fn.name, fn.trigger['schedule']);
        const first = next(0);
        const monitored = fn.trigger['useMonitor'] !== false && next(first) - first >= 60_000;
        return { fn, next, monitored };
      });
  }

  start(): void {
    const now = Date.now();
    for (const due of this.#due) {
      const stored = due.monitored ? this.#engine.core.store.schedule(due.fn.name) : undefined;
      const missed = stored && due.next(stored.lastAt) <= now;
      if (missed || due.fn.trigger['runOnStartup'] === true)
        this.#run(due, now, Boolean(missed), stored?.lastAt);
      else this.#arm(due, due.next(now));
    }
  }

  /** Starts no more runs; resolves when the present ones have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  #arm(due: Due, at: number): void {
    if (this.#stopped) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        if (Date.now() < at) this.#arm(due, at);
        else this.#run(due, at, false);
      },
      Math.min(Math.max(0, at - Date.now()), longestNap),
    );
    this.#timers.add(timer);
  }

  #run(due: Due, at: number, isPastDue: boolean, lastAt?: number): void {
    const run = this.#invoke(due, at, isPastDue, lastAt).finally(() => {
      this.#running.delete(run);
      this.#arm(due, due.next(Math.max(at, Date.now())));
    });
    this.#running.add(run);
  }

  async #invoke(due: Due, at: number, isPastDue: boolean, lastAt?: number): Promise<void> {
    const { fn, next } = due;
    const { store, commits } = this.#engine.core;
    const last = lastAt ?? this.#lastRuns.get(fn.name);
    this.#lastRuns.set(fn.name, at);
    const status = {
      Last: last === undefined ? '0001-01-01T00:00:00+00:00' : new Date(last).toISOString(),
      Next: new Date(next(at)).toISOString(),
      LastUpdated: new Date(last ?? at).toISOString(),
    };
    if (due.monitored && !commits.dead) {
      store.putSchedule(fn.name, { lastAt: at, nextAt: next(at) });
      commits.transition();
      await commits.durable();
    }
    const value = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: status,
      IsPastDue: isPastDue,
    };
    try {
      await invokeFunction(
        this.#registrations,
        fn,
        { trigger: { json: JSON.stringify(value) }, extra: this.#extra(fn) },
        this.#log,
      );
    } catch (error) {
      this.#log('error', fn.name, `Failed: ${(error as Error).stack ?? String(error)}`, {
        functionName: fn.name,
      });
    }
  }
}
