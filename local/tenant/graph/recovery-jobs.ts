import type { Initiator } from '../directory/model.js';
import { isTerminal, type Job, type JobKind } from '../recovery/model.js';
import { GraphError, malformed } from './errors.js';
import { checkFilter, passes } from './filter.js';
import { asAdministrator } from './recovery-access.js';
import { readFilter } from './recovery-filter.js';
import { recoveryPage, selected } from './recovery-paging.js';
import {
  boundForms,
  knowsNewMembers,
  recoveryReading,
  recoveryRoot,
  recoveryWriting,
  snapshotIn,
} from './recovery-routes.js';
import { jobType, jobValue, saysTo, shownJob } from './recovery-shape.js';
import type { GraphContext, Outcome, Route } from './route.js';

const listOptions = ['$select', '$top', '$filter', '$orderby', '$skiptoken'];
const scopes = {
  preview: 'EntraBackup.ReadWrite.Preview',
  recovery: 'EntraBackup.ReadWrite.Recovery',
} as const;
const sets = { preview: 'recoveryPreviewJobs', recovery: 'recoveryJobs' } as const;
const filterable = { id: 'eq ne', status: 'eq ne', targetStateDateTime: 'eq ne' };

/** Jobs below their snapshot and below the root (backup fact sheet 2). */
export const jobRoutes: readonly Route[] = [
  recoveryReading('jobs', listOptions, (context) => list(context, allJobs(context), true)),
  recoveryReading('jobs/{job}', ['$select'], (context) => one(context, findJob(context))),
  ...boundForms('jobs/{job}', 'cancel').map((path) =>
    recoveryWriting(path, asAdministrator(Object.values(scopes), cancel)),
  ),
  ...(['preview', 'recovery'] as const).flatMap((kind) => {
    const path = `snapshots/{id}/${sets[kind]}`;
    return [
      recoveryWriting(
        path,
        asAdministrator([scopes[kind]], (context, by) => start(context, kind, by)),
      ),
      recoveryReading(path, listOptions, (context) => list(context, jobsOf(context, kind), false)),
      recoveryReading(`${path}/{job}`, ['$select'], (context) =>
        one(context, findJobOf(context, kind)),
      ),
    ];
  }),
];

function start(
  context: GraphContext,
  kind: JobKind,
  by: Initiator & { readonly kind: 'user' },
): Outcome {
  const { recovery } = context.world;
  const snapshot = snapshotIn(context);
  const filter = readFilter(context);
  if (recovery.running() !== undefined) {
    const message =
      'A recovery job is currently in progress. Wait for it to complete before initiating a new job.';
    throw new GraphError(409, 'Conflict', message);
  }
  const job = recovery.start({ kind, snapshot, filter, by }, context.now);
  return accepted(context, `snapshots/${context.param('id')}/${sets[kind]}/${job.id}`);
}

/** Who may cancel whose job, and what becomes of a cancel too late, is unknown; here it is a 400. */
function cancel(context: GraphContext, by: Initiator): Outcome {
  const job = findJob(context);
  if (isTerminal(job.status)) throw malformed(`Job with identifier ${job.id} is not in progress.`);
  context.world.recovery.cancel(job, by, context.now);
  return accepted(context, `jobs/${job.id}`);
}

function accepted({ origin, version }: GraphContext, path: string): Outcome {
  return { status: 202, headers: { location: `${origin}/${version}/${recoveryRoot}/${path}` } };
}

function allJobs({ world, now }: GraphContext): readonly Job[] {
  return world.recovery.jobs(now);
}

/** Jobs outlive the snapshot in the list of all jobs only: an aged-out snapshot has no path any more. */
function jobsOf(context: GraphContext, kind: JobKind): readonly Job[] {
  const snapshot = snapshotIn(context);
  return allJobs(context).filter((job) => job.kind === kind && job.snapshot === snapshot);
}

function findJob(context: GraphContext): Job {
  return known(context, context.world.recovery.job(context.param('job'), context.now));
}

export function findJobOf(context: GraphContext, kind: JobKind): Job {
  const id = context.param('job').toLowerCase();
  return known(
    context,
    jobsOf(context, kind).find((job) => job.id === id),
  );
}

function known(context: GraphContext, job: Job | undefined): Job {
  if (job !== undefined) return job;
  throw new GraphError(
    404,
    'NotFound',
    `Job with identifier ${context.param('job')} was not found.`,
  );
}

function one(context: GraphContext, job: Job): Outcome {
  const body = { '@odata.type': jobType(job), ...shownJob(job, saysTo(knowsNewMembers(context))) };
  const odata = { '@odata.context': context.metadata(`${parentPath(context)}/$entity`) };
  return { status: 200, body: { ...odata, ...selected(body, context.options.select) } };
}

/** Jobs of several kinds are told apart by `@odata.type`. */
function list(context: GraphContext, jobs: readonly Job[], mixed: boolean): Outcome {
  const { filter, select } = context.options;
  if (filter !== null) checkFilter(filter, filterable, 'RecoveryJobBase', false);
  const matching = jobs.filter(
    (job) => filter === null || passes(filter, (path) => jobValue(job, path)),
  );
  const { page, next } = recoveryPage(context, ordered(context, matching));
  const says = saysTo(knowsNewMembers(context));
  const value = page.map((job) => ({
    ...(mixed ? { '@odata.type': jobType(job) } : {}),
    ...selected(shownJob(job, says), select),
  }));
  const odata = { '@odata.context': context.metadata(context.path), ...next };
  return { status: 200, body: { ...odata, value } };
}

/** Newest first unless `$orderby` says otherwise. */
function ordered({ options }: GraphContext, jobs: readonly Job[]): readonly Job[] {
  const { orderBy } = options;
  if (orderBy === null) return jobs;
  const key = (job: Job): string => {
    const value = shownJob(job, saysTo(true))[orderBy.path];
    if (value === undefined) throw malformed(`Could not find a property named '${orderBy.path}'.`);
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  const sign = orderBy.descending ? -1 : 1;
  return [...jobs].sort((left, right) => sign * key(left).localeCompare(key(right)));
}

function parentPath({ path }: GraphContext): string {
  return path.slice(0, path.lastIndexOf('/'));
}
