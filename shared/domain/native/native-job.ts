import type { ObjectType } from '../attribution/audit.js';
import { compareText } from '../instants.js';
import type { Json } from '../json.js';

/** Ids that one job takes across all kinds (backup fact sheet 3.7: documented for the portal). */
export const mostIdsPerJob = 100;

export type JobKind = 'preview' | 'recovery';

/** The service's own words (backup fact sheet 3.6); `unknown` for every word we were not told of. */
export type JobStatus =
  | 'initialized'
  | 'loadingData'
  | 'calculating'
  | 'running'
  | 'successful'
  | 'failed'
  | 'abandoned'
  | 'unknown';

/** The ids of one kind, in the service's name of the kind. */
export interface ScopedIds {
  readonly entityType: string;
  readonly ids: readonly string[];
}

/** What a job is limited to. `unknown`: a filter of a form we cannot read. */
export type JobScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'types'; readonly types: readonly string[] }
  | { readonly kind: 'ids'; readonly entries: readonly ScopedIds[] }
  | { readonly kind: 'unknown' };

/** What a job of ours may be limited to: never the whole tenant. */
export type IdLimits = Extract<JobScope, { readonly kind: 'ids' }>;
export type TypeLimits = Extract<JobScope, { readonly kind: 'types' }>;
export type JobLimits = IdLimits | TypeLimits;

export interface NativeJob {
  readonly id: string;
  /** Null when the service does not say which it is. */
  readonly kind: JobKind | null;
  readonly status: JobStatus;
  /** The recovery point it returns to; jobs carry no other reference to it. ISO 8601. */
  readonly targetAt: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly scope: JobScope;
  /** Changes that failed; null while the service does not say. */
  readonly failedChanges: number | null;
}

/** One object of a preview, or one failed change of a recovery (backup fact sheet 3.8). */
export interface NativeChange {
  readonly objectId: string;
  readonly entityType: string;
  readonly displayName: string;
  readonly action: 'softDelete' | 'update' | 'restore' | 'unknown';
  /** What the service would write, by Graph's property name. */
  readonly target: { readonly [property: string]: Json };
  /** What it found, the same names. */
  readonly current: { readonly [property: string]: Json };
  /** Relations it would change, by navigation property. */
  readonly links: readonly string[];
  readonly failure: string | null;
}

const entityTypes: Partial<Readonly<Record<ObjectType, string>>> = {
  user: 'user',
  group: 'group',
  application: 'application',
  servicePrincipal: 'servicePrincipal',
  conditionalAccessPolicy: 'conditionalAccessPolicy',
  namedLocation: 'namedLocationPolicy',
  authorizationPolicy: 'authorizationPolicy',
  authenticationMethodPolicy: 'authenticationMethodPolicy',
  organization: 'organization',
};

/** The service's name of a kind, null for kinds that it does not keep (backup fact sheet 6.1). */
export const entityTypeOf = (type: ObjectType): string | null => entityTypes[type] ?? null;

/** Only these three end a job; a word we do not know never does (backup fact sheet 5.1). */
export const isOver = ({ status }: Pick<NativeJob, 'status'>): boolean =>
  status === 'successful' || status === 'failed' || status === 'abandoned';

/** The ids of a wave as the service wants them, in a fixed order. Kinds it does not keep are left out. */
export function scopeOf(
  objects: readonly { readonly objectId: string; readonly objectType: ObjectType }[],
): ScopedIds[] {
  const byType = new Map<string, Set<string>>();
  for (const { objectId, objectType } of objects) {
    const entityType = entityTypeOf(objectType);
    if (entityType === null) continue;
    byType.set(entityType, (byType.get(entityType) ?? new Set()).add(objectId.toLowerCase()));
  }
  return [...byType]
    .map(([entityType, ids]) => ({ entityType, ids: [...ids].sort(compareText) }))
    .sort((a, b) => compareText(a.entityType, b.entityType));
}

/** Whether a job is limited to exactly this; order, case and repetition do not count. */
export function isExactly(scope: JobScope, limits: JobLimits): boolean {
  if (scope.kind !== 'ids' && scope.kind !== 'types') return false;
  if (scope.kind !== limits.kind) return false;
  const [a, b] = [keysOf(scope), keysOf(limits)];
  return a.size === b.size && [...a].every((key) => b.has(key));
}

const keysOf = (limits: JobLimits): Set<string> =>
  new Set(
    (limits.kind === 'types'
      ? limits.types
      : limits.entries.flatMap(({ entityType, ids }) => ids.map((id) => `${entityType}/${id}`))
    ).map((key) => key.toLowerCase()),
  );

/** What a job must be to count as the one we asked for. */
export interface WantedJob {
  readonly kind: JobKind;
  readonly targetAt: string;
  readonly limits: JobLimits;
  /** Jobs that began before this are somebody else's or of an earlier attempt. */
  readonly notBefore: string;
}

/** The service tells whole seconds, so a job of the same second counts as begun since. */
export const beganSince = ({ startedAt }: Pick<NativeJob, 'startedAt'>, since: string): boolean =>
  Date.parse(startedAt) >= Math.floor(Date.parse(since) / 1000) * 1000;

/**
 * The newest job that is exactly what was asked for, whoever started it. Jobs carry neither their
 * creator nor a reference of ours, so kind, recovery point, limits and time are all there is.
 */
export function findEqual(jobs: readonly NativeJob[], wanted: WantedJob): NativeJob | null {
  const equal = jobs.filter(
    (job) =>
      job.kind === wanted.kind &&
      Date.parse(job.targetAt) === Date.parse(wanted.targetAt) &&
      beganSince(job, wanted.notBefore) &&
      isExactly(job.scope, wanted.limits),
  );
  equal.sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  return equal[0] ?? null;
}

/** A job in words for people: kind, status, what it is limited to, since when. */
export function describeJob(job: NativeJob): string {
  const { scope } = job;
  const limited =
    scope.kind === 'ids'
      ? `${scope.entries.reduce((sum, { ids }) => sum + ids.length, 0)} objects`
      : scope.kind === 'types'
        ? `all objects of ${scope.types.join(', ')}`
        : scope.kind === 'all'
          ? 'the WHOLE TENANT'
          : 'an unreadable filter';
  return `${job.kind ?? 'unknown'} job ${job.id} (${job.status}, ${limited}, since ${job.startedAt})`;
}
