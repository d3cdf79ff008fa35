import type { ActivityInput, ActivityOutput } from '../../../shared/contracts/catalogue.js';
import { entityTypeOf, isExactly } from '../../../shared/domain/native/native-job.js';
import type { ObjectHistory } from '../../../shared/domain/attribution/audit.js';
import type { PointRequest } from '../../../shared/domain/native/point-check.js';
import { invariant } from '../../../shared/errors.js';
import { policyOf, readIncident } from '../case-file.js';
import { readLines } from '../lines.js';
import { readHistoriesOf, type HistoriesDocument } from '../plan/histories-file.js';
import { isoNow, product, type ActivityServices } from '../services.js';
import { awaitedPlan, finalPlan } from './awaited-plan.js';
import { isCancelled } from '../native/cancel-job.js';
import { lookAtJob } from '../native/job-look.js';
import { adoptAsked, askForJob, notStarted, type JobRequest } from '../native/job-request.js';
import { withoutSession } from '../native/lender.js';
import { keepPointCheck, readPointCheck } from './check-file.js';
import { makeWay } from './make-way.js';
import { storePointValues } from './values-file.js';

const purpose = 'Check against the recovery point';

/**
 * Asks the service for the one preview of a check, or finds the one that was asked for (`askForJob`). It
 * writes nothing, so it needs no approval, but a plan that still awaits one, and a lender in good standing.
 */
export async function startPointPreview(
  services: ActivityServices,
  { incidentId, run }: ActivityInput<'startPointPreview'>,
): Promise<ActivityOutput<'startPointPreview'>> {
  const request = jobRequest(services, incidentId, await requestOf(services, incidentId, run));
  const taken = await adoptAsked(services, request);
  if (taken !== null) return taken;
  const awaited = await awaitedPlan(services, await readIncident(services, incidentId));
  if (awaited.kind !== 'plan') return notStarted('stopped', awaited.note);
  const { policy } = await policyOf(services, incidentId, { fresh: true });
  const noSession = await withoutSession(services, incidentId, policy);
  return noSession === null ? askForJob(services, request) : notStarted('session', noSession);
}

function jobRequest(
  services: ActivityServices,
  incidentId: string,
  { run, pointId, targetAt, limits, preview }: PointRequest,
): JobRequest {
  return {
    job: { incidentId, pointId, kind: 'preview', limits },
    targetAt,
    asked: preview,
    purpose,
    key: `point:${run}`,
    artefact: `point-preview-${run}`,
    keep: (asked) =>
      keepPointCheck(services, incidentId, (known) => ({
        ...known,
        request: known.request && { ...known.request, preview: asked },
      })),
  };
}

/**
 * Looks at the preview, and has it cancelled where it holds up the recovery (`makeWay`). `none`: the
 * incident has closed and nobody waits for it. `cancelled`: it made way.
 */
export async function followPointPreview(
  services: ActivityServices,
  { incidentId, run, jobId }: ActivityInput<'followPointPreview'>,
): Promise<ActivityOutput<'followPointPreview'>> {
  const { pointId } = await requestOf(services, incidentId, run);
  const incident = await readIncident(services, incidentId);
  if (incident.state === 'closed') {
    return { found: true, end: 'none', status: 'of no account any more' };
  }
  const of = { kind: 'preview', pointId, jobId } as const;
  const { look } = await lookAtJob(services, incidentId, purpose, of);
  if (look.found && look.end === null) await makeWay(services, incident, jobId);
  const isOurs = look.end === 'abandoned' && (await isCancelled(services, incidentId, jobId));
  return isOurs ? { ...look, end: 'cancelled' } : look;
}

/** Keeps what the preview told of the scope, for this and every later drawing with the recovery point. */
export async function readPointPreview(
  services: ActivityServices,
  { incidentId, run, jobId }: ActivityInput<'readPointPreview'>,
): Promise<ActivityOutput<'readPointPreview'>> {
  const nothing = { version: 0, chunks: 0, note: null } as const;
  const { pointId, targetAt, limits } = await requestOf(services, incidentId, run);
  const { state } = await readIncident(services, incidentId);
  if (state === 'closed') return { ...nothing, state: 'over', note: 'The incident is closed.' };
  const awaited = await finalPlan(services, incidentId);
  if (awaited.kind !== 'plan') return { ...nothing, state: awaited.kind, note: awaited.note };
  const { body } = awaited.plan;
  if (body.recoveryPointId !== pointId) {
    const note = 'Another recovery point was chosen while the preview ran.';
    return { ...nothing, state: 'over', note };
  }
  const histories = await readHistoriesOf(services, incidentId, body.version);
  const job = await services.recovery.readJob({ kind: 'preview', pointId, jobId });
  invariant(histories !== null, `the rows of plan ${body.version} of ${incidentId} are not kept`);
  invariant(job !== null && isExactly(job.scope, limits), `job ${jobId} is not what was asked for`);
  const told = await storePointValues(services, {
    ...{ incidentId, run, job },
    scope: coveredIds(services, incidentId, histories, limits),
    changes: services.recovery.readChanges({ pointId, jobId }),
  });
  const values = { pointId, targetAt, ...told };
  await keepPointCheck(services, incidentId, (known) => ({ ...known, values }));
  await services.store.append(incidentId, `point:${run}:read`, {
    at: isoNow(services),
    kind: 'pointCheck.read',
    by: product,
    summary: `Preview ${jobId} of the recovery point ${pointId} (${targetAt}) was read: of ${told.objects} objects of the scope it names ${told.named}. The service forgets it after about 7 days; what concerns the scope is kept here.`,
  });
  return { state: 'read', version: body.version, chunks: histories.chunks.length, note: null };
}

/** Objects that joined the scope after the preview was asked for are covered only where their kind is. */
async function* coveredIds(
  services: ActivityServices,
  incidentId: string,
  { chunks }: HistoriesDocument,
  limits: PointRequest['limits'],
): AsyncGenerator<string> {
  const names =
    limits.kind === 'types'
      ? new Set(limits.types)
      : new Set(limits.entries.flatMap(({ ids }) => ids));
  for (const { sha256 } of chunks) {
    for (const history of await readLines<ObjectHistory>(services, incidentId, sha256)) {
      const objectId = history.objectId.toLowerCase();
      const name = limits.kind === 'types' ? entityTypeOf(history.objectType) : objectId;
      if (name !== null && names.has(name)) yield objectId;
    }
  }
}

async function requestOf(
  services: ActivityServices,
  incidentId: string,
  run: number,
): Promise<PointRequest> {
  const { request } = await readPointCheck(services, incidentId);
  invariant(request?.run === run, `run ${run} of the check of ${incidentId} was never opened`);
  return request;
}
