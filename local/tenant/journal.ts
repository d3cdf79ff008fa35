import type { Caller, TenantClock } from './exchange.js';
import type { Change, Json } from './directory/model.js';
import { isoTicks } from './directory/instants.js';

/** One effect of a request on the tenant. */
export interface JournalWrite {
  readonly objectId: string;
  readonly property?: string;
  readonly link?: string;
  readonly before: Json;
  readonly after: Json;
}

export interface JournalItem {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly writes: readonly JournalWrite[];
}

export interface JournalEntry {
  readonly seq: number;
  readonly at: string;
  readonly method: string;
  /** Path and query, decoded as the tenant understood it; never a header or a token. */
  readonly path: string;
  readonly status: number;
  readonly caller: { readonly appId: string; readonly oid: string } | null;
  readonly writes: readonly JournalWrite[];
  readonly batch?: readonly JournalItem[];
  /** Set on what must never happen. */
  readonly alarm?: 'HARD_DELETE';
}

export type JournalDraft = Pick<JournalEntry, 'method' | 'path' | 'status' | 'writes'> &
  Partial<Pick<JournalEntry, 'batch' | 'alarm'>> & { readonly caller: Caller | null };

/** Every request that the tenant received, in order, with what it changed. */
export class Journal {
  readonly #clock: TenantClock;
  readonly #entries: JournalEntry[] = [];
  readonly #alarmed: ((entry: JournalEntry) => void) | undefined;

  constructor(clock: TenantClock, alarmed?: (entry: JournalEntry) => void) {
    this.#clock = clock;
    this.#alarmed = alarmed;
  }

  record({ caller, ...draft }: JournalDraft): JournalEntry {
    const entry: JournalEntry = {
      seq: this.#entries.length + 1,
      at: isoTicks(this.#clock.now()),
      ...draft,
      caller:
        caller === null
          ? null
          : {
              appId: caller.appId,
              oid: caller.kind === 'app' ? caller.servicePrincipalId : caller.userId,
            },
    };
    this.#entries.push(entry);
    if (entry.alarm !== undefined) this.#alarmed?.(entry);
    return entry;
  }

  /** Entries after a sequence number. */
  since(seq = 0): readonly JournalEntry[] {
    return this.#entries.slice(Math.max(0, seq));
  }

  /** What must never happen and did. */
  alarms(): readonly JournalEntry[] {
    return this.#entries.filter((entry) => entry.alarm !== undefined);
  }
}

/** The journal's form of what the directory reports. */
export function journalled(changes: readonly Change[]): JournalWrite[] {
  return changes.map(({ objectId, what }) => {
    if (what.kind === 'property') {
      return { objectId, property: what.name, before: what.before, after: what.after };
    }
    if (what.kind === 'state') {
      return { objectId, property: 'lifeState', before: what.before, after: what.after };
    }
    const [before, after] = what.added ? [null, what.otherId] : [what.otherId, null];
    return { objectId, link: what.name, before, after };
  });
}
