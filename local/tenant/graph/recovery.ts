import { isoSeconds } from '../directory/instants.js';
import { GraphError } from './errors.js';
import type { GraphContext, Outcome, Route } from './route.js';

const base = { area: 'identity', units: 1, permissions: ['EntraBackup.Read.All'] } as const;
const options = ['$select', '$top', '$orderby'];

/**
 * Snapshots of Entra Backup and Recovery, readable app-only. Starting jobs is delegated only, so an
 * app is refused (backup fact sheet 4.1, 5.2, 9).
 */
export const recoveryRoutes: readonly Route[] = [
  { ...base, method: 'GET', path: 'directory/recovery/snapshots', options, handle: listSnapshots },
  {
    ...base,
    method: 'GET',
    path: 'directory/recovery/snapshots/{id}',
    options: ['$select'],
    handle: getSnapshot,
  },
  {
    ...base,
    method: 'GET',
    path: 'directory/recovery/jobs',
    options: [...options, '$filter'],
    handle: (context) => ({
      status: 200,
      body: { '@odata.context': context.metadata('directory/recovery/jobs'), value: [] },
    }),
  },
  ...['recoveryPreviewJobs', 'recoveryJobs'].map((jobs): Route => ({
    ...base,
    method: 'POST',
    path: `directory/recovery/snapshots/{id}/${jobs}`,
    permissions: [
      jobs === 'recoveryJobs' ? 'EntraBackup.ReadWrite.Recovery' : 'EntraBackup.ReadWrite.Preview',
      'EntraBackup.Read.All',
    ],
    handle: refuseJob,
  })),
];

/** Opaque to callers: base64 of the Unix seconds, as one live tenant had it. */
export function snapshotId(at: number): string {
  return Buffer.from(String(Math.floor(at / 1000))).toString('base64');
}

function listSnapshots(context: GraphContext): Outcome {
  const { top, orderBy } = context.options;
  const oldestFirst = orderBy?.path === 'createdDateTime' && !orderBy.descending;
  const instants = oldestFirst ? [...context.world.snapshots].reverse() : context.world.snapshots;
  const value = instants.slice(0, top ?? 100).map(snapshot);
  return {
    status: 200,
    body: { '@odata.context': context.metadata('directory/recovery/snapshots'), value },
  };
}

function getSnapshot(context: GraphContext): Outcome {
  const id = context.param('id');
  const at = context.world.snapshots.find((instant) => snapshotId(instant) === id);
  if (at === undefined) {
    throw new GraphError(404, 'NotFound', `Snapshot with identifier ${id} not found`);
  }
  const type = '#microsoft.graph.entraRecoveryServices.snapshot';
  return { status: 200, body: { '@odata.type': type, ...snapshot(at) } };
}

function snapshot(at: number): Record<string, string> {
  return { id: snapshotId(at), createdDateTime: isoSeconds(at) };
}

/** No permission for this exists in app-only tokens; the text is the service's. */
function refuseJob(): Outcome {
  const message = 'Authorization has been denied for this request. Check your credentials.';
  throw new GraphError(403, 'Forbidden', message);
}
