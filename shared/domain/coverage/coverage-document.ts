import type { ObjectType } from '../attribution/audit.js';
import { coverageTable } from './coverage.js';
import { COVERAGE_REVIEWED_ON, type CoverageRow } from './coverage-row.js';

const titles: Readonly<Partial<Record<ObjectType, string>>> = {
  user: 'Users (an Agent ID user account is one)',
  group: 'Groups',
  application: 'Applications (an Agent ID blueprint is one)',
  servicePrincipal: 'Service principals (managed identities and Agent IDs are some)',
  conditionalAccessPolicy: 'Conditional Access policies',
  namedLocation: 'Named locations',
  authorizationPolicy: 'Authorization policy',
  authenticationMethodPolicy: 'Authentication methods policy',
  authenticationStrengthPolicy: 'Authentication strengths',
  organization: 'Organization',
  device: 'Devices',
  role: 'Directory roles',
  policy: 'Other policies',
};

const supports: Readonly<Record<CoverageRow['support'], string>> = {
  surgical: 'we write it',
  native: 'recovery job',
  handOff: 'recovery job, by hand',
  manual: 'by hand',
};

const head = `# What can be put back

Generated from the coverage table in \`shared/domain/coverage\`; a test holds it to the code
(\`UPDATE_DOCS=1\` rewrites it). Last held against the published lists on ${COVERAGE_REVIEWED_ON}; they move, so
the table is reviewed twice a year.

- **we write it**: the service plane writes the value from before the actor's first write, property by
  property and only if the actor's value still stands.
- **recovery job**: only a native recovery job puts it back; it needs an operator session, or is handed
  to a person with the exact request.
- **by hand**: no executor reaches it; the incident lists it with what to do.

An earlier value that the audit trail does not state in full is unknown and is never written, whatever
this table says.`;

/** The table as a page for people, kind by kind. */
export function coverageDocument(): string {
  const kinds = [...new Set(coverageTable().map(({ objectType }) => objectType))];
  return `${[head, ...kinds.map(section)].join('\n\n')}\n`;
}

function section(objectType: ObjectType): string {
  const rows = coverageTable().filter((row) => row.objectType === objectType);
  const lines = rows.map(
    (row) =>
      `| ${nameOf(row)} | ${row.auditProperty} | ${supports[row.support]} | ${remarks(row)} | ${row.reviewedOn} |`,
  );
  return [
    `## ${titles[objectType] ?? objectType}`,
    [
      '| Property | In the audit trail | Put back by | To know | Reviewed |',
      '| --- | --- | --- | --- | --- |',
      ...lines,
    ].join('\n'),
  ].join('\n\n');
}

function nameOf({ graphProperty, auditProperty }: CoverageRow): string {
  if (auditProperty === '*') return 'the object itself';
  return graphProperty === null ? '–' : `\`${graphProperty}\``;
}

function remarks({ note, sensitive, neverEmpty }: CoverageRow): string {
  const said = [
    note,
    sensitive ? 'on privileged objects our identity needs a directory role' : '',
    neverEmpty ? 'never written empty' : '',
  ];
  return said.filter((text) => text !== '').join('; ');
}
