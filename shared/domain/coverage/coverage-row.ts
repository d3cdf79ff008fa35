import type { ObjectType } from '../attribution/audit.js';

/**
 * How a property's values compare. `object`: exactly; `document`: part of a policy, where an absent, null
 * or empty member is the same and lists have no order; `scopes`: words in any order; `link`: a membership;
 * `relation`: an assignment that is there or not; `credentials`: ids of secrets and certificates;
 * `existence`: the object itself, deleted and restored.
 */
export type ValueKind =
  | 'boolean'
  | 'number'
  | 'string'
  | 'stringList'
  | 'dateTime'
  | 'object'
  | 'document'
  | 'scopes'
  | 'link'
  | 'relation'
  | 'credentials'
  | 'existence';

/**
 * What can put the value back: our own service plane, a native recovery job under an operator's
 * session, the same job started by a person in the portal, or nobody but a person by hand.
 */
export type Support = 'surgical' | 'native' | 'handOff' | 'manual';

/** How one property of one kind of object can be recovered. */
export interface CoverageRow {
  readonly objectType: ObjectType;
  /**
   * The audit trail's spelling; compared without regard to case. One that ends in `/*` covers every name
   * below it: relations and parts of a policy have their key in the name.
   */
  readonly auditProperty: string;
  /** Other spellings met in the trail. */
  readonly aliases: readonly string[];
  /** Graph's name; nested ones with `/`. Null when Graph has no property for it. */
  readonly graphProperty: string | null;
  readonly kind: ValueKind;
  readonly support: Support;
  /** One of Graph's sensitive properties (graph fact sheet A.2): asks for more than an ordinary right. */
  readonly sensitive: boolean;
  /** On privileged targets our own identity needs a directory role besides the Graph permission. */
  readonly dependsOnDirectoryRole: boolean;
  /** Graph refuses an empty value, so none is ever written. */
  readonly neverEmpty: boolean;
  /** Values may hold key material: they are never shown, compared or kept. */
  readonly secret: boolean;
  /** What to know or to do by hand, for people; empty when nothing is special. */
  readonly note: string;
  /** When the row was last held against the published lists, which move: reviewed twice a year. */
  readonly reviewedOn: string;
}

/** When the whole table was last held against the published lists. */
export const COVERAGE_REVIEWED_ON = '2026-11-21';

export type Traits = Partial<
  Pick<
    CoverageRow,
    'aliases' | 'sensitive' | 'dependsOnDirectoryRole' | 'neverEmpty' | 'secret' | 'note'
  >
>;

/** One row; whatever the traits do not say is false or empty. A sensitive property asks for a role. */
export function row(
  objectType: ObjectType,
  auditProperty: string,
  graphProperty: string | null,
  kind: ValueKind,
  support: Support,
  traits: Traits = {},
): CoverageRow {
  return {
    objectType,
    auditProperty,
    aliases: [],
    graphProperty,
    kind,
    support,
    sensitive: false,
    dependsOnDirectoryRole: traits.sensitive ?? false,
    neverEmpty: false,
    secret: false,
    note: '',
    reviewedOn: COVERAGE_REVIEWED_ON,
    ...traits,
  };
}

type Named = readonly [auditProperty: string, graphProperty: string, kind: ValueKind, ...Traits[]];

/** Rows that our own service plane writes, property by property. */
export const surgical = (objectType: ObjectType, named: readonly Named[]): CoverageRow[] =>
  named.map(([audit, graph, kind, traits]) =>
    row(objectType, audit, graph, kind, 'surgical', traits),
  );

/** Rows that only a recovery job of the service puts back, each with the reason. */
export const native = (
  objectType: ObjectType,
  named: readonly (readonly [
    auditProperty: string,
    graphProperty: string,
    kind: ValueKind,
    reason: string,
  ])[],
): CoverageRow[] =>
  named.map(([audit, graph, kind, note]) =>
    row(objectType, audit, graph, kind, 'native', { note }),
  );

/** Rows that stay with a person, each with what to do. */
export const byHand = (
  objectType: ObjectType,
  named: readonly (readonly [auditProperty: string, note: string, ...Traits[]])[],
): CoverageRow[] =>
  named.map(([audit, note, traits]) =>
    row(objectType, audit, null, 'object', 'manual', { note, ...traits }),
  );

/** In the recycle bin for 30 days, brought back under its old id (backup fact sheet 11.1, 11.2). */
export const restorable = (objectType: ObjectType, note: string, traits: Traits = {}) =>
  row(objectType, '*', '*', 'existence', 'surgical', { note, ...traits });

/** As member of static groups mastered in the cloud. */
export const member = (objectType: ObjectType, note: string): CoverageRow =>
  row(objectType, 'memberOf', 'memberOf', 'link', 'surgical', { note });

/** App roles held on an API or application (backup fact sheet 6.1; graph fact sheet A.5). */
export const assignments = (objectType: ObjectType): CoverageRow =>
  row(objectType, 'appRoleAssignments/*', 'appRoleAssignments/*', 'relation', 'surgical', {
    note: 'by resource and app role; an assignment that comes back has a new id',
  });
