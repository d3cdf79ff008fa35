import type { ObjectType } from '../attribution/audit.js';
import type { CoverageRow, Support, ValueKind } from './coverage.js';

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
