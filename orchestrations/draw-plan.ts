import type * as df from 'durable-functions';
import { orchestrations, type ChildOutput } from '../shared/contracts/catalogue.js';
import { mergeCounts } from '../shared/domain/plan/plan-building.js';
import { call, nowIso, timingOf, type Step } from './durable.js';

const chunksPerRun = 20;

/** Draws a plan chunk by chunk; only references and counts travel, so any number of objects fits. */
export function* drawPlan(
  context: df.OrchestrationContext,
): Step<ChildOutput<'drawPlan'> | undefined> {
  const input = orchestrations.drawPlan.input.parse(context.df.getInput());
  const { incidentId, version, actors, recoveryPoint } = input;
  const playbook = { context, policy: timingOf(input.pollSeconds) };

  const read =
    input.historyChunks === null
      ? yield* call(playbook, 'readHistories', {
          incidentId,
          version,
          actors,
          scopeWindow: input.scopeWindow,
          window: {
            from: recoveryPoint.createdDateTime ?? input.scopeWindow.from,
            to: nowIso(playbook),
          },
          scopeDigest: input.scopeDigest,
        })
      : {
          chunks: input.historyChunks,
          revisionsVersion: input.revisionsVersion,
          pointIndex: input.pointIndex,
        };
  const historyChunks = read.chunks;
  const point = read.pointIndex === undefined ? {} : { pointIndex: read.pointIndex };
  const terms = {
    ...(read.revisionsVersion !== undefined && { revisionsVersion: read.revisionsVersion }),
    ...point,
  };

  const planChunks = [...input.planChunks];
  let counts = input.counts;
  for (const historyChunk of historyChunks.slice(0, chunksPerRun)) {
    const preview = yield* call(playbook, 'runScopedPreview', {
      incidentId,
      version,
      actors,
      recoveryPointAt: recoveryPoint.createdDateTime,
      historyChunk,
      ...point,
    });
    planChunks.push(preview.chunk);
    counts = mergeCounts(counts, preview.counts);
  }
  const left = historyChunks.slice(chunksPerRun);
  if (left.length > 0) {
    context.df.continueAsNew({ ...input, ...terms, historyChunks: left, planChunks, counts });
    return undefined;
  }
  const arranged = yield* call(playbook, 'arrangePlan', {
    incidentId,
    version,
    chunks: planChunks,
  });
  return yield* call(playbook, 'closePlan', {
    incidentId,
    version,
    provisional: input.provisional,
    scopeDigest: input.scopeDigest,
    ...(input.reportedWindow && { reportedWindow: input.reportedWindow }),
    ...(input.actorsVersion !== undefined && { actorsVersion: input.actorsVersion }),
    ...terms,
    recoveryPoint,
    chunks: arranged.chunks,
    counts,
  });
}
