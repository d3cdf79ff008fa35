import { isoSeconds } from '../directory/instants.js';
import type { Json } from '../directory/model.js';
import type { Job, JobStatus, LinkChange, RecoveryChange } from '../recovery/model.js';
import { shownFilter } from './recovery-filter.js';
import { recoveryType } from './recovery-routes.js';

type Shown = Record<string, unknown>;

/** Says an enumeration member, or the sentinel to callers that do not know the later ones (3.6). */
export type Says = (member: string) => string;

const laterMembers = new Set<string>([
  'calculating',
  'loadingData',
  'oAuth2PermissionGrant',
  'appRoleAssignment',
  'organization',
] satisfies (JobStatus | RecoveryChange['type'])[]);

export function saysTo(knowsLaterMembers: boolean): Says {
  return (member) =>
    knowsLaterMembers || !laterMembers.has(member) ? member : 'unknownFutureValue';
}

export function jobType({ kind }: Job): string {
  return recoveryType(kind === 'preview' ? 'recoveryPreviewJob' : 'recoveryJob');
}

/** A job as it stands (backup fact sheet 3.3 to 3.5, 8.4, 8.8). */
export function shownJob(job: Job, says: Says): Shown {
  const links = job.changes?.reduce((sum, change) => sum + change.links.length, 0) ?? 0;
  return {
    id: job.id,
    status: says(job.status),
    targetStateDateTime: isoSeconds(job.snapshot),
    jobStartDateTime: isoSeconds(job.startedAt),
    jobCompletionDateTime: job.completedAt === null ? null : isoSeconds(job.completedAt),
    filteringCriteria: shownFilter(job.filter, says),
    totalChangedObjectsCalculated: job.changes?.length ?? 0,
    totalChangedLinksCalculated: links,
    ...(job.kind === 'recovery' ? shownProgress(job) : {}),
  };
}

function shownProgress({ failed, completedAt, objectsModified, linksModified }: Job): Shown {
  const failures = failed.reduce((sum, { objects, links }) => sum + objects + links, 0);
  return {
    totalObjectsModified: objectsModified,
    totalLinksModified: linksModified,
    totalFailedChanges: completedAt === null ? null : failures,
  };
}

/** One difference (fact sheet 3.8): the delta is the snapshot's side, links hang on it alone. */
export function shownChange(change: RecoveryChange, says: Says): Shown {
  const type = { '@odata.type': change.odataType };
  const removed = change.action === 'softDelete' ? { '@removed': { reason: 'changed' } } : {};
  const links = change.links.length > 0 ? { 'members@delta': change.links.map(shownLink) } : {};
  return {
    id: change.id,
    entityTypeName: says(change.type),
    displayName: change.displayName,
    recoveryAction: change.action,
    deltaFromCurrent: { ...type, ...removed, ...change.target, ...links },
    currentState: { ...type, ...change.current },
  };
}

function shownLink({ memberId, memberType, removed }: LinkChange): Shown {
  return {
    '@odata.type': `#microsoft.graph.${memberType}`,
    id: memberId,
    ...(removed ? { '@removed': { reason: 'changed' } } : {}),
  };
}

/** What `$filter` reads of a job. */
export function jobValue(job: Job, path: string): Json | undefined {
  if (path === 'id') return job.id;
  if (path === 'status') return job.status;
  return path === 'targetStateDateTime' ? isoSeconds(job.snapshot) : undefined;
}
