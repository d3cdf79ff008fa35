import type { Store } from './store.js';

/**
 * Groups the transitions of one turn of the event loop into one commit. Nothing that a transition
 * causes outside the process (an activity, an answer to a caller) happens before its commit.
 */
export class CommitQueue {
  /** True after a failed commit, a stop or a simulated crash: nothing that follows counts any more. */
  dead = false;
  readonly #store: Store;
  readonly #onFailure: (error: Error) => void;
  readonly #onTransition: (() => void) | undefined;
  #scheduled = false;
  #after: (() => void)[] = [];
  #committed: (() => void) | undefined;

  constructor(store: Store, onFailure: (error: Error) => void, onTransition?: () => void) {
    this.#store = store;
    this.#onFailure = onFailure;
    this.#onTransition = onTransition;
  }

  get pending(): boolean {
    return this.#store.pending || this.#after.length > 0;
  }

  /** Ends a transition: all its writes have been queued. */
  transition(): void {
    if (this.dead) return;
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.flush());
    }
    this.#onTransition?.();
  }

  /** What the transition that is being queued causes outside: it happens after the commit. */
  transitionEffect(effect: () => void): void {
    this.#after.push(effect);
  }

  /** Resolves when everything queued so far is durable; never when it cannot become so. */
  durable(): Promise<void> {
    return new Promise((resolve) => {
      this.#after.push(resolve);
      if (!this.#scheduled) {
        this.#scheduled = true;
        setImmediate(() => this.flush());
      }
    });
  }

  flush(): void {
    this.#scheduled = false;
    if (this.dead) return;
    const after = this.#after;
    this.#after = [];
    try {
      this.#store.commit();
    } catch (error) {
      this.dead = true;
      this.#onFailure(error as Error);
      return;
    }
    this.#committed?.();
    for (const callback of after) callback();
  }

  /** Called right after each commit, when memory and disk agree. */
  onCommitted(callback: () => void): void {
    this.#committed = callback;
  }
}
