import type { EngineCore } from './engine-core.js';
import { activityFailure } from './failures.js';
import { EventType, type HistoryEvent, historyEvent } from './history.js';
import { asError } from './invocation.js';
import { changedByJson } from './json-values.js';
import type { Task } from './records.js';
import { traps } from './traps.js';

/**
 * Runs activities, a bounded number at a time, in the order in which they were asked for. A task is
 * taken only after the commit that created it; its result and the end of the task are one transition.
 */
export class ActivityWorker {
  readonly #core: EngineCore;
  readonly #limit: number;
  #queue: Task[] = [];
  #head = 0;
  #running = 0;
  #stopped = false;
  #whenIdle: (() => void)[] = [];

  constructor(core: EngineCore, limit: number) {
    this.#core = core;
    this.#limit = limit;
  }

  get running(): number {
    return this.#running;
  }

  get idle(): boolean {
    return this.#running === 0 && this.#head === this.#queue.length;
  }

  /** Takes in a committed task. */
  add(task: Task): void {
    this.#queue.push(task);
    this.#fill();
  }

  /** Takes no more tasks; resolves when those that run have ended. What is left is still on disk. */
  stop(): Promise<void> {
    this.#stopped = true;
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #fill(): void {
    while (!this.#stopped && !this.#core.commits.dead && this.#running < this.#limit) {
      const task = this.#queue[this.#head];
      if (!task) break;
      this.#head += 1;
      this.#running += 1;
      void this.#run(task);
    }
    if (this.#head > 1_000 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  async #run(task: Task): Promise<void> {
    const event = await this.#outcome(task);
    this.#running -= 1;
    const { store, commits, mailbox } = this.#core;
    if (!commits.dead) {
      store.dropTask(task);
      mailbox.send(task.instanceId, task.executionId, event);
      commits.transition();
    }
    if (this.#running === 0) for (const done of this.#whenIdle.splice(0)) done();
    this.#fill();
  }

  async #outcome({ name, input, instanceId, taskId }: Task): Promise<HistoryEvent> {
    const { handlers, clock, log } = this.#core;
    try {
      if (!handlers.activities.includes(name))
        throw new Error(traps.unregistered('Activity', name, handlers.activities));
      const result = await handlers.act(name, input, instanceId);
      const text = resultText(name, result);
      return historyEvent(EventType.TaskCompleted, clock.now(), {
        TaskScheduledId: taskId,
        Result: text,
      });
    } catch (thrown) {
      const error = asError(thrown);
      log('error', `Activity ${name} failed: ${error.message}`, instanceId);
      const { reason, details } = activityFailure(name, error);
      return historyEvent(EventType.TaskFailed, clock.now(), {
        TaskScheduledId: taskId,
        Reason: reason,
        Details: details,
        FailureDetails: null,
      });
    }
  }
}

/** JSON text, or null for nothing. @throws for what JSON refuses or would change. */
function resultText(name: string, result: unknown): string | null {
  if (result === undefined || result === null) return null;
  const text = JSON.stringify(result);
  const changed = changedByJson(result);
  if (changed) throw new Error(traps.notJson(`the result of activity '${name}'`, changed));
  return text;
}
