import type { Directory } from '../directory/directory.js';
import type { Change, Initiator } from '../directory/model.js';
import type { View } from '../directory/view.js';
import type { Caller } from '../exchange.js';
import type { JournalEntry, JournalWrite } from '../journal.js';
import { journalled } from '../journal.js';
import type { Charge } from '../quotas.js';
import type { World } from '../scenarios/world.js';
import type { QueryOptions } from './query-options.js';

/** What a handler answers; `undefined` as body is an empty answer. */
export interface Outcome {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request, authenticated, metered and parsed. */
export class GraphContext {
  readonly world: World;
  readonly caller: Caller;
  readonly by: Initiator;
  readonly now: number;
  /** What the replica that answers knows; writes are judged by `truth`. */
  readonly view: View;
  readonly params: Readonly<Record<string, string>>;
  readonly options: QueryOptions;
  readonly body: unknown;
  /** What the caller asks for in `Prefer`, in lower case. */
  readonly prefer: ReadonlySet<string>;
  readonly version: string;
  readonly origin: string;
  /** Path below the version, for next links. */
  readonly path: string;
  readonly writes: JournalWrite[] = [];
  alarm: JournalEntry['alarm'];

  constructor(parts: {
    world: World;
    caller: Caller;
    by: Initiator;
    now: number;
    view: View;
    params: Readonly<Record<string, string>>;
    options: QueryOptions;
    body: unknown;
    prefer: ReadonlySet<string>;
    version: string;
    origin: string;
    path: string;
  }) {
    this.world = parts.world;
    this.caller = parts.caller;
    this.by = parts.by;
    this.now = parts.now;
    this.view = parts.view;
    this.params = parts.params;
    this.options = parts.options;
    this.body = parts.body;
    this.prefer = parts.prefer;
    this.version = parts.version;
    this.origin = parts.origin;
    this.path = parts.path;
  }

  get directory(): Directory {
    return this.world.directory;
  }

  get truth(): View {
    return this.world.directory.now;
  }

  param(name: string): string {
    return this.params[name] ?? '';
  }

  /** Notes in the journal what a write did. */
  wrote(changes: readonly Change[]): void {
    this.writes.push(...journalled(changes));
  }

  metadata(fragment: string): string {
    return `${this.origin}/${this.version}/$metadata#${fragment}`;
  }
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
  /** Segments below the version; `{name}` takes one, the rest is compared without regard to case. */
  readonly path: string;
  readonly area: Exclude<Charge['area'], 'logs'>;
  /** Resource units before `$select`, `$expand` and `$top` count (graph fact sheet B.2). */
  readonly units: number;
  /** A POST that changes nothing is not metered as a write. */
  readonly reads?: boolean;
  readonly options?: readonly string[];
  /** Any one of these suffices; a `+` joins permissions that are needed together (fact sheet I). */
  readonly permissions: readonly string[];
  /** Directory roles of which a signed-in user needs one for this write. */
  readonly delegatedRoles?: readonly string[];
  readonly handle: (context: GraphContext) => Outcome;
}
