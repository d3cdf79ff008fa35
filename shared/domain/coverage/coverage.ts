import type { ObjectType } from '../attribution/audit.js';
import { applicationRows } from './coverage-applications.js';
import { groupRows, otherRows } from './coverage-groups.js';
import { policyRows } from './coverage-policies.js';
import type { CoverageRow } from './coverage-row.js';
import { userRows } from './coverage-users.js';

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
