import { ActivityWorker } from './activity-worker.js';
import { type Clock, systemClock } from './clock.js';
import { CommitQueue } from './commit-queue.js';
import type { EngineCore } from './engine-core.js';
import { EntityWorker } from './entity-worker.js';
import type { Handlers } from './handlers.js';
import { EventType, historyEvent } from './history.js';
import { type Live, Mailbox } from './mailbox.js';
import { failInstance, runStep } from './orchestration-worker.js';
import { hasEnded, type Timer } from './records.js';
import type { Store } from './store.js';
import { TimerQueue } from './timer-queue.js';
import { traps } from './traps.js';
import { failForgotten } from './watchdog.js';

export interface EngineOptions {
  readonly store: Store;
  readonly handlers: Handlers;
  readonly clock?: Clock;
  readonly maxActivities?: number;
  readonly log?: EngineCore['log'];
  /** Called once when the state cannot be written any more; the engine has stopped by then. */
  readonly onFailure?: (error: Error) => void;
  /** Called at the end of every transition, before it is committed. */
  readonly onTransition?: () => void;
}

const stepsPerTurn = 64;
/** A replay that took longer than this waits for more messages before the next one. */
const longReplay = 3;
const longestWait = 250;

/**
 * Drives orchestrations, activities, entities and timers over one store. A new engine on the same
 * store goes on where the last one fell: everything it has to know is in there.
 */
export class Engine {
  readonly core: EngineCore;
  readonly entities: EntityWorker;
  readonly #activities: ActivityWorker;
  readonly #timers: TimerQueue;
  readonly #ready = new Set<Live>();
  #pumping = false;
  #stopped = false;
  #busySteps = 0;
  #delayed = 0;
  #whenIdle: (() => void)[] = [];

  constructor(options: EngineOptions) {
    const { store, handlers } = options;
    const clock = options.clock ?? systemClock;
    const commits = new CommitQueue(
      store,
      (error) => {
        options.onFailure?.(error);
        this.#release();
      },
      options.onTransition,
    );
    this.#timers = new TimerQueue(clock, (due) => this.#fire(due));
    const mailbox = new Mailbox(store, (live) => this.#wake(live));
    this.core = {
      store,
      commits,
      mailbox,
      clock,
      handlers,
      log: options.log ?? (() => undefined),
      addTimer: (timer) => this.#timers.add(timer),
      addTask: (task) => commits.transitionEffect(() => this.#activities.add(task)),
      addRequest: (request) => commits.transitionEffect(() => this.entities.add(request)),
    };
    this.#activities = new ActivityWorker(this.core, options.maxActivities ?? 8);
    this.entities = new EntityWorker(this.core);
    commits.onCommitted(() => {
      mailbox.trim();
      this.entities.trim();
      queueMicrotask(() => this.#checkIdle());
    });
  }

  /** Picks up everything that the store has in flight. */
  resume(): void {
    const { store, mailbox } = this.core;
    for (const id of store.instancesWithMessages()) {
      const live = mailbox.find(id);
      if (live) this.#wake(live);
    }
    for (const timer of store.timers()) this.#timers.add(timer);
    for (const task of store.tasks()) this.#activities.add(task);
    for (const request of store.requests()) this.entities.add(request);
    this.lookForForgotten();
  }

  /** Fails what waits for nothing that can still happen; cheap enough to be called every minute. */
  lookForForgotten(): void {
    failForgotten(this.core);
  }

  /** Fires the timers that are due now; only needed with a clock that does not wake by itself. */
  lookAtClock(): void {
    this.#timers.look();
  }

  nextTimer(): number | undefined {
    return this.#timers.nextDue();
  }

  get idle(): boolean {
    return (
      this.#ready.size === 0 &&
      this.#busySteps === 0 &&
      this.#delayed === 0 &&
      this.#activities.idle &&
      this.entities.idle &&
      !this.core.commits.pending
    );
  }

  /** Resolves when nothing can go on without a timer or somebody outside. */
  whenIdle(): Promise<void> {
    if (this.idle || this.core.commits.dead) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Takes no new work; resolves when the running activities have ended. */
  async drain(): Promise<void> {
    this.#stopped = true;
    this.#timers.stop();
    this.entities.stop();
    await this.#activities.stop();
  }

  /** Commits what there is and ends. What still runs is not lost: the next engine runs it again. */
  close(): void {
    this.#stopped = true;
    this.core.commits.flush();
    this.core.commits.dead = true;
    this.#release();
  }

  /** Stops here and now, as a killed process does: what was not committed is lost. */
  kill(): void {
    this.#stopped = true;
    this.core.commits.dead = true;
    this.core.store.discard();
    this.#timers.stop();
    this.#release();
  }

  #wake(live: Live): void {
    if (this.#stopped || live.busy) return;
    const wait = live.notBefore - performance.now();
    if (wait > 0) {
      if (live.notBefore === Infinity) return;
      live.notBefore = Infinity;
      this.#delayed += 1;
      setTimeout(() => {
        this.#delayed -= 1;
        live.notBefore = 0;
        this.#wake(live);
      }, wait);
      return;
    }
    this.#ready.add(live);
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => this.#pump());
  }

  #pump(): void {
    let budget = stepsPerTurn;
    for (const live of this.#ready) {
      if (budget === 0 || this.core.commits.dead || this.#stopped) break;
      budget -= 1;
      this.#ready.delete(live);
      void this.#step(live);
    }
    if (this.#ready.size > 0 && !this.#stopped) setImmediate(() => this.#pump());
    else this.#pumping = false;
  }

  async #step(live: Live): Promise<void> {
    live.busy = true;
    this.#busySteps += 1;
    try {
      await runStep(this.core, live);
    } catch (error) {
      this.#broke(live, error as Error);
    }
    live.busy = false;
    this.#busySteps -= 1;
    live.notBefore =
      live.cost > longReplay && this.#activities.running > 0
        ? performance.now() + Math.min(2 * live.cost, longestWait)
        : 0;
    if (live.inbox.length > 0 && this.core.mailbox.current(live)) {
      if (hasEnded(live.record.status)) live.inbox = [];
      else {
        this.#delayed += 1;
        setImmediate(() => {
          this.#delayed -= 1;
          this.#wake(live);
        });
      }
    }
    this.#checkIdle();
  }

  /** A step that threw is a fault of ours: the instance fails with that, rather than wait for ever. */
  #broke(live: Live, error: Error): void {
    const { core } = this;
    core.log('error', `Its step broke: ${error.stack}`, live.record.id);
    if (core.commits.dead || !core.mailbox.current(live) || hasEnded(live.record.status)) return;
    failInstance(core, live, traps.brokenStep(error.message));
  }

  #fire(due: readonly Timer[]): void {
    const { store, mailbox, commits, clock } = this.core;
    for (const timer of due) {
      if (commits.dead) return;
      store.dropTimer(timer);
      mailbox.send(
        timer.instanceId,
        timer.executionId,
        historyEvent(EventType.TimerFired, clock.now(), {
          TimerId: timer.timerId,
          FireAt: timer.fireAt,
        }),
      );
      commits.transition();
    }
  }

  #checkIdle(): void {
    if (this.#whenIdle.length > 0 && (this.idle || this.core.commits.dead)) this.#release();
  }

  #release(): void {
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}
