import type { Person } from '../identities.js';

/**
 * Shapes of the small documents beside an incident that both doors and activities read. They are a
 * stored format: fields are added, never renamed.
 */

/** Document `actors`: whom a commander named, every time; version counts the times. */
export interface ActorsDocument {
  readonly version: number;
  readonly add: readonly NamedIdentity[];
  /** Object ids that are not the actor whatever the trail says. */
  readonly remove: readonly string[];
  /** Everyone who named somebody; they are diagnosticians. */
  readonly by: readonly Person[];
}

export interface NamedIdentity {
  readonly userPrincipalName?: string;
  readonly userId?: string;
  readonly servicePrincipalId?: string;
  readonly appId?: string;
}

export const noActors: ActorsDocument = { version: 0, add: [], remove: [], by: [] };

/** Document `marks`: what people asked of a running incident; activities look before each batch. */
export interface MarksDocument {
  readonly cancel: { readonly by: Person; readonly at: string } | null;
  readonly hold: { readonly by: Person; readonly at: string; readonly why: string } | null;
}

export const noMarks: MarksDocument = { cancel: null, hold: null };

/** Document `releases`: the words on each contained identity, one per role, by actor id. */
export interface ReleasesDocument {
  readonly [actorId: string]: readonly ReleaseWord[];
}

export type ReleaseRole = 'commander' | 'approver';

export interface ReleaseWord {
  readonly decision: 'release' | 'keep';
  readonly by: Person;
  readonly countedAs: ReleaseRole;
  readonly at: string;
  readonly note: string | null;
}

/** Document `quorum`: the warning of the incident about a missing quorum as it is now; null when there is one. */
export interface QuorumDocument {
  readonly warning: string | null;
  /** How often a quorum was missing after there had been one. */
  readonly losses?: number;
}

/** What a door reads of the document `plan`; activities write it. */
export interface PlanBasis {
  readonly actorsVersion: number;
  /** How often people had revised the plan; absent in plans of old. */
  readonly revisionsVersion?: number;
  /** What the service had told of the recovery point; absent when nothing. */
  readonly pointIndex?: string;
  readonly windowFrom: string;
  readonly windowTo: string;
}
