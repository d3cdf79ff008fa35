import type { ObjectType } from './audit.js';
import { otherRows } from './coverage-rows.js';
import { userRows } from './coverage-users.js';

/** When the table was last held against the published lists; they move, so it is reviewed twice a year. */
export const COVERAGE_REVIEWED_ON = '2026-11-21';

/** `link`: a membership; `existence`: the object itself, deleted and restored. */
export type ValueKind =
  'boolean' | 'string' | 'stringList' | 'dateTime' | 'object' | 'link' | 'existence';

/**
 * What can put the value back: our own service plane, a native recovery job under an operator's
 * session, the same job started by a person in the portal, or nobody but a person by hand.
 */
export type Support = 'surgical' | 'native' | 'handOff' | 'manual';

/** How one property of one kind of object can be recovered. */
export interface CoverageRow {
  readonly objectType: ObjectType;
  /** The audit trail's spelling; compared without regard to case. */
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
}

/**
 * Names that describe the row instead of a change of the object (graph fact sheet D.2), or that only
 * ever follow another change. A name that ends in `.` covers everything that begins with it.
 */
export const pseudoProperties: readonly string[] = [
  'Included Updated Properties',
  'Action Client Name',
  'Is Hard Deleted',
  'TargetId.',
  'Group.',
  'Role.',
  'LastDirSyncTime',
  'LegalAgeGroupClassification',
  'StsRefreshTokensValidFrom',
  'MethodExecutionResult.',
];

/** True for names in an audit row that are no property of the object. */
export function isPseudoProperty(auditProperty: string): boolean {
  const name = auditProperty.trim().toLowerCase();
  return pseudoExact.has(name) || pseudoPrefixes.some((prefix) => name.startsWith(prefix));
}

/** The row for a property in the audit trail's (or Graph's) spelling, any case; null when none knows it. */
export function coverageOf(objectType: ObjectType, auditProperty: string): CoverageRow | null {
  return bySpelling.get(`${objectType}|${auditProperty.trim().toLowerCase()}`) ?? null;
}

/** Every row, for the generated appendix on what is covered and what is not. */
export const coverageTable = (): readonly CoverageRow[] => rows;

const rows: readonly CoverageRow[] = [...userRows, ...otherRows];

const bySpelling: ReadonlyMap<string, CoverageRow> = new Map(
  rows.flatMap((row) =>
    [row.graphProperty, ...row.aliases, row.auditProperty]
      .filter((name) => name !== null)
      .map((name) => [`${row.objectType}|${name.toLowerCase()}`, row] as const),
  ),
);

const pseudoExact = new Set(
  pseudoProperties.filter((name) => !name.endsWith('.')).map((name) => name.toLowerCase()),
);
const pseudoPrefixes = pseudoProperties
  .filter((name) => name.endsWith('.'))
  .map((name) => name.toLowerCase());
