import type { Job } from '../recovery/model.js';
import { malformed } from './errors.js';
import { findJobOf } from './recovery-jobs.js';
import { recoveryPage, selected } from './recovery-paging.js';
import { boundForms, knowsNewMembers, recoveryReading } from './recovery-routes.js';
import { saysTo, shownChange } from './recovery-shape.js';
import type { GraphContext, Outcome, Route } from './route.js';

/** `$filter` is contradictory in the pages; it is refused (backup fact sheet 2.1, 9). */
const options = ['$top', '$skip', '$select', '$skiptoken'];

/** What a preview found, and what a recovery could not write. */
export const changeRoutes: readonly Route[] = [
  ...boundForms('snapshots/{id}/recoveryPreviewJobs/{job}', 'getChanges').map((path) =>
    recoveryReading(path, options, getChanges),
  ),
  ...boundForms('snapshots/{id}/recoveryJobs/{job}', 'getFailedChanges').map((path) =>
    recoveryReading(path, options, getFailedChanges),
  ),
];

function getChanges(context: GraphContext): Outcome {
  const job = successful(findJobOf(context, 'preview'));
  const says = saysTo(knowsNewMembers(context));
  const { page, next } = recoveryPage(context, job.changes ?? []);
  return answer(
    context,
    page.map((change) => shownChange(change, says)),
    next,
  );
}

function getFailedChanges(context: GraphContext): Outcome {
  const job = successful(findJobOf(context, 'recovery'));
  const says = saysTo(knowsNewMembers(context));
  const { page, next } = recoveryPage(context, job.failed);
  return answer(
    context,
    page.map(({ change, message }) => ({ ...shownChange(change, says), failureMessage: message })),
    next,
  );
}

function successful(job: Job): Job {
  if (job.status === 'successful') return job;
  throw malformed(
    `Job with identifier ${job.id} must have completed successfully prior to enumerating changes.`,
  );
}

function answer(
  context: GraphContext,
  changes: readonly Record<string, unknown>[],
  next: Readonly<Record<string, string>>,
): Outcome {
  const value = changes.map((change) => selected(change, context.options.select));
  const odata = { '@odata.context': context.metadata(context.path), ...next };
  return { status: 200, body: { ...odata, value } };
}
