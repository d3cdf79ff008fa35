import type { ObjectType } from '../attribution/audit.js';
import { applicationRows } from './coverage-applications.js';
import { groupRows, otherRows } from './coverage-groups.js';
import { policyRows } from './coverage-policies.js';
import { userRows } from './coverage-users.js';

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
  'AppRole.',
  'AppRoleAssignment.',
  'Application.',
  'ConsentAction.',
  'ConsentContext.',
  'DelegatedPermissionGrant.',
  'ServicePrincipal.',
  'User.',
];

/** True for names in an audit row that are no property of the object. */
export function isPseudoProperty(auditProperty: string): boolean {
  const name = auditProperty.trim().toLowerCase();
  return pseudoExact.has(name) || pseudoPrefixes.some((prefix) => name.startsWith(prefix));
}

/** The row for a property in the audit trail's (or Graph's) spelling, any case; null when none knows it. */
export function coverageOf(objectType: ObjectType, auditProperty: string): CoverageRow | null {
  const name = auditProperty.trim().toLowerCase();
  const exact = bySpelling.get(`${objectType}|${name}`);
  if (exact !== undefined || !name.includes('/')) return exact ?? null;
  return bySpelling.get(`${objectType}|${name.slice(0, name.indexOf('/'))}/*`) ?? null;
}

/** The name that plans use for a property whose row is known; one with its key in the name keeps it. */
export const planName = (row: CoverageRow, auditProperty: string): string =>
  row.auditProperty.endsWith('/*')
    ? auditProperty.trim()
    : (row.graphProperty ?? row.auditProperty);

export { COVERAGE_REVIEWED_ON } from './coverage-row.js';

/** True for kinds whose objects the service plane reads and writes; others are told by their rows alone. */
export const isReadable = (objectType: ObjectType): boolean => readable.has(objectType);

/** Every row, for the generated appendix on what is covered and what is not. */
export const coverageTable = (): readonly CoverageRow[] => rows;

const rows: readonly CoverageRow[] = [
  ...userRows,
  ...groupRows,
  ...applicationRows,
  ...policyRows,
  ...otherRows,
];

const readable: ReadonlySet<ObjectType> = new Set(
  rows
    .filter(({ support, kind }) => support === 'surgical' && kind !== 'link')
    .map(({ objectType }) => objectType),
);

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
