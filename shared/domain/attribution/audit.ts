import type { ActorKind } from '../identities.js';
import type { Known } from '../json.js';

/** Kinds of directory objects, in Graph's spelling of the audit row's target type. */
export type ObjectType =
  | 'user'
  | 'group'
  | 'application'
  | 'servicePrincipal'
  | 'conditionalAccessPolicy'
  | 'namedLocation'
  | 'authorizationPolicy'
  | 'authenticationMethodPolicy'
  | 'authenticationStrengthPolicy'
  | 'organization'
  | 'policy'
  | 'role'
  | 'device'
  | 'other';

export type ChangeKind =
  | 'update'
  | 'create'
  | 'softDelete'
  | 'hardDelete'
  | 'restore'
  | 'addMember'
  | 'removeMember'
  | 'other';

export interface Initiator {
  readonly kind: ActorKind;
  /** Object id of the user or service principal; null when the row does not say. */
  readonly id: string | null;
  readonly name: string | null;
  /** The application a person acted through, where the row names it. */
  readonly clientName: string | null;
  readonly ipAddress: string | null;
}

/** One property of one audit row. `property` is the audit trail's own spelling, e.g. `AccountEnabled`. */
export interface PropertyChange {
  readonly property: string;
  readonly before: Known;
  readonly after: Known;
}

/**
 * One audit row about one object, in our words (graph fact sheet D.2 to D.5). Rows about several
 * targets become several of these; pseudo-properties are already gone.
 */
export interface AuditEvent {
  /** The service's row id: the de-duplication key together with `objectId`. */
  readonly id: string;
  /** ISO 8601 UTC with the service's own precision; compare as text only after normalising. */
  readonly at: string;
  readonly operation: string;
  readonly correlationId: string;
  readonly succeeded: boolean;
  readonly by: Initiator;
  readonly kind: ChangeKind;
  readonly objectId: string;
  readonly objectType: ObjectType;
  readonly objectName: string | null;
  /** For membership changes: the group. `objectId` is then the member. */
  readonly groupId: string | null;
  readonly groupName: string | null;
  readonly changes: readonly PropertyChange[];
  /** Read of the actors alone, from before the time of which everybody's rows were read. */
  readonly earlier?: true;
}

/** All events about one object, oldest first: the unit that scope and history artefacts hold per line. */
export interface ObjectHistory {
  readonly objectId: string;
  readonly objectType: ObjectType;
  readonly name: string | null;
  readonly events: readonly AuditEvent[];
  /** Rows of the actors alone, from before those events: they tell of earlier values, never of damage. */
  readonly earlier?: readonly AuditEvent[];
}
