import type * as df from 'durable-functions';
import { orchestrations, type ChildOutput } from '../shared/contracts/catalogue.js';
import { mergeCounts } from '../shared/domain/plan/plan-building.js';
import { call, timingOf, type Step } from './durable.js';

const wavesPerRun = 20;

/** Draws the undo plan wave by wave, what was written last first; only references and counts travel. */
export function* drawUndo(
  context: df.OrchestrationContext,
): Step<ChildOutput<'drawUndo'> | undefined> {
  const input = orchestrations.drawUndo.input.parse(context.df.getInput());
  const { incidentId } = input;
  const playbook = { context, policy: timingOf(input.pollSeconds) };

  const { version, waves, severalPlans } =
    input.version === null || input.waves === null
      ? yield* call(playbook, 'readUndoGround', { incidentId })
      : { version: input.version, waves: input.waves, severalPlans: input.severalPlans };

  const planChunks = [...input.planChunks];
  let counts = input.counts;
  for (const wave of waves.slice(0, wavesPerRun)) {
    const drawn = yield* call(playbook, 'drawUndoWave', { incidentId, version, ...wave });
    planChunks.push(drawn.chunk);
    counts = mergeCounts(counts, drawn.counts);
  }
  const left = waves.slice(wavesPerRun);
  if (left.length > 0) {
    const waited = { version, waves: left, severalPlans, planChunks, counts };
    context.df.continueAsNew({ ...input, ...waited });
    return undefined;
  }
  const undone = severalPlans
    ? yield* call(playbook, 'joinUndoLines', { incidentId, version, chunks: planChunks })
    : { chunks: planChunks, counts };
  const { chunks } = yield* call(playbook, 'arrangePlan', {
    incidentId,
    version,
    chunks: undone.chunks,
    backward: true,
  });
  const plan = yield* call(playbook, 'closeUndoPlan', {
    ...{ incidentId, version, chunks },
    counts: undone.counts,
  });
  return { ...plan, version };
}
