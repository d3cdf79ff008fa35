import { createHash } from 'node:crypto';
import { type Action, ActionType, type Answer, type Command } from './actions.js';
import { describeCommand, describeEvent, nameOf } from './descriptions.js';
import { EventType, type HistoryEvent } from './history.js';
import { retryDelay } from './retry.js';
import { traps, TrapError } from './traps.js';
import { done, Group, Waited } from './waited.js';

const day = 86_400_000;
const shortTimer = 6 * day;
const timerLeg = 3 * day;

export interface Decision {
  /** Work that the history does not know yet. */
  readonly commands: readonly Command[];
  readonly outcome: 'waiting' | 'completed' | 'failed' | 'again';
  /** The action that asked to continue as new. */
  readonly again?: Action;
  /** Events that arrived and were not waited for; they go on to the next run. */
  readonly unused: readonly HistoryEvent[];
  /** Names of the events from outside that it waits for. */
  readonly awaits: readonly string[];
}

/**
 * Plays an answer of the SDK against the history as the real extension does, so that numbering, order
 * and waiting are the same: the actions are invoked one after the other, each awaited before the next;
 * a group is awaited whole even when the orchestrator already knows of a failure in it.
 * @throws TrapError where the real engine would fail as non-deterministic, hang or mix up results.
 */
export function decide(
  history: readonly HistoryEvent[],
  answer: Answer,
  instance: { readonly id: string; readonly executionId: string },
): Decision {
  return new Decider(answer, instance).play(history);
}

class Decider {
  readonly #actions: readonly Action[];
  readonly #answer: Answer;
  readonly #instance: { readonly id: string; readonly executionId: string };
  #cursor = 0;
  #current: Waited | undefined;
  #now = 0;
  #nextId = 0;
  /** What the SDK's own numbering has reached; a difference means that results would be mixed up. */
  #sdkNextId = 0;
  #again: Action | undefined;
  #suspended = false;
  readonly #held: HistoryEvent[] = [];
  readonly #invoked = new Set<Action>();
  readonly #commands = new Map<number, Command>();
  readonly #open = new Map<number, Waited>();
  readonly #waits = new Map<string, Waited[]>();
  readonly #early = new Map<string, HistoryEvent[]>();
  /** Ids of calls of entities, whose answers come as events of that name. */
  readonly #requests = new Set<string>();

  constructor(answer: Answer, instance: { readonly id: string; readonly executionId: string }) {
    this.#actions = answer.actions.flat();
    this.#answer = answer;
    this.#instance = instance;
  }

