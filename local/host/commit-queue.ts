import { HostError } from './host-error.js';
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
  #refused: ((error: Error) => void)[] = [];
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
    this.#schedule();
    this.#onTransition?.();
  }

  /** What the transition that is being queued causes outside: it happens after the commit. */
  transitionEffect(effect: () => void): void {
    this.#after.push(effect);
  }

  /** Resolves when everything queued so far is durable. @throws HostError when it cannot become so. */
  durable(): Promise<void> {
    if (this.dead) return Promise.reject(new HostError('The host has stopped.'));
    return new Promise((resolve, reject) => {
      this.#after.push(resolve);
      this.#refused.push(reject);
      this.#schedule();
    });
  }

  flush(): void {
    this.#scheduled = false;
    if (this.dead) return;
    const after = this.#after;
    const refused = this.#refused;
    this.#after = [];
    this.#refused = [];
    try {
      this.#store.commit();
    } catch (error) {
      this.dead = true;
      for (const refuse of refused) refuse(error as Error);
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

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }
}
