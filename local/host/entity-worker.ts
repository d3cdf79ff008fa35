import type { EngineCore } from './engine-core.js';
import { responseMessage } from './entity-messages.js';
import { EventType, historyEvent } from './history.js';
import { asError } from './invocation.js';
import type { EntityRequest } from './records.js';

interface EntityAnswer {
  readonly results: readonly { readonly isError: boolean; readonly result?: string }[];
  readonly signals: readonly {
    readonly target: { readonly name: string; readonly key: string };
    readonly name: string;
    readonly input?: string;
  }[];
  readonly entityExists: boolean;
  readonly entityState?: string | null;
}

interface LiveEntity {
  exists: boolean;
  state: string | null;
  readonly waiting: EntityRequest[];
  busy: boolean;
}

/** `@name@key`, the name in lower case: how the engine addresses an entity. */
export const entityId = (name: string, key: string): string => `@${name.toLowerCase()}@${key}`;

/** Runs operations on entities: one batch at a time per entity, each batch one transition. */
export class EntityWorker {
  readonly #core: EngineCore;
  readonly #live = new Map<string, LiveEntity>();
  #busy = 0;
  #stopped = false;

  constructor(core: EngineCore) {
    this.#core = core;
  }

  get idle(): boolean {
    return this.#busy === 0;
  }

  /** Takes in a committed request. */
  add(request: EntityRequest): void {
    const live = this.#entity(request.entityId);
    live.waiting.push(request);
    if (!live.busy && !this.#stopped) void this.#run(request.entityId, live);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Lets go of entities that nothing is going on in; only right after a commit. */
  trim(): void {
    if (this.#live.size <= 2_000) return;
    for (const [id, live] of this.#live)
      if (!live.busy && live.waiting.length === 0) this.#live.delete(id);
  }

  #entity(id: string): LiveEntity {
    let live = this.#live.get(id);
    if (!live) {
      const stored = this.#core.store.entity(id);
      live = { exists: Boolean(stored), state: stored?.state ?? null, waiting: [], busy: false };
      this.#live.set(id, live);
    }
    return live;
  }

  async #run(id: string, live: LiveEntity): Promise<void> {
    live.busy = true;
    this.#busy += 1;
    while (live.waiting.length > 0 && !this.#core.commits.dead && !this.#stopped)
      await this.#batch(id, live, live.waiting.splice(0));
    live.busy = false;
    this.#busy -= 1;
  }

  async #batch(id: string, live: LiveEntity, batch: readonly EntityRequest[]): Promise<void> {
    const { store, commits, clock } = this.#core;
    const answer = await this.#operate(id, live, batch);
    if (commits.dead) return;
    live.exists = answer.entityExists;
    live.state = answer.entityState ?? null;
    store.putEntity(id, live.exists, live.state);
    for (const [index, request] of batch.entries()) {
      store.dropRequest(request.seq);
      if (request.parentId === null) continue;
      const result = answer.results[index];
      this.#core.mailbox.send(
        request.parentId,
        request.parentExecutionId,
        historyEvent(EventType.EventRaised, clock.now(), {
          Name: request.id,
          Input: responseMessage(result?.result, result?.isError ?? false),
          ParentTraceContext: null,
        }),
      );
    }
    for (const signal of answer.signals) this.#signal(signal);
    commits.transition();
  }

  async #operate(
    id: string,
    live: LiveEntity,
    batch: readonly EntityRequest[],
  ): Promise<EntityAnswer> {
    const [, name = '', ...key] = id.split('@');
    const trigger = {
      self: { name, key: key.join('@') },
      exists: live.exists,
      state: live.state,
      batch: batch.map(({ op, input, signal }) => ({ name: op, input, isSignal: signal })),
    };
    try {
      return (await this.#core.handlers.operate(name, trigger)) as EntityAnswer;
    } catch (thrown) {
      const { message } = asError(thrown);
      this.#core.log('error', `The entity failed: ${message}`, id);
      return {
        results: batch.map(() => ({ isError: true, result: JSON.stringify(message) })),
        signals: [],
        entityExists: live.exists,
        entityState: live.state,
      };
    }
  }

  #signal({ target, name, input }: EntityAnswer['signals'][number]): void {
    const { store } = this.#core;
    const request = {
      seq: store.nextSeq(),
      entityId: entityId(target.name, target.key),
      op: name,
      input: input === undefined || input === '' ? null : input,
      signal: true,
      parentId: null,
      parentExecutionId: null,
      id: String(store.nextSeq()),
    };
    store.addRequest(request);
    this.#core.addRequest(request);
  }
}
