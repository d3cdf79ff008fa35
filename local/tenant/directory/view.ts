import type { Entry } from './entry.js';
import type {
  Change,
  DirectoryObject,
  LifeState,
  LinkName,
  ObjectType,
  Properties,
} from './model.js';

/** Whether the reader of a view knows of a change. Unknown changes are always the newest of an object. */
export type Knows = (change: Change) => boolean;

/**
 * The directory as one reader sees it: now, at a past instant, or on a replica that lags. Everything
 * is computed by undoing the changes the reader does not know.
 */
export class View {
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #byType: ReadonlyMap<ObjectType, ReadonlyMap<string, Entry>>;
  readonly #knows: Knows | null;

  constructor(
    entries: ReadonlyMap<string, Entry>,
    byType: ReadonlyMap<ObjectType, ReadonlyMap<string, Entry>>,
    knows: Knows | null,
  ) {
    this.#entries = entries;
    this.#byType = byType;
    this.#knows = knows;
  }

  /** A live object, whatever its type. */
  get(id: string): DirectoryObject | undefined {
    return this.#find(id, 'live');
  }

  /** An object in the recycle bin. */
  deleted(id: string): DirectoryObject | undefined {
    return this.#find(id, 'deleted');
  }

  /** An object that was deleted for good, or an assignment that ended. */
  gone(id: string): DirectoryObject | undefined {
    return this.#find(id, 'gone');
  }

  state(id: string): LifeState {
    const entry = this.#entries.get(id);
    return entry === undefined ? 'gone' : this.#stateOf(entry);
  }

  /** Objects of a type in a life state, in listing order, from after `seq`. */
  *list(type: ObjectType, state: LifeState = 'live', after = 0): Generator<DirectoryObject> {
    for (const entry of this.#byType.get(type)?.values() ?? []) {
      if (entry.seq <= after || this.#stateOf(entry) !== state) continue;
      yield this.#shown(entry);
    }
  }

  /** When an object in the recycle bin was deleted. */
  deletedAt(id: string): number | undefined {
    const changes = this.#entries.get(id)?.changes ?? [];
    for (let index = changes.length - 1; index >= 0; index -= 1) {
      const change = changes[index] as Change;
      if (!this.#isKnown(change)) continue;
      if (change.what.kind === 'state' && change.what.after === 'deleted') return change.at;
    }
    return undefined;
  }

  /** Ids a link of this object points to, only those that live. */
  links(id: string, name: LinkName): string[] {
    return this.#ends(id, name, 'link');
  }

  /** Whether one link is there, without listing the others. */
  linked(id: string, name: LinkName, otherId: string): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined || this.state(otherId) !== 'live') return false;
    let there = entry.links?.get(name)?.has(otherId) ?? false;
    for (const { what } of this.#unknown(entry)) {
      if (what.kind === 'link' && what.name === name && what.otherId === otherId)
        there = !what.added;
    }
    return there;
  }

  /** Ids of the objects whose link of this name points here, only those that live. */
  incoming(id: string, name: LinkName): string[] {
    return this.#ends(id, name, 'incoming');
  }

  #find(id: string, state: LifeState): DirectoryObject | undefined {
    const entry = this.#entries.get(id);
    return entry !== undefined && this.#stateOf(entry) === state ? this.#shown(entry) : undefined;
  }

  #ends(id: string, name: LinkName, kind: 'link' | 'incoming'): string[] {
    const entry = this.#entries.get(id);
    if (entry === undefined) return [];
    const current = (kind === 'link' ? entry.links : entry.incoming)?.get(name) ?? [];
    const unknown = this.#unknown(entry);
    if (unknown.length === 0) return [...current].filter((other) => this.state(other) === 'live');
    const ids = new Set(current);
    for (const { what } of unknown) {
      if (what.kind !== kind || what.name !== name) continue;
      if (what.added) ids.delete(what.otherId);
      else ids.add(what.otherId);
    }
    return [...ids].filter((other) => this.state(other) === 'live');
  }

  #stateOf(entry: Entry): LifeState {
    let state = entry.state;
    for (const { what } of this.#unknown(entry)) if (what.kind === 'state') state = what.before;
    return state;
  }

  #shown(entry: Entry): DirectoryObject {
    const unknown = this.#unknown(entry);
    if (unknown.length === 0) return entry;
    const properties: Properties = { ...entry.properties };
    for (const { what } of unknown) {
      if (what.kind === 'property') properties[what.name] = what.before;
    }
    return { id: entry.id, type: entry.type, seq: entry.seq, properties };
  }

  /** Newest first, so that undoing them in this order ends at the oldest value before them. */
  #unknown(entry: Entry): readonly Change[] {
    const changes = entry.changes;
    if (this.#knows === null || changes === undefined) return none;
    let first = changes.length;
    while (first > 0 && !this.#isKnown(changes[first - 1] as Change)) first -= 1;
    return first === changes.length ? none : changes.slice(first).reverse();
  }

  #isKnown(change: Change): boolean {
    return this.#knows === null || this.#knows(change);
  }
}

const none: readonly Change[] = [];
