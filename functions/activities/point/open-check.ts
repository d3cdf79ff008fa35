import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import type { ObjectHistory, ObjectType } from '../../../shared/domain/attribution/audit.js';
import {
  entityTypeOf,
  mostIdsPerJob,
  scopeOf,
  type JobLimits,
} from '../../../shared/domain/native/native-job.js';
import type { PointRequest } from '../../../shared/domain/native/point-check.js';
import { readIncident } from '../case-file.js';
import { readLines } from '../lines.js';
import { readHistoriesOf, type HistoriesDocument } from '../plan/histories-file.js';
import type { ActivityServices } from '../services.js';
import { awaitedPlan } from './awaited-plan.js';
import { keepPointCheck, readPointCheck } from './check-file.js';

type Opened = ActivityOutput<'openPointCheck'>;

/**
 * Looks whether a final plan awaits approval, and notes what the service is to be asked about it: the
 * objects of the scope by their ids where one job takes so many, else their kinds (backup fact sheet 3.7).
 */
export async function openPointCheck(
  services: ActivityServices,
  { incidentId, run }: ActivityInput<'openPointCheck'>,
): Promise<Opened> {
  const [incident, { request }] = await Promise.all([
    readIncident(services, incidentId),
    readPointCheck(services, incidentId),
  ]);
  const awaited = await awaitedPlan(services, incident);
  if (awaited.kind !== 'plan') return { state: awaited.kind, note: awaited.note };
  const { body } = awaited.plan;
  // What was asked for is asked for again as it was: only so is it found in the list of jobs.
  const isSame = request?.run === run && request.pointId === body.recoveryPointId;
  if (isSame && request.preview !== null) return ready;

  const histories = await readHistoriesOf(services, incidentId, body.version);
  const point = incident.recoveryPoint;
  if (histories === null) return over('The plan was drawn before its rows were kept.');
  if (point?.id !== body.recoveryPointId || point.createdDateTime === null) {
    return { state: 'wait', note: null };
  }
  const limits = await limitsFor(services, incidentId, histories);
  if (limits === null) return over('The service keeps none of the kinds of this scope.');
  const wanted: PointRequest = {
    ...{ run, pointId: point.id ?? '', targetAt: point.createdDateTime },
    ...{ limits, preview: null },
  };
  await keepPointCheck(services, incidentId, (known) => ({ ...known, request: wanted }));
  return ready;
}

async function limitsFor(
  services: ActivityServices,
  incidentId: string,
  { kinds, chunks }: HistoriesDocument,
): Promise<JobLimits | null> {
  const kept = (Object.entries(kinds) as [ObjectType, number][]).flatMap(([type, objects]) => {
    const name = entityTypeOf(type);
    return name === null ? [] : [{ name, objects }];
  });
  if (kept.length === 0) return null;
  if (kept.reduce((sum, { objects }) => sum + objects, 0) > mostIdsPerJob) {
    return { kind: 'types', types: [...new Set(kept.map(({ name }) => name))].sort() };
  }
  const objects: ObjectHistory[] = [];
  for (const { sha256 } of chunks) {
    const histories = await readLines<ObjectHistory>(services, incidentId, sha256);
    objects.push(...histories.filter(({ objectType }) => entityTypeOf(objectType) !== null));
  }
  return { kind: 'ids', entries: scopeOf(objects) };
}

const ready: Opened = { state: 'ready', note: null };
const over = (note: string): Opened => ({ state: 'over', note });
