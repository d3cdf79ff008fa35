import { isoSeconds } from '../directory/instants.js';
import { snapshotId } from '../recovery/snapshots.js';
import { GraphError } from './errors.js';
import { changeRoutes } from './recovery-changes.js';
import { jobRoutes } from './recovery-jobs.js';
import { recoveryReading, recoveryType } from './recovery-routes.js';
import type { GraphContext, Outcome, Route } from './route.js';

/** Entra Backup and Recovery: snapshots, and the jobs that compare with them or go back to them. */
export const recoveryRoutes: readonly Route[] = [
  recoveryReading('snapshots', ['$select', '$top', '$orderby'], listSnapshots),
  recoveryReading('snapshots/{id}', ['$select'], getSnapshot),
  ...jobRoutes,
  ...changeRoutes,
];

function listSnapshots(context: GraphContext): Outcome {
  const { top, orderBy } = context.options;
  const { recovery } = context.world;
  const oldestFirst = orderBy?.path === 'createdDateTime' && !orderBy.descending;
  const newestFirst = recovery.snapshots.list();
  const instants = oldestFirst ? [...newestFirst].reverse() : newestFirst;
  const value = instants.slice(0, top ?? 100).map((instant) => snapshot(context, instant));
  return {
    status: 200,
    body: { '@odata.context': context.metadata('directory/recovery/snapshots'), value },
  };
}

function getSnapshot(context: GraphContext): Outcome {
  const id = context.param('id');
  const { snapshots, settings } = context.world.recovery;
  const instant = snapshots.find(id, settings);
  if (instant === undefined || settings.getSnapshot === 'notFound') {
    throw new GraphError(404, 'NotFound', `Snapshot with identifier ${id} not found`);
  }
  const type = recoveryType('snapshot');
  return { status: 200, body: { '@odata.type': type, ...snapshot(context, instant) } };
}

function snapshot({ world }: GraphContext, instant: number): Record<string, string> {
  const id = snapshotId(instant, world.recovery.settings.snapshotIds);
  return { id, createdDateTime: isoSeconds(instant) };
}
