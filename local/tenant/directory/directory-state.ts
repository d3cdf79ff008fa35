import { Agenda } from './agenda.js';
import { AuditTrail } from './audit-trail.js';
import type {
  Change,
  DirectoryObject,
  Initiator,
  LinkName,
  ObjectType,
  Properties,
} from './model.js';
import { folded, NameIndex, type UniqueProperty } from './name-index.js';
import { guidOf, seeded, type Random } from './random.js';
import { Replication } from './replicas.js';
import { Store } from './store.js';
import type { View } from './view.js';

export type ChangeListener = (change: Change, by: Initiator) => void;

export interface DirectoryOptions {
  readonly tenantId: string;
  readonly seed: number;
  readonly speed: number;
  /** Milliseconds, UTC: where the written past ends. */
  readonly start: number;
}

/** What every write of the directory rests on: objects and history, audit trail, agenda, listeners. */
export class DirectoryState {
  readonly tenantId: string;
  readonly trail: AuditTrail;
  readonly agenda = new Agenda();
  protected readonly store: Store;
  readonly #listeners: ChangeListener[] = [];
  readonly #names = new NameIndex();
  readonly #idByAppId = new Map<string, string>();
  readonly #newIds: Random;

  constructor(options: DirectoryOptions) {
    this.tenantId = options.tenantId;
    this.store = new Store(new Replication(seeded(options.seed, 'replicas'), options.speed));
    this.#newIds = seeded(options.seed, 'new ids');
    this.trail = new AuditTrail(seeded(options.seed, 'trail'), options.speed, options.start);
  }

  /** The truth, now. */
  get now(): View {
    return this.store.now;
  }

  asOf(instant: number): View {
    return this.store.asOf(instant);
  }

  onReplica(replica: number, instant: number, extraLag?: number): View {
    return this.store.onReplica(replica, instant, extraLag);
  }

  /** Lets everything happen that the tenant does by itself up to `now`. */
  advance(now: number): void {
    this.agenda.advance(now);
  }

  /** An id for an object that is about to be created, or for a part of one. */
  newId(): string {
    return guidOf(this.#newIds);
  }

  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  changesOf(id: string): readonly Change[] {
    return this.store.changesOf(id);
  }

  /** The user who has a principal name; if nobody has it now, the one who had it last. */
  idOfUser(userPrincipalName: string): string | undefined {
    return (
      this.holderOf('userPrincipalName', userPrincipalName) ??
      this.#names.everHad('userPrincipalName', userPrincipalName).at(-1)
    );
  }

  /** The live object that has a name or an address now, other than the one excepted. */
  holderOf(property: UniqueProperty, value: string, except?: string): string | undefined {
    return this.#names
      .everHad(property, value)
      .find((id) => id !== except && this.#has(id, property, value));
  }

  /** The service principal, or else the application, of an application id is found by `type:appId`. */
  idOfApp(type: 'application' | 'servicePrincipal', appId: string): string | undefined {
    return this.#idByAppId.get(`${type}:${appId.toLowerCase()}`);
  }

  seed(type: ObjectType, id: string, properties: Properties): void {
    this.store.seed(type, id, properties);
    this.index(type, id, properties);
  }

  seedLink(sourceId: string, name: LinkName, targetId: string): void {
    this.store.seedLink(sourceId, name, targetId);
  }

  /** A live object; throws when there is none, because callers have looked before. */
  object(id: string): DirectoryObject {
    const object = this.now.get(id);
    if (object === undefined) throw new Error(`No live object ${id}.`);
    return object;
  }

  protected index(type: ObjectType, id: string, properties: Readonly<Properties>): void {
    this.#names.note(id, properties);
    const appId = properties['appId'];
    if (typeof appId === 'string') this.#idByAppId.set(`${type}:${appId.toLowerCase()}`, id);
  }

  #has(id: string, property: UniqueProperty, value: string): boolean {
    const values = this.now.get(id)?.properties[property];
    return [values].flat().some((one) => typeof one === 'string' && folded(one) === folded(value));
  }

  protected publish(changes: Change[], by: Initiator): Change[] {
    for (const change of changes) for (const listener of this.#listeners) listener(change, by);
    return changes;
  }
}
