import { z } from 'zod';
import type { Json } from '../../domain/json.js';
import type {
  JobKind,
  JobLimits,
  JobScope,
  JobStatus,
  NativeChange,
  NativeJob,
} from '../../domain/native/native-job.js';
import { graphPath } from './request.js';

/**
 * The wire forms of Entra Backup and Recovery (backup fact sheet 3 and 8). Words and members that we do
 * not know are kept as unknown, never guessed.
 */

export const preferAllMembers = { Prefer: 'include-unknown-enum-members' };
const namespace = 'microsoft.graph.entraRecoveryServices';

const collections: Readonly<Record<JobKind, string>> = {
  preview: 'recoveryPreviewJobs',
  recovery: 'recoveryJobs',
};

export const jobsPath = (pointId: string, kind: JobKind): string =>
  `${graphPath`/directory/recovery/snapshots/${pointId}`}/${collections[kind]}`;

export const jobPath = (pointId: string, kind: JobKind, jobId: string): string =>
  `${jobsPath(pointId, kind)}/${encodeURIComponent(jobId)}`;

export const changesPath = (pointId: string, jobId: string): string =>
  `${jobPath(pointId, 'preview', jobId)}/${namespace}.getChanges`;

export const failedChangesPath = (pointId: string, jobId: string): string =>
  `${jobPath(pointId, 'recovery', jobId)}/${namespace}.getFailedChanges`;

export const cancelPath = (jobId: string): string =>
  `${graphPath`/directory/recovery/jobs/${jobId}`}/${namespace}.cancel`;

/** The body of both POSTs: never one without a filter, which would mean the whole tenant. */
export const jobBody = (limits: JobLimits) => ({
  filteringCriteria:
    limits.kind === 'types'
      ? {
          '@odata.type': `#${namespace}.recoveryJobEntityNamesFilter`,
          entityTypes: limits.types,
        }
      : {
          '@odata.type': `#${namespace}.recoveryJobEntityNameAndIdsFilter`,
          filterValues: limits.entries.map(({ entityType, ids }) => ({
            entityType,
            entityIds: ids,
          })),
        },
});

const filter = z.looseObject({
  '@odata.type': z.string().nullish(),
  entityTypes: z.array(z.string()).nullish(),
  filterValues: z
    .array(z.object({ entityType: z.string(), entityIds: z.array(z.string()) }))
    .nullish(),
});

export const jobSchema = z.object({
  '@odata.type': z.string().nullish(),
  id: z.string().min(1),
  status: z.string(),
  targetStateDateTime: z.string(),
  jobStartDateTime: z.string(),
  jobCompletionDateTime: z.string().nullish(),
  filteringCriteria: z.unknown().optional(),
  totalFailedChanges: z.number().int().nullish(),
});

const statuses = new Set<string>([
  'initialized',
  'loadingData',
  'calculating',
  'running',
  'successful',
  'failed',
  'abandoned',
] satisfies JobStatus[]);

/** `kind` is what the path already says; where it says nothing, the type tag must. */
export function asJob(item: z.output<typeof jobSchema>, kind: JobKind | null): NativeJob {
  return {
    id: item.id,
    kind: kind ?? kindOf(item['@odata.type'] ?? ''),
    status: statuses.has(item.status) ? (item.status as JobStatus) : 'unknown',
    targetAt: item.targetStateDateTime,
    startedAt: item.jobStartDateTime,
    endedAt: item.jobCompletionDateTime ?? null,
    scope: scopeOf(item.filteringCriteria),
    failedChanges: item.totalFailedChanges ?? null,
  };
}

function kindOf(type: string): JobKind | null {
  if (type.endsWith('.recoveryPreviewJob')) return 'preview';
  return type.endsWith('.recoveryJob') ? 'recovery' : null;
}

function scopeOf(criteria: unknown): JobScope {
  if (criteria === null || criteria === undefined) return { kind: 'all' };
  const read = filter.safeParse(criteria);
  if (!read.success) return { kind: 'unknown' };
  const { filterValues, entityTypes } = read.data;
  if (filterValues) {
    const entries = filterValues.map(({ entityType, entityIds }) => ({
      entityType,
      ids: entityIds,
    }));
    return { kind: 'ids', entries };
  }
  return entityTypes ? { kind: 'types', types: entityTypes } : { kind: 'unknown' };
}

const dynamic = z.record(z.string(), z.unknown()).nullish();

export const changeSchema = z.object({
  id: z.string().min(1),
  entityTypeName: z.string(),
  displayName: z.string().nullish(),
  recoveryAction: z.string(),
  deltaFromCurrent: dynamic,
  currentState: dynamic,
  failureMessage: z.string().nullish(),
});

const actions: readonly string[] = ['softDelete', 'update', 'restore'];
const links = '@delta';

export function asChange(item: z.output<typeof changeSchema>): NativeChange {
  const delta = item.deltaFromCurrent ?? {};
  return {
    objectId: item.id.toLowerCase(),
    entityType: item.entityTypeName,
    displayName: item.displayName ?? item.id,
    action: actions.includes(item.recoveryAction)
      ? (item.recoveryAction as NativeChange['action'])
      : 'unknown',
    target: propertiesOf(delta),
    current: propertiesOf(item.currentState ?? {}),
    links: Object.keys(delta)
      .filter((name) => name.endsWith(links))
      .map((name) => name.slice(0, -links.length)),
    failure: item.failureMessage ?? null,
  };
}

/** Existence is told by the action; annotations and relations are no properties. */
function propertiesOf(state: Readonly<Record<string, unknown>>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(state).filter(([name]) => !name.includes('@') && name !== 'deletedDateTime'),
  ) as Record<string, Json>;
}
