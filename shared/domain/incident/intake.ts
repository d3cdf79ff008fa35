import type { Cause, IncidentSource, Window } from './incident.js';
import type { ActorKind, Person } from '../identities.js';

/** One identity that may be the actor, as the alert or a person names it. At least one id is set. */
export interface ActorHint {
  readonly kind: ActorKind | null;
  readonly objectId: string | null;
  readonly userPrincipalName: string | null;
  readonly appId: string | null;
  readonly displayName: string | null;
  /** Why this identity is a candidate, in words for people. */
  readonly reason: string;
}

/** What a commander may name instead of an actor. */
export interface Targets {
  readonly objectIds: readonly string[];
  readonly objectType: string | null;
  readonly property: string | null;
  readonly operation: string | null;
}

/** The normal form of everything that can open an incident, whatever door it came through. */
export interface Intake {
  readonly source: IncidentSource;
  /** KIND and KEY of the incident id (contract section 5). */
  readonly key: { readonly kind: string; readonly value: string };
  /** Lower-case `systemAlertId`s the body lists; each is claimed too. */
  readonly alertIds: readonly string[];
  readonly title: string;
  readonly severity: string | null;
  /** First and last activity the source reports. */
  readonly window: Window;
  /** Set when the source stated no times: the window is then ours, and widens nobody else's. */
  readonly windowGuessed?: true;
  /** Best candidate first. */
  readonly hints: readonly ActorHint[];
  readonly targets: Targets | null;
  readonly cause: Cause;
  readonly labels: readonly string[];
  /** The person who opened it by hand; they are a diagnostician. Null for machines. */
  readonly openedBy: Person | null;
  readonly note: string | null;
  /** Links and numbers of the source, for people. Never called. */
  readonly references: Readonly<Record<string, string>>;
}
