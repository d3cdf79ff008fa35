import type * as df from 'durable-functions';
import { orchestrations, type ChildOutput } from '../shared/contracts/catalogue.js';
import { call, nowMs, pollDelay, sleepUntil, type Step } from './durable.js';

const slicesPerRun = 20;
const confirmationsNeeded = 2;

/**
 * Reads slices of the plan back, pass after pass with growing pauses: a replica may lag behind an
 * accepted write, so a slice counts when two passes in a row read it as planned (graph fact sheet C,
 * eventual consistency). What the last pass still reads otherwise is mismatched or pending.
 */
export function* verifyObjects(
  context: df.OrchestrationContext,
): Step<ChildOutput<'verifyObjects'> | undefined> {
  const input = orchestrations.verifyObjects.input.parse(context.df.getInput());
  const { incidentId, planDigest } = input;
  const { policy } = yield* call({ context, policy: null }, 'readCase', { incidentId });
  const playbook = { context, policy };

  const run = { ...input, again: [...input.again] };
  for (const slice of input.open.slice(0, slicesPerRun)) {
    const { from, to } = slice;
    const seen = yield* call(playbook, 'verifyRecovery', {
      incidentId,
      planDigest,
      from,
      to,
      pass: run.pass,
      ...(input.newerPlan !== undefined && { newerPlan: input.newerPlan }),
    });
    const confirmed = seen.mismatched + seen.pending === 0 ? slice.confirmed + 1 : 0;
    if (confirmed >= confirmationsNeeded || run.last) {
      run.verified += seen.verified;
      run.mismatched += seen.mismatched;
      run.pending += seen.pending;
    } else {
      run.again.push({ from, to, confirmed });
    }
  }
  run.open = input.open.slice(slicesPerRun);

  if (run.open.length === 0 && run.again.length > 0) {
    const deadline = Date.parse(input.deadline);
    const next = nowMs(playbook) + pollDelay(policy, run.pass - 1);
    yield* sleepUntil(playbook, Math.min(deadline, next));
    run.open = run.again;
    run.again = [];
    run.pass += 1;
    run.last = nowMs(playbook) >= deadline;
  }
  if (run.open.length > 0) {
    context.df.continueAsNew(run);
    return undefined;
  }
  return { verified: run.verified, mismatched: run.mismatched, pending: run.pending };
}
