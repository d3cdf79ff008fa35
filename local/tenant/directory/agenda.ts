/** Something the tenant will do by itself at a moment of its clock. */
interface Item {
  readonly at: number;
  readonly order: number;
  readonly run: (at: number) => void;
}

/**
 * What the tenant does later without being asked: dynamic groups, directory sync, expiry of the
 * recycle bin. Nothing runs by timers; whoever looks at the tenant first lets time catch up.
 */
export class Agenda {
  readonly #items: Item[] = [];
  #order = 0;

  add(at: number, run: (at: number) => void): void {
    this.#order += 1;
    const item = { at, order: this.#order, run };
    let index = this.#items.length;
    while (index > 0 && later(this.#items[index - 1] as Item, item)) index -= 1;
    this.#items.splice(index, 0, item);
  }

  /** Runs everything due up to `now`, in order of time, including what that adds. */
  advance(now: number): void {
    for (;;) {
      const next = this.#items[0];
      if (next === undefined || next.at > now) return;
      this.#items.shift();
      next.run(next.at);
    }
  }
}

function later(one: Item, other: Item): boolean {
  return one.at > other.at || (one.at === other.at && one.order > other.order);
}
