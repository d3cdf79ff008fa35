import type { ScopedIds } from '../native/native-job.js';

/** What a person needs to carry out one wave: the recovery point and the objects, nothing else. */
export interface HandOff {
  readonly pointId: string;
  /** ISO 8601. */
  readonly pointAt: string;
  readonly entries: readonly ScopedIds[];
  /** When the approval ends. */
  readonly until: string;
}

const namespace = 'microsoft.graph.entraRecoveryServices';

/** The exact body of both requests (backup fact sheet 8.3, 8.7). */
export const handOffBody = ({ entries }: Pick<HandOff, 'entries'>) => ({
  filteringCriteria: {
    '@odata.type': `#${namespace}.recoveryJobEntityNameAndIdsFilter`,
    filterValues: entries.map(({ entityType, ids }) => ({ entityType, entityIds: ids })),
  },
});

/**
 * The requests and the portal steps of a wave, as Markdown. Ids and times only: nothing in it was written
 * by whoever made the damage.
 */
export function handOffText(handOff: HandOff): string {
  const { pointId, pointAt, entries, until } = handOff;
  const base = `https://graph.microsoft.com/v1.0/directory/recovery/snapshots/${encodeURIComponent(pointId)}`;
  const body = JSON.stringify(handOffBody(handOff));
  const command = (collection: string) =>
    `Invoke-MgGraphRequest -Method POST -Uri '${base}/${collection}' -ContentType 'application/json' -Body '${body}'`;
  const kinds = entries.map(({ entityType, ids }) => `- ${entityType}: ${ids.join(', ')}`);
  return [
    `# Recovery to be started by a person, before ${until}`,
    '',
    'Needs the role Microsoft Entra Backup Administrator. Start exactly this: the incident follows only a job whose backup and object ids equal these. A job of whole kinds, or of the whole tenant, would undo what others did since.',
    '',
    '## In the portal',
    '',
    `1. Microsoft Entra admin center, Backup and recovery, the backup of ${pointAt}.`,
    '2. Create a difference report, limited to the object ids below. Wait until it is complete and look at it.',
    '3. Recover from this report: the same object ids.',
    '',
    '## By Microsoft Graph PowerShell',
    '',
    "1. `Connect-MgGraph -Scopes 'EntraBackup.Read.All','EntraBackup.ReadWrite.Preview','EntraBackup.ReadWrite.Recovery'`",
    `2. Preview: \`${command('recoveryPreviewJobs')}\``,
    `3. When its status is \`successful\`, recover: \`${command('recoveryJobs')}\``,
    '',
    '## Objects',
    '',
    ...kinds,
    '',
  ].join('\n');
}
