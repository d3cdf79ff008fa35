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
  readonly #idByUpn = new Map<string, string>();
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

  idOfUser(userPrincipalName: string): string | undefined {
    return this.#idByUpn.get(userPrincipalName.toLowerCase());
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
    const upn = properties['userPrincipalName'];
    if (type === 'user' && typeof upn === 'string') this.#idByUpn.set(upn.toLowerCase(), id);
    const appId = properties['appId'];
    if (typeof appId === 'string') this.#idByAppId.set(`${type}:${appId.toLowerCase()}`, id);
  }

  protected publish(changes: Change[], by: Initiator): Change[] {
    for (const change of changes) for (const listener of this.#listeners) listener(change, by);
    return changes;
  }
}
