import type { Engine } from './engine.js';
import { beginRun } from './engine-core.js';
import { entityId } from './entity-worker.js';
import { EventType, type HistoryEvent, historyEvent, markPlayed } from './history.js';
import { badArgument, checkInstanceId, newId, RequestError } from './instance-ids.js';
import { hasEnded, type InstanceRecord } from './records.js';
import { rewindHistory } from './rewind.js';

/** How an operation on one instance went: there is no such instance, it has ended, or it was taken. */
export type Taken = 'missing' | 'ended' | 'taken';

/**
 * What clients ask of the engine. Every operation resolves after its commit.
 * Texts of refusals are those of the real service.
 */
export class ClientOperations {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Starts a run and returns its id. `input` is JSON text. @throws RequestError */
  async start(name: string, input: string, id: string = newId()): Promise<string> {
    const { core } = this.#engine;
    const { orchestrators } = core.handlers;
    if (!orchestrators.includes(name))
      throw badArgument(
        `The function '${name}' doesn't exist, is disabled, or is not an orchestrator function. Additional info: The following are the known orchestrator functions: ${orchestrators.map((known) => `'${known}'`).join(', ')}.`,
      );
    checkInstanceId(id);
    const there = core.mailbox.find(id)?.record.status;
    if (there && !hasEnded(there))
      throw new RequestError(
        500,
        'Something went wrong while processing your request',
        `An Orchestration instance with the status ${there} already exists.`,
        'DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException',
      );
    beginRun(core, { id, name, input });
    core.commits.transition();
    await core.commits.durable();
    return id;
  }

  raise(id: string, name: string, input: string): Promise<Taken> {
    return this.#send(id, EventType.EventRaised, {
      Name: name,
      Input: input,
      ParentTraceContext: null,
    });
  }

  terminate(id: string, reason: string | null): Promise<Taken> {
    return this.#send(id, EventType.ExecutionTerminated, { Input: reason });
  }

  async suspend(id: string, reason: string | null): Promise<Taken> {
    this.#refuseIn(id, 'Suspended', 'suspend');
    return this.#send(id, EventType.ExecutionSuspended, { Reason: reason });
  }

  async resume(id: string, reason: string | null): Promise<Taken> {
    this.#refuseIn(id, 'Running', 'resume');
    return this.#send(id, EventType.ExecutionResumed, { Reason: reason });
  }

  /** Deletes an instance and its history, running or not. */
  async purge(id: string): Promise<boolean> {
    const { core } = this.#engine;
    if (!core.mailbox.find(id)) return false;
    core.store.removeInstance(id);
    core.mailbox.forget(id);
    core.commits.transition();
    const durable = core.commits.durable();
    core.commits.flush();
    await durable;
    // A parent that waited for it would wait for ever.
    this.#engine.lookForForgotten();
    return true;
  }

  /** A new run with the name and input of an old one. @throws RequestError when there is none. */
  async restart(id: string, withNewId: boolean): Promise<string> {
    const record = this.#engine.core.mailbox.find(id)?.record;
    if (!record)
      throw new RequestError(
        400,
        'InstanceId does not match a valid orchestration instance.',
        `An orchestrastion with the instanceId ${id} was not found.`,
        'System.ArgumentException',
      );
    return this.start(record.name, record.input ?? 'null', withNewId ? undefined : id);
  }

  /** Lets a failed instance try its failed work again, and its failed children theirs. */
  async rewind(id: string, reason: string | null): Promise<Taken | 'notFailed'> {
    const { core } = this.#engine;
    const live = core.mailbox.find(id);
    if (!live) return 'missing';
    if (live.record.status !== 'Failed')
      return hasEnded(live.record.status) ? 'ended' : 'notFailed';
    rewindHistory(core, live, reason);
    core.commits.transition();
    await core.commits.durable();
    return 'taken';
  }

  async signal(name: string, key: string, op: string, input: string | null): Promise<void> {
    const { core } = this.#engine;
    if (!core.handlers.entities.includes(name.toLowerCase()))
      throw badArgument(
        `The function '${name}' doesn't exist, is disabled, or is not an entity function.`,
      );
    const seq = core.store.nextSeq();
    const request = {
      seq,
      entityId: entityId(name, key),
      op,
      input,
      signal: true,
      parentId: null,
      parentExecutionId: null,
      id: String(seq),
    };
    core.store.addRequest(request);
    core.addRequest(request);
    core.commits.transition();
    await core.commits.durable();
  }

  /** The committed state of an entity as JSON text. */
  entity(name: string, key: string): { state: string | null } | undefined {
    return this.#engine.core.store.entity(entityId(name, key));
  }

  /** The instance as it was committed last: nobody is told what a crash could take back. */
  instance(id: string): InstanceRecord | undefined {
    return this.#engine.core.store.instance(id);
  }

  /** Its history as it was committed last. */
  history(id: string): readonly HistoryEvent[] {
    const { events } = this.#engine.core.store.history(id);
    markPlayed(events);
    return events;
  }

  async #send(id: string, type: number, fields: Partial<HistoryEvent>): Promise<Taken> {
    const { core } = this.#engine;
    const live = core.mailbox.find(id);
    if (!live) return 'missing';
    if (hasEnded(live.record.status)) return 'ended';
    core.mailbox.send(id, null, historyEvent(type, core.clock.now(), fields));
    core.commits.transition();
    await core.commits.durable();
    return 'taken';
  }

  #refuseIn(id: string, state: string, verb: string): void {
    if (this.instance(id)?.status === state)
      throw new RequestError(
        500,
        'Something went wrong while processing your request',
        `Cannot ${verb} the orchestration instance ${id} because instance is in the ${state} state.`,
        'System.InvalidOperationException',
      );
  }
}
