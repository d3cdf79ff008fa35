import { EventType, type HistoryEvent, historyEvent, markPlayed } from './history.js';
import { hasEnded, type InstanceRecord, type Message, type Waiter } from './records.js';
import type { Store } from './store.js';

/** An instance in memory. What is here may be ahead of the disk by the transitions not yet committed. */
export interface Live {
  readonly record: InstanceRecord;
  history: HistoryEvent[];
  steps: number;
  inbox: Message[];
  busy: boolean;
  /** Milliseconds that the last replay took, and when the next one may begin. */
  cost: number;
  notBefore: number;
}

const liveLimit = 2_000;

/** The instances in memory and the messages to them. */
export class Mailbox {
  readonly #store: Store;
  readonly #ready: (live: Live) => void;
  readonly #live = new Map<string, Live>();
  readonly #waiters = new Map<string, Waiter[]>();

  constructor(store: Store, ready: (live: Live) => void) {
    this.#store = store;
    this.#ready = ready;
    for (const { childId, ...waiter } of store.waiters()) this.#remember(childId, waiter);
  }

  find(id: string): Live | undefined {
    const known = this.#live.get(id);
    if (known) return known;
    const record = this.#store.instance(id);
    if (!record) return undefined;
    const { events, steps } = this.#store.history(id);
    markPlayed(events);
    const inbox = this.#store.messages(id);
    return this.#keep({
      record,
      history: events,
      steps,
      inbox,
      busy: false,
      cost: 0,
      notBefore: 0,
    });
  }

  /** Takes in a new run; an earlier ended run of the same id gives way. */
  create(record: InstanceRecord): Live {
    const old = this.#live.get(record.id);
    if (old) old.inbox = [];
    return this.#keep({
      record,
      history: [],
      steps: 0,
      inbox: [],
      busy: false,
      cost: 0,
      notBefore: 0,
    });
  }

  forget(id: string): void {
    this.#live.delete(id);
  }

  /** Is this still the instance that the id names? A purge or a new run makes it stale. */
  current(live: Live): boolean {
    return this.#live.get(live.record.id) === live;
  }

  /** Queues an event for an instance, if it is there and has not ended. Part of a transition. */
  send(instanceId: string, executionId: string | null, event: HistoryEvent, rank = 2): boolean {
    const live = this.find(instanceId);
    if (!live || hasEnded(live.record.status)) return false;
    if (executionId !== null && executionId !== live.record.executionId) return false;
    const message = { seq: this.#store.nextSeq(), instanceId, executionId, rank, event };
    this.#store.addMessage(message);
    live.inbox.push(message);
    this.#ready(live);
    return true;
  }

  /** Notes that a parent wants to know how a child ends. Part of a transition. */
  addWaiter(childId: string, waiter: Waiter): void {
    this.#store.addWaiter(childId, waiter);
    this.#remember(childId, waiter);
  }

  /** Tells everyone who waits for an ended child. Part of a transition. */
  answerWaiters(childId: string, at: number, ended: Partial<HistoryEvent>, ok: boolean): void {
    const waiters = this.#waiters.get(childId);
    if (!waiters) return;
    this.#waiters.delete(childId);
    for (const waiter of waiters)
      this.send(
        waiter.parentId,
        waiter.parentExecutionId,
        historyEvent(
          ok
            ? EventType.SubOrchestrationInstanceCompleted
            : EventType.SubOrchestrationInstanceFailed,
          at,
          { TaskScheduledId: waiter.taskId, ...ended },
        ),
      );
    this.#store.dropWaitersFor(childId);
  }

  /** Lets go of instances that nothing is going on in; only right after a commit. */
  trim(): void {
    if (this.#live.size <= liveLimit) return;
    for (const [id, live] of this.#live) {
      if (this.#live.size <= liveLimit / 2) return;
      if (!live.busy && live.inbox.length === 0) this.#live.delete(id);
    }
  }

  #remember(childId: string, waiter: Waiter): void {
    this.#waiters.set(childId, [...(this.#waiters.get(childId) ?? []), waiter]);
  }

  #keep(live: Live): Live {
    this.#live.set(live.record.id, live);
    return live;
  }
}
