import type { TenantClock } from '../exchange.js';

export type JsonObject = Record<string, unknown>;

/** A message of the bot as Teams keeps it. */
export interface StoredActivity {
  readonly id: string;
  /** Channel id without the `;messageid=` suffix. */
  readonly channelId: string;
  /** Id of the message that began the thread. */
  readonly rootId: string;
  readonly activity: JsonObject;
  /** Earlier contents, oldest first: a card is edited in place. */
  readonly earlier: readonly JsonObject[];
  readonly postedAt: number;
  readonly changedAt: number;
  /** Order of the last change among all activities. */
  readonly change: number;
}

export interface Activities {
  post(channelId: string, rootId: string | null, activity: JsonObject): StoredActivity;
  /** Replaces the content; null when the channel holds no such activity. */
  update(channelId: string, id: string, activity: JsonObject): StoredActivity | null;
  remove(channelId: string, id: string): boolean;
  find(channelId: string, id: string): StoredActivity | null;
  /** Latest change first. */
  all(): readonly StoredActivity[];
  /** The first value that `look` finds now or after a change within `waitMs`; null after that. */
  waitFor<T>(look: () => T | null, waitMs: number): Promise<T | null>;
}

/** The messages of one team, in memory. */
export function createActivities(clock: TenantClock): Activities {
  const stored = new Map<string, StoredActivity>();
  const watchers = new Set<() => void>();
  let changes = 0;
  let lastId = 0;

  /** Teams ids are the arrival time in milliseconds; two in one millisecond still differ. */
  function nextId(): string {
    lastId = Math.max(clock.now(), lastId + 1);
    return String(lastId);
  }

  function keep(activity: StoredActivity): StoredActivity {
    stored.set(activity.id, activity);
    for (const watcher of [...watchers]) watcher();
    return activity;
  }

  function find(channelId: string, id: string): StoredActivity | null {
    const found = stored.get(id);
    return found?.channelId === channelId ? found : null;
  }

  return {
    find,
    post(channelId, rootId, activity) {
      const id = nextId();
      const now = clock.now();
      return keep({
        id,
        channelId,
        rootId: rootId ?? id,
        activity,
        earlier: [],
        postedAt: now,
        changedAt: now,
        change: (changes += 1),
      });
    },
    update(channelId, id, activity) {
      const found = find(channelId, id);
      if (found === null) return null;
      return keep({
        ...found,
        activity,
        earlier: [...found.earlier, found.activity],
        changedAt: clock.now(),
        change: (changes += 1),
      });
    },
    remove: (channelId, id) => find(channelId, id) !== null && stored.delete(id),
    all: () => [...stored.values()].sort((a, b) => b.change - a.change),
    waitFor(look, waitMs) {
      const found = look();
      if (found !== null || waitMs <= 0) return Promise.resolve(found);
      return new Promise((resolve) => {
        const settle = (value: ReturnType<typeof look>) => {
          watchers.delete(watcher);
          resolve(value);
        };
        const watcher = () => {
          const now = look();
          if (now !== null) settle(now);
        };
        watchers.add(watcher);
        void clock.sleep(waitMs).then(() => settle(look()));
      });
    },
  };
}