  play(history: readonly HistoryEvent[]): Decision {
    for (const event of history) this.#take(event);
    return {
      commands: [...this.#commands.values()],
      outcome: this.#outcome(),
      ...(this.#again && { again: this.#again }),
      unused: [...this.#early.values()].flat(),
      awaits: [...this.#waits]
        .filter(([name, open]) => open.length > 0 && !this.#requests.has(name))
        .map(([name]) => name),
    };
  }

  #outcome(): Decision['outcome'] {
    if (this.#cursor < this.#actions.length || (this.#current && !this.#current.done))
      return 'waiting';
    if (this.#again) return 'again';
    if (this.#answer.isDone) return 'completed';
    if (this.#answer.error !== undefined) return 'failed';
    const waits = [...this.#waits.values()].some((list) => list.length > 0);
    if (this.#open.size === 0 && !waits && !this.#suspended)
      throw new TrapError(traps.nothingToWaitFor);
    return 'waiting';
  }

  #take(event: HistoryEvent): void {
    switch (event.EventType) {
      case EventType.OrchestratorStarted:
        this.#now = Math.max(this.#now, event.Timestamp.getTime());
        return;
      case EventType.ExecutionStarted:
        this.#advance();
        return;
      case EventType.ExecutionSuspended:
        this.#suspended = true;
        return;
      case EventType.ExecutionResumed: {
        this.#suspended = false;
        for (const held of this.#held.splice(0)) this.#take(held);
        return;
      }
      case EventType.TaskScheduled:
      case EventType.SubOrchestrationInstanceCreated:
      case EventType.TimerCreated:
      case EventType.EventSent:
        this.#match(event);
        return;
      default:
        if (this.#suspended) this.#held.push(event);
        else this.#complete(event);
    }
  }

  #complete(event: HistoryEvent): void {
    switch (event.EventType) {
      case EventType.TaskCompleted:
      case EventType.SubOrchestrationInstanceCompleted:
        this.#finish(event.TaskScheduledId, false);
        return;
      case EventType.TaskFailed:
      case EventType.SubOrchestrationInstanceFailed:
        this.#finish(event.TaskScheduledId, true);
        return;
      case EventType.TimerFired:
        this.#finish(event.TimerId, false);
        return;
      case EventType.EventRaised: {
        const name = String(event.Name);
        const waiting = this.#waits.get(name)?.pop();
        if (!waiting) this.#early.set(name, [...(this.#early.get(name) ?? []), event]);
        else {
          waiting.complete(false);
          this.#advance();
        }
      }
    }
  }

  #finish(id: number | undefined, failed: boolean): void {
    const waited = this.#open.get(id ?? -1);
    if (!waited) return;
    this.#open.delete(id ?? -1);
    waited.complete(failed);
    this.#advance();
  }

  /** Holds what was scheduled before against what the code asks for now. */
  #match(event: HistoryEvent): void {
    const command = this.#commands.get(event.EventId);
    const then = `the history has ${describeEvent(event)} as number ${event.EventId}`;
    if (!command) throw new TrapError(traps.nonDeterministic(then, 'the code does not ask for it'));
    if (describeCommand(command) !== describeEvent(event))
      throw new TrapError(
        traps.nonDeterministic(then, `the code now asks for ${describeCommand(command)}`),
      );
    this.#commands.delete(event.EventId);
  }

  #advance(): void {
    while (!this.#again && (!this.#current || this.#current.done)) {
      const action = this.#actions[this.#cursor];
      if (!action) return;
      this.#cursor += 1;
      this.#current = this.#invoke(action, false);
    }
  }

  #invoke(action: Action, inAny: boolean): Waited {
    const seen = this.#invoked.has(action);
    this.#invoked.add(action);
    switch (action.actionType) {
      case ActionType.WhenAll:
      case ActionType.WhenAny: {
        const any = action.actionType === ActionType.WhenAny;
        const members = (action.compoundActions ?? []).map((member) =>
          this.#invoke(member, inAny || any),
        );
        return new Group(members, any);
      }
      case ActionType.WaitForExternalEvent:
        return this.#wait(String(action.externalEventName));
      case ActionType.ContinueAsNew:
        this.#again = action;
        return done();
      case ActionType.CreateTimer:
        return this.#timer(action, seen);
      case ActionType.CallActivity:
      case ActionType.CallSubOrchestrator:
        return this.#call(action, this.#once(action, seen));
      case ActionType.CallActivityWithRetry:
      case ActionType.CallSubOrchestratorWithRetry:
        if (inAny) throw new TrapError(traps.retryInAny(String(action.functionName)));
        return this.#retry(action, this.#once(action, seen));
      case ActionType.CallEntity:
      case ActionType.SignalEntity:
        return this.#entity(action, this.#once(action, seen));
      case ActionType.CallHttp:
        throw new TrapError(traps.callHttp);
      case ActionType.LockEntities:
      case ActionType.ReleaseEntities:
        throw new TrapError(traps.lock);
      default:
        throw new TrapError(traps.unknownAction(action.actionType));
    }
  }

  #once(action: Action, seen: boolean): number {
    if (seen) throw new TrapError(traps.startedAgain(nameOf(action)));
    if (this.#sdkNextId !== this.#nextId) throw new TrapError(traps.numbering);
    return this.#takeId();
  }

  #takeId(known = true): number {
    if (known) this.#sdkNextId += 1;
    this.#nextId += 1;
    return this.#nextId - 1;
  }

  #call(action: Action, id: number): Waited {
    const kind =
      action.actionType === ActionType.CallActivity ||
      action.actionType === ActionType.CallActivityWithRetry
        ? 'activity'
        : 'child';
    this.#commands.set(id, { kind, id, name: String(action.functionName), action });
    return this.#opened(id);
  }

  #opened(id: number): Waited {
    const waited = new Waited();
    this.#open.set(id, waited);
    return waited;
  }

  /** Attempts and the timers between them; the engine sets one more timer after the last failure. */
  #retry(action: Action, firstId: number): Waited {
    const policy = action.retryOptions;
    const name = String(action.functionName);
    if (!policy || !(policy.maxNumberOfAttempts >= 1)) throw new TrapError(traps.noAttempts(name));
    if (policy.retryTimeoutInMilliseconds !== undefined)
      throw new TrapError(traps.retryTimeout(name));
    const whole = new Waited();
    const attempt = (number: number, id: number): void => {
      this.#call(action, id).then = (failed) => {
        if (!failed) {
          whole.complete(false);
          return;
        }
        const last = number >= policy.maxNumberOfAttempts;
        const wait = this.#setTimer(this.#now + (last ? 0 : retryDelay(policy, number)), false);
        wait.then = () => (last ? whole.complete(true) : attempt(number + 1, this.#takeId()));
      };
    };
    attempt(1, firstId);
    return whole;
  }

  #timer(action: Action, seen: boolean): Waited {
    if (!seen && this.#sdkNextId !== this.#nextId) throw new TrapError(traps.numbering);
    const fireAt = new Date(action.fireAt ?? NaN).getTime();
    const whole = new Waited();
    const long = fireAt - this.#now > shortTimer;
    const leg = (): void => {
      const next = fireAt - this.#now > shortTimer ? this.#now + timerLeg : fireAt;
      this.#setTimer(next, long, !seen).then = () =>
        !long || this.#now >= fireAt ? whole.complete(false) : leg();
    };
    leg();
    if (action.isCanceled) whole.complete(true);
    return whole;
  }

  #setTimer(fireAt: number, exact: boolean, known = true): Waited {
    const id = this.#takeId(known);
    this.#commands.set(id, { kind: 'timer', id, fireAt, exact });
    return this.#opened(id);
  }

  #entity(action: Action, id: number): Waited {
    const signal = action.actionType === ActionType.SignalEntity;
    const requestId = this.#guid(id);
    const name = String(action.instanceId);
    this.#commands.set(id, { kind: 'entity', id, name, action, requestId, signal });
    this.#requests.add(requestId);
    return signal ? done() : this.#wait(requestId);
  }

  #wait(name: string): Waited {
    const waited = new Waited();
    const early = this.#early.get(name)?.shift();
    if (early) waited.done = true;
    else this.#waits.set(name, [...(this.#waits.get(name) ?? []), waited]);
    return waited;
  }

  #guid(id: number): string {
    const hex = createHash('sha1')
      .update(`${this.#instance.id}\n${this.#instance.executionId}\n${id}`)
      .digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }
}
