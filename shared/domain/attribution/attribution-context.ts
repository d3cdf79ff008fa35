import type { Json, Known } from '../json.js';
import type { Delta, Residual } from '../plan/plan.js';

/** What must be known of a group before one of its memberships is repaired. */
export interface GroupState {
  readonly dynamic: boolean;
  readonly roleAssignable: boolean;
  readonly synced: boolean;
  readonly deleted: boolean;
}

/** Restore beside whoever took the name, leave it, or leave it to a person with the exact request. */
export type RestoreChoice = 'reconcile' | 'skip' | 'handOver';

/** What a preview of the service names of one object. */
export interface PointDifferences {
  readonly differences: readonly {
    readonly property: string;
    readonly target: Json;
    readonly current: Json;
  }[];
  /** False: the point does not hold the object, or holds it as deleted. Null: nothing is said of it. */
  readonly existed: boolean | null;
}

export interface AttributionContext {
  /** Object ids of the actors, lower case. */
  readonly actorIds: ReadonlySet<string>;
  /** Rows up to this instant are no damage; null when there is no recovery point. */
  readonly recoveryPointAt: string | null;
  /** Never written, as object or as group. */
  readonly protectedIds: ReadonlySet<string>;
  /** True when our own identity may write privileged objects (graph fact sheet A.2). */
  readonly writableByUs: boolean;
  readonly policy: {
    readonly includeCreated: boolean;
    readonly includeMixed: 'surgical' | 'skip';
  };
  readonly groups: ReadonlyMap<string, GroupState>;
  /** Objects that a revision took out of the plan. */
  readonly excluded?: ReadonlySet<string>;
  /** What people decided about objects whose way back is taken, by object id; `handOver` where none is. */
  readonly choices?: Readonly<Record<string, RestoreChoice>>;
  /** What the recovery point holds, where a preview of the service told it; null where it did not. */
  readonly atRecoveryPoint?: (objectId: string, property: string) => Known | null;
  /** What that preview named of an object: differences, and whether the point holds it; null for nothing. */
  readonly differsFromPoint?: (objectId: string) => PointDifferences | null;
  /** Object id of our own service principal: its rows are nobody's damage. */
  readonly ourId: string;
}

/** One difference, and what it leaves for a person. */
export interface Found {
  readonly delta: Delta | null;
  readonly residual: Residual | null;
}
