import { replicaCount, type Replication } from './replicas.js';
import type { Entry } from './entry.js';
import type { Change, Json, LifeState, LinkName, ObjectType, Properties } from './model.js';
import { View } from './view.js';

/** Objects, links and the undo log from which any past instant and any lagging replica is computed. */
export class Store {
  readonly #entries = new Map<string, Entry>();
  readonly #byType = new Map<ObjectType, Map<string, Entry>>();
  readonly #replication: Replication;
  #seq = 0;
  /** The truth, now. */
  readonly now: View;

  constructor(replication: Replication) {
    this.#replication = replication;
    this.now = new View(this.#entries, this.#byType, null);
  }

  /** An object that was always there, as far as anyone looks back. Its properties are a copy. */
  seed(type: ObjectType, id: string, properties: Readonly<Properties>): void {
    this.#insert(type, id, { ...properties }, 'live');
  }

  /** A link that was always there. */
  seedLink(sourceId: string, name: LinkName, targetId: string): void {
    this.#setLink(this.#entry(sourceId), name, this.#entry(targetId), true);
  }

  create(type: ObjectType, id: string, properties: Properties, at: number): Change {
    const entry = this.#insert(type, id, properties, 'gone');
    return this.#move(entry, 'live', at);
  }

  setProperty(id: string, name: string, after: Json, at: number): Change {
    const entry = this.#entry(id);
    const before = entry.properties[name] ?? null;
    entry.properties[name] = after;
    return this.#log(entry, at, { kind: 'property', name, before, after });
  }

  setState(id: string, state: LifeState, at: number): Change {
    return this.#move(this.#entry(id), state, at);
  }

  setLink(
    sourceId: string,
    name: LinkName,
    targetId: string,
    added: boolean,
    at: number,
  ): Change | undefined {
    const source = this.#entry(sourceId);
    const target = this.#entry(targetId);
    if (!this.#setLink(source, name, target, added)) return undefined;
    this.#log(target, at, { kind: 'incoming', name, otherId: sourceId, added });
    return this.#log(source, at, { kind: 'link', name, otherId: targetId, added });
  }

  /** The directory as it was at an instant. */
  asOf(instant: number): View {
    return new View(this.#entries, this.#byType, (change) => change.at <= instant);
  }

  /** The directory as one replica shows it; `extraLag` stretches its delay (index of advanced queries). */
  onReplica(replica: number, instant: number, extraLag = 1): View {
    const index = replica % replicaCount;
    return new View(this.#entries, this.#byType, (change) => {
      const lag = ((change.seenAt[index] ?? change.at) - change.at) * extraLag;
      return change.at + lag <= instant;
    });
  }

  /** Oldest first. */
  changesOf(id: string): readonly Change[] {
    return this.#entries.get(id)?.changes ?? [];
  }

  #insert(type: ObjectType, id: string, properties: Properties, state: LifeState): Entry {
    this.#seq += 1;
    const entry: Entry = { id, type, seq: this.#seq, properties, state };
    this.#entries.set(id, entry);
    let kind = this.#byType.get(type);
    if (kind === undefined) this.#byType.set(type, (kind = new Map<string, Entry>()));
    kind.set(id, entry);
    return entry;
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new Error(`The directory has no object ${id}.`);
    return entry;
  }

  #move(entry: Entry, after: LifeState, at: number): Change {
    const before = entry.state;
    entry.state = after;
    return this.#log(entry, at, { kind: 'state', before, after });
  }

  #setLink(source: Entry, name: LinkName, target: Entry, added: boolean): boolean {
    const targets = ends((source.links ??= new Map<LinkName, Set<string>>()), name);
    if (targets.has(target.id) === added) return false;
    const sources = ends((target.incoming ??= new Map<LinkName, Set<string>>()), name);
    if (added) {
      targets.add(target.id);
      sources.add(source.id);
    } else {
      targets.delete(target.id);
      sources.delete(source.id);
    }
    return true;
  }

  #log(entry: Entry, at: number, what: Change['what']): Change {
    const changes = (entry.changes ??= []);
    const previous = changes.at(-1);
    // A clock that steps back must not break the order on which undoing rests.
    const when = Math.max(at, previous?.at ?? at);
    const seenAt = this.#replication.seenAt(when, previous?.seenAt);
    const change: Change = { at: when, objectId: entry.id, what, seenAt };
    changes.push(change);
    return change;
  }
}

function ends(links: Map<LinkName, Set<string>>, name: LinkName): Set<string> {
  let ids = links.get(name);
  if (ids === undefined) links.set(name, (ids = new Set()));
  return ids;
}
